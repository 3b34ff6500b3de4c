"""What the documents say is so: their links lead somewhere, and their examples work as they stand."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import yaml
from documents import ROOT, Block, Document, document, documents, script

from keyless.catalog.services import services
from keyless.cli.main import command as keyless
from keyless.cli.notices import closing, denial, missing
from keyless.estate.read import read_outline
from keyless.gateway.hosts import DOCUMENT_NAME
from keyless.gateway.key_files import DIRECTORY
from keyless.runtime.messages import Missed, Settled, Summary
from keyless.wire import operation as declaring
from keyless.wire.errors import NotImplementedHere
from keyless.wire.operation import Operation

SOURCE = ROOT / "src" / "keyless"
HOSTS = {
    "azure.github.io",
    "developer.hashicorp.com",
    "github.com",
    "json-schema.org",
    "keepachangelog.com",
    "learn.microsoft.com",
    "registry.terraform.io",
    "semver.org",
    "www.rfc-editor.org",
}
"""Where links may lead."""
SERVED = ("vault.azure.net", "azconfig.io", "login.microsoft.com", "onmicrosoft.com")
"""Domains that documents speak of, with everything below them."""
NAMED = {
    "appconfig.azure.com",
    "azure.github.io",
    "graph.microsoft.com",
    "id.example.org",
    "login.microsoftonline.com",
    "login.windows.net",
    "management.azure.com",
    "management.core.windows.net",
    "sts.windows.net",
    "token.actions.githubusercontent.com",
}
"""Hosts that documents speak of."""
_HOST = re.compile(r"(?<![\w.@-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev)\b", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@(?![\w-]+\.(?:service|scope)\b)[\w-]+\.\w+")  # a systemd unit is none
_ABSOLUTE = re.compile(r"(?<![\w.~>}/:*-])/([\w.-]+)/")
_OPERATION = re.compile(r"(?:KeyVault|AppConfiguration|Entra|Imds|AppService)\.[A-Z]\w+")
_PROMPT = re.compile(r"^\s*(?:\$ |- run: )?(keyless .*)$")

each_document = pytest.mark.parametrize("page", documents(), ids=str)


@each_document
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Document) -> None:
    for link in page.links:
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        assert not anchor or anchor in Document(target).anchors, link


@each_document
def test_every_link_to_the_outside_leads_to_a_known_host(page: Document) -> None:
    outside = [link for link in page.links if "://" in link]
    assert {link.split("/")[2] for link in outside} <= HOSTS
    assert all(link.startswith("https://") for link in outside)


@each_document
def test_a_document_names_no_other_hosts_no_people_and_no_machine(page: Document) -> None:
    hosts = {host.lower() for host in _HOST.findall(page.prose)}
    assert {host for host in hosts if not _is_spoken_of(host)} == set()
    assert _MAIL.findall(page.prose) == []
    on_this_machine = {entry.name for entry in Path("/").iterdir()}
    text = page.prose.replace(str(DIRECTORY), "")  # Azure's own, on every server under Azure Arc
    assert {name for name in _ABSOLUTE.findall(text) if name in on_this_machine} == set()


def _is_spoken_of(host: str) -> bool:
    return (
        host in HOSTS | NAMED | {DOCUMENT_NAME}
        or host in SERVED
        or host.endswith(tuple(f".{domain}" for domain in SERVED))
        or any(one.suffix_of(host) or one.accepts_audience(f"https://{host}") for one in services())
    )


def _command_lines(page: Document) -> Iterator[str]:
    """The calls of `keyless` in blocks of code; the usage lines among the commands are none."""
    for block in page.blocks:
        for line in block.text.splitlines():
            found = _PROMPT.match(line)
            if found and "[OPTIONS]" not in line:
                yield found[1]


def test_every_command_line_in_a_block_of_code_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [line for page in documents() for line in _command_lines(page)]
    assert len(lines) > 15
    for line in lines:
        words = _before_redirection(shlex.split(line, comments=True)[1:])
        try:
            _parse(words)
        except click.UsageError as error:
            pytest.fail(f"`{line}`: {error.format_message()}")


def _before_redirection(words: list[str]) -> list[str]:
    """What the shell hands on of a line that ends in `> FILE`."""
    return next((words[:at] for at, word in enumerate(words) if word.startswith(">")), words)


def _parse(words: list[str]) -> None:
    """Have the command line's own parser read what follows `keyless`, without running it."""
    command: click.Command = keyless
    context = click.Context(keyless, info_name="keyless")
    while isinstance(command, click.Group) and not _does_it_itself(command, words):
        name, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=name, parent=context)
    command.make_context(command.name, words, parent=context)


