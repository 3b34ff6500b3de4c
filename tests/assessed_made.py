"""A small repository to assess, and a rule that finds each `KEY` in it, with its way from another file."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from keyless.assess.findings.finding import Confidence, Edit, Finding, Fix, Remedy, Severity, Step
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.span import Place, Span

_FOUND = re.compile(r"(?P<low>low )?KEY(?P<sure>\?)?(?: from (?P<path>\S+))?")


def made(root: Path, files: Mapping[str, str]) -> Path:
    """A folder with files."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode("utf-8", "surrogateescape"))
    return root


def git(root: Path, *arguments: str) -> str:
    """Git in a folder, as somebody."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, "-C", root, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def committed(root: Path, files: Mapping[str, str]) -> Path:
    """A repository with one commit."""
    made(root, files)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


def key_rule(root: Path, name: str = "stored-key", group: Group = Group.CREDENTIALS) -> Rule:
    """The rule, for the files of a folder."""

    def check(repository: Repository) -> Iterable[Finding]:
        for source in repository.sources:
            yield from _in_file(root, source.path, name)

    return Rule(
        id=name,
        group=group,
        title="A stored key",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why="It can be copied.",
        instead="Use the identity.",
        sources=("https://learn.microsoft.com/entra/identity/",),
        check=check,
    )


def _in_file(root: Path, path: str, rule: str) -> Iterator[Finding]:
    text = (root / path).read_bytes().decode("utf-8", "replace")
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        if found := _FOUND.search(line):
            yield _finding(path, number, line, found, offset, rule)
        offset += len(line.encode()) + 1


def _finding(path: str, number: int, line: str, found: re.Match[str], offset: int, rule: str) -> Finding:
    start = offset + len(line[: found.start()].encode())
    span = Span(number, found.start() + 1, number, found.end() + 1, start, start + len(found[0].encode()))
    origin = Place(found["path"] or "", Span(1, 1, 1, 4, 0, 3))
    steps = (Step(origin, "read with `listKeys`"),) if origin.path else ()
    instead = "BlobServiceClient(url, DefaultAzureCredential())"
    return Finding(
        rule=rule,
        place=Place(path, span),
        message="a key of `store` is used",
        severity=Severity.LOW if found["low"] else Severity.HIGH,
        confidence=Confidence.LOW if found["sure"] else Confidence.HIGH,
        service="storage",
        subject="store",
        steps=steps,
        also=(Step(Place(path, span), "written here"),) if steps else (),
        remedy=Remedy(instead=instead, roles=("Reader",), scope="`store`"),
        fix=Fix("use the identity", (Edit(path, span.start, span.end, "IDENTITY"),)),
    )
