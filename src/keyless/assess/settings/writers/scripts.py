"""What scripts and Dockerfiles write: environments, app settings, secrets of vaults, pipelines and clusters.

Rules:
- `export X=…`, `$env:X = …`, `ENV X=…` write the environment; other variables of a script are its own;
- `az … --settings K=V` and its kin write app settings; `az keyvault secret set` a secret of a vault,
  `gh secret set` one of a pipeline, `kubectl create secret` one of the cluster;
- lines `K=V` that go to `$GITHUB_ENV` or into a file of environment variables write these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyless.assess.az_commands import AzCommand, az_commands
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import (
    Setting,
    Written,
    cluster_secret_of,
    pipeline_secret_of,
    setting_of,
    vault_secret_of,
)
from keyless.assess.settings.writers.lists import referred
from keyless.assess.settings.writers.printed import of_printing
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Call,
    Command,
    Expr,
    Name,
    Record,
    Statement,
    dotted,
    text_of,
)
from keyless.assess.syntax.pairs import name_and_value
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import Site, Within, sites

_SCRIPTS = frozenset({Language.SHELL, Language.POWERSHELL, Language.DOCKERFILE})
_ENVIRONMENT = ("env.", "ENV:")
_SET_VARIABLE = ("Environment.SetEnvironmentVariable", "System.Environment.SetEnvironmentVariable")
_MAKES_SETTING = Callable[[str], Setting]


def of_scripts(repository: Repository) -> list[Written]:
    """What all scripts write, in the order of files."""
    found: list[Written] = []
    for unit in repository.units:
        if unit.language in _SCRIPTS:
            found.extend(_of_unit(unit))
    for command in repository.view(az_commands):
        found.extend(_of_command(command))
    return found


def _of_unit(unit: Unit) -> Iterator[Written]:
    runs = not is_for_tests(unit.path) and not unit.part_of
    seen: set[int] = set()
    for site in sites(unit):
        statement = site.within.statement
        if isinstance(statement, Assign) and id(statement) not in seen:
            seen.add(id(statement))
            yield from _of_assignment(unit, statement, site.within, runs=runs)
        if isinstance(site.expression, Call):
            yield from _of_call(unit, site, site.expression, runs=runs)
        elif isinstance(site.expression, Command):
            for name, value in of_printing(site.expression):
                yield _written(setting_of(name), name, value, site.within, "a script's output", runs=False)


def _of_assignment(unit: Unit, statement: Assign, within: Within, *, runs: bool) -> Iterator[Written]:
    name = _environment_name(unit, statement)
    if name and statement.value is not None:
        by = "`ENV`" if unit.language is Language.DOCKERFILE else "a script"
        place = Place(unit.path, statement.span)
        yield Written(
            setting=setting_of(name),
            name=name,
            value=statement.value,
            place=place,
            by=by,
            runs=runs,
            within=within,
        )


def _environment_name(unit: Unit, statement: Assign) -> str:
    """The variable of the environment that an assignment sets; empty for a variable of the script."""
    target = dotted(statement.target) or ""
    if unit.language is Language.POWERSHELL:
        return target[4:] if target.startswith("env.") else ""
    exported = {"export", "command", "ENV"} & set(statement.words)
    return target if exported and "ARG" not in statement.words else ""


def _of_call(unit: Unit, site: Site, call: Call, *, runs: bool) -> Iterator[Written]:
    """`[Environment]::SetEnvironmentVariable("X", value)`."""
    if dotted(call.callee) in _SET_VARIABLE and len(call.arguments) >= 2:
        name = text_of(call.arguments[0].value)
        if name:
            value = call.arguments[1].value
            yield Written(
                setting=setting_of(name),
                name=name,
                value=value,
                place=Place(unit.path, call.span),
                by="a script",
                runs=runs,
                within=site.within,
            )


def _of_command(command: AzCommand) -> Iterator[Written]:
    write = _TOOLS.get(command.tool)
    if write is not None:
        yield from write(command)


def _az(command: AzCommand) -> Iterator[Written]:
    path = command.path
    for ending, options, prefix in _AZ_SETTINGS:
        if path.endswith(ending):
            for word in (one for option in options for one in command.all(option)):
                yield from _pair(command, word, lambda name, before=prefix: setting_of(before + name))  # type: ignore[misc]
    if path in {"keyvault secret set", "appconfig kv set"}:
        name = command.one("name", "n") if path.startswith("keyvault") else command.one("key")
        makes = vault_secret_of if path.startswith("keyvault") else setting_of
        yield from _named(command, name, command.one("value"), makes)
    if path in {
        "containerapp create",
        "containerapp secret set",
        "containerapp up",
        "containerapp job create",
    }:
        for word in command.all("secrets", "s"):
            yield from _pair(command, word, lambda name: cluster_secret_of("", name))


_AZ_SETTINGS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("config appsettings set", ("settings", "slot-settings"), ""),
    ("staticwebapp appsettings set", ("setting-names",), ""),
    ("webapp config connection-string set", ("settings", "slot-settings"), "ConnectionStrings:"),
    ("containerapp create", ("env-vars",), ""),
    ("containerapp up", ("env-vars",), ""),
    ("containerapp update", ("set-env-vars", "replace-env-vars"), ""),
    ("containerapp job create", ("env-vars",), ""),
    ("containerapp job update", ("set-env-vars", "replace-env-vars"), ""),
    ("container create", ("environment-variables", "e", "secure-environment-variables"), ""),
)


def _gh(command: AzCommand) -> Iterator[Written]:
    makes: dict[str, _MAKES_SETTING] = {"secret set": pipeline_secret_of, "variable set": setting_of}
    for path, make in makes.items():
        if command.path == path:
            name = next(iter(command.values), None)
            yield from _named(command, name, command.one("body", "b"), make)


def _azd(command: AzCommand) -> Iterator[Written]:
    if command.path.startswith("env set") and len(command.values) >= 2:
        yield from _named(command, command.values[0], command.values[1], setting_of)


def _kubectl(command: AzCommand) -> Iterator[Written]:
    words = command.path.split()
    if words[:2] == ["create", "secret"] and len(words) >= 4:
        for word in command.all("from-literal"):
            yield from _pair(command, word, lambda name: cluster_secret_of(words[3], name))
    if words[:2] == ["create", "configmap"]:
        for word in command.all("from-literal"):
            yield from _pair(command, word, setting_of)


def _docker(command: AzCommand) -> Iterator[Written]:
    if command.path.split(" ")[0] in {"run", "create", "exec"}:
        for word in (*command.all("e")[:1], *command.all("env")):
            yield from _pair(command, word, setting_of)


def _helm(command: AzCommand) -> Iterator[Written]:
    if command.path.split(" ")[0] in {"install", "upgrade"}:
        for word in (*command.all("set"), *command.all("set-string")):
            yield from _pair(command, word, lambda name: setting_of(f"Values.{name}"))


def _cmdlet(command: AzCommand) -> Iterator[Written]:
    if command.path in {"set-azkeyvaultsecret", "set-azurekeyvaultsecret"}:
        yield from _named(command, command.one("name"), command.one("secretvalue"), vault_secret_of)
    if command.path in _APP_SETTINGS:
        for option, prefix in (
            ("appsettings", ""),
            ("appsetting", ""),
            ("connectionstrings", "ConnectionStrings:"),
        ):
            for entry in _record_of(command.one(option), command.within):
                yield from _named(
                    command,
                    entry[0],
                    entry[1],
                    lambda name, before=prefix: setting_of(before + name),  # type: ignore[misc]
                )


_APP_SETTINGS = frozenset(
    {"set-azwebapp", "set-azwebappslot", "update-azfunctionappsetting", "new-azfunctionapp", "new-azwebapp"}
)
_TOOLS: dict[str, Callable[[AzCommand], Iterator[Written]]] = {
    "az": _az,
    "gh": _gh,
    "azd": _azd,
    "kubectl": _kubectl,
    "docker": _docker,
    "podman": _docker,
    "helm": _helm,
    "": _cmdlet,
}


def _record_of(value: Expr | None, within: Within) -> list[tuple[Expr, Expr]]:
    """The entries of a hash table that stands there or is assigned to the variable that does."""
    if isinstance(value, Name):
        value = _assigned(within, value.id)
    return [(one.key, one.value) for one in value.entries] if isinstance(value, Record) else []


def _assigned(within: Within, name: str) -> Expr | None:
    body = [*within.unit.body, *(within.function.body if within.function else ())]
    found: Expr | None = None
    for statement in _flat(body):
        if isinstance(statement, Assign) and isinstance(statement.value, Record):
            target = dotted(statement.target) or ""
            found = statement.value if target.casefold() == name.casefold() else found
    return found


def _flat(body: list[Statement]) -> Iterator[Statement]:
    waiting = list(reversed(body))
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, Block):
            waiting.extend(reversed(one.body))


def _pair(command: AzCommand, word: Expr, makes: _MAKES_SETTING) -> Iterator[Written]:
    pair = name_and_value(word)
    if pair is not None:
        name, value = pair
        yield _written(makes(name), name, referred(value), command.within, _by(command), runs=True)


def _named(
    command: AzCommand, name: Expr | None, value: Expr | None, makes: _MAKES_SETTING
) -> Iterator[Written]:
    written = text_of(name)
    if written and value is not None:
        yield _written(makes(written), written, value, command.within, _by(command), runs=True)


def _by(command: AzCommand) -> str:
    return f"`{command.tool} {command.path}`" if command.tool else f"`{text_of(command.command.words[0])}`"


def _written(setting: Setting, name: str, value: Expr, within: Within, by: str, *, runs: bool) -> Written:
    return Written(
        setting=setting,
        name=name,
        value=value,
        place=Place(within.unit.path, value.span),
        by=by,
        runs=runs and not is_for_tests(within.unit.path),
        within=within,
    )