def _does_it_itself(group: click.Group, words: list[str]) -> bool:
    """Whether a group of commands is called as one."""
    return group.invoke_without_command and (not words or words[0].startswith("-"))


@each_document
def test_every_command_and_option_in_running_text_is_there(page: Document) -> None:
    for span in page.spans:
        if not span.startswith("keyless "):
            continue
        words = shlex.split(span)[1:]
        words = words[: words.index("--")] if "--" in words else words
        command, rest = _called(words)
        assert not isinstance(command, click.Group) or not rest or _does_it_itself(command, rest), span
        spellings = {text for one in command.params for text in (*one.opts, *one.secondary_opts)}
        assert {word for word in rest if word.startswith("-")} <= spellings, span


def _called(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words call, and the words behind its name."""
    command: click.Command = keyless
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            break
        command, words = found, words[1:]
    return command, words


def _own_blocks(page: Document) -> tuple[Block, ...]:
    return () if page.is_of_a_rule else page.blocks


def _yaml_blocks() -> list[tuple[Document, Block]]:
    return [(page, block) for page in documents() for block in _own_blocks(page) if block.language == "yaml"]


def test_every_yaml_block_that_is_an_estate_reads(tmp_path: Path) -> None:
    estates = [
        (f"{page}:{block.line}", block.text)
        for page, block in _yaml_blocks()
        if isinstance(content := yaml.safe_load(block.text), dict) and "version" in content
    ]
    assert len(estates) > 1
    for where, text in estates:
        file = tmp_path / "keyless.yaml"
        file.write_text(text)
        assert read_outline(file).tenant, where


def test_the_two_commands_stand_on_the_first_screen() -> None:
    first_screen = document("README.md").text.splitlines()[:20]
    assert {"    make demo", "    make test"} <= set(first_screen)


def test_every_make_target_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for page in documents():
        code = [line for block in page.blocks for line in block.text.splitlines()] + list(page.spans)
        named = {found[1] for line in code if (found := re.match(r"\s*make ([a-z-]+)", line))}
        assert named <= targets, page


def test_every_document_is_in_the_index() -> None:
    index = document("docs/README.md")
    linked = {
        (page.path.parent / link.partition("#")[0]).resolve()
        for page in (index, document("docs/rules/README.md"))
        for link in page.links
    }
    listed = {page.path for page in documents() if page.path.is_relative_to(ROOT / "docs")}
    assert listed - {index.path} <= linked


def test_every_message_that_is_explained_is_one_that_is_said() -> None:
    said = "\n".join(_texts_of_the_source())
    for line in document("docs/how-to/troubleshooting.md").text.splitlines():
        for message in re.findall(r"`([^`]+)`", line.split("|")[1]) if line.startswith("| `") else ():
            for part in (part.strip() for part in message.split("…")):
                assert part in said, message


def _texts_of_the_source() -> Iterator[str]:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_the_lines_of_the_terminal_that_are_shown_are_those_that_it_prints() -> None:
    vault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/contoso-orders"
    action = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    denied = Settled("orders-web", "denied", "data", action, f"{vault}/secrets/order-signing-key")
    assert f"keyless: {denial(denied)}" in document("README.md").text
    missed = Missed("secret", "contoso-orders", "db-password", "")
    assert f"keyless: {missing(missed)}" in document("docs/how-to/run-your-app.md").text
    unseen = closing(Summary(0, 1, 0, 0, 0), learning=False, failed=True)[0]
    shown = document("docs/how-to/an-app-that-ignores-the-proxy.md").blocks[0].text.strip()
    assert f"keyless: {unseen}".startswith(shown)


def test_every_path_in_the_architecture_is_there() -> None:
    pages = (document("docs/architecture.md"), document("CONTRIBUTING.md"))
    paths = {span for page in pages for span in page.spans if re.fullmatch(r"[\w./]+/[\w./]*", span)}
    assert len(paths) > 5
    assert {path for path in paths if not (SOURCE / path).exists() and not (ROOT / path).exists()} == set()


def test_the_house_in_the_architecture_is_the_one_that_stands() -> None:
    drawn = document("docs/architecture.md").blocks[0].text
    rooms = set(re.findall(r"^([a-z_]+(?:/|\.py))", drawn, re.M))
    packages = {f"{path.parent.name}/" for path in SOURCE.glob("*/__init__.py")}
    assert rooms == packages | {"app.py", "grammars.py"}
    planes = set(re.findall(r"([a-z]+)/", drawn.split("planes/")[1].splitlines()[0]))
    assert planes == {path.parent.name for path in (SOURCE / "planes").glob("*/__init__.py")}


def test_the_operation_in_the_architecture_is_declared_as_shown() -> None:
    sample = next(b for b in document("docs/architecture.md").blocks if b.language == "python")
    handler = ast.parse(sample.text).body[0]
    assert isinstance(handler, ast.AsyncFunctionDef)
    call = handler.decorator_list[0]
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Name)
    shown = {one.arg: one.value for one in call.keywords}
    real = next(one for one in _operations() if one.id == ast.literal_eval(shown["id"]))
    method, template = ast.literal_eval(shown["route"]).split(" ")
    assert call.func.id == "operation"
    assert (method, template) in real.routes
    assert handler.name == getattr(real.handler, "__name__", "")
    assert [one.arg for one in handler.args.args] == _parameters(real.handler)
    assert _keywords(shown["access"]) <= set(declaring.Requires.__dataclass_fields__)
    assert set(shown) - {"id", "route"} <= set(Operation.__dataclass_fields__)
    assert ast.unparse(shown["response"]) == real.response.__name__


def _operations() -> list[Operation]:
    return [one for plane in script("reference.operations").planes() for one in plane.operations]


def _parameters(handler: Callable[..., object]) -> list[str]:
    code = handler.__code__
    return list(code.co_varnames[: code.co_argcount])


def _keywords(call: ast.expr) -> set[str | None]:
    assert isinstance(call, ast.Call)
    return {one.arg for one in call.keywords}


def test_every_operation_that_is_not_here_is_named_among_the_divergences() -> None:
    section = document("docs/divergences.md").text.split("\n## Not here\n")[1].split("\n## ")[0]
    missing = [one for one in _operations() if NotImplementedHere in one.errors]
    assert missing
    for one in missing:
        assert f"`{one.id}`" in section
    raising = {path for path in SOURCE.rglob("*.py") if "raise NotImplementedHere" in path.read_text("utf-8")}
    declared_in = {Path(one.handler.__code__.co_filename) for one in missing}
    assert raising == declared_in


def test_every_operation_that_the_divergences_name_is_there() -> None:
    named = set(_OPERATION.findall(document("docs/divergences.md").text))
    assert named <= {one.id for one in _operations()}


def test_every_divergence_says_what_azure_does_what_keyless_does_and_why() -> None:
    sections = document("docs/divergences.md").text.split("\n## ")[2:]
    entries = [entry for section in sections for entry in section.split("\n- **")[1:]]
    assert len(entries) > 50
    for entry in entries:
        places = [entry.find(part) for part in ("*Azure*", "*Keyless*", "*Why:*")]
        assert -1 not in places, entry
        assert places == sorted(places), entry
