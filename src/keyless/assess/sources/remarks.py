"""Comments that may hold a credential: readers leave comments out, and a key in one has leaked as well.

Rules:
- what a file's text shows of marks that credentials have is looked for first, which costs next to nothing;
  only lines with such a mark are looked at, and only where the mark stands in a comment;
- an assignment that is commented out as a whole has a name, and its text is a value under it;
- so many of a file, and no more. What a comment says is judged by the rule, not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyless.assess.files.kinds import FileKind
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.source import Remark
from keyless.assess.syntax.span import Span

_MARKS = (
    *("AccountKey=", "AccessKey=", "sig=", "PRIVATE KEY-----", '=="', "=='", "==\n", "==;", "eyJ", "ghp_"),
    *("Password=", "password=", "Pwd=", "pwd=", "JQQJ99", "hooks.slack.com", "AKIA", "Q~"),
)
_MOST = 100
_LONGEST = 4_000
_LINES_OF_KEY = 12
_LEADING = ("#", "//", "*", "/*", "<!--", "--", ";", "REM ", "rem ", "'")
_LEADS = "#/*<!-; \t"
_TRAILING = re.compile(r"(?:^|[\s;,)}\]])(?://|#)(?=[\s\w'\"-])")
_ASSIGNED = re.compile(
    r"^[ \t]{0,100}(?:#|//|--)[ \t]{0,8}(?:(?:const|let|var|export|private|public|static|final|readonly"
    r"|string|String|val)[ \t]{1,4}){0,5}([A-Za-z_][\w.-]{2,60})[ \t]{0,4}:?[:=][ \t]{0,4}"
    r"([\"'])([^\"'\s]{8,256})\2[ \t]{0,4}[;,]?[ \t]{0,8}\r?$",
    re.MULTILINE,
)
_BLOCKS = {FileKind.XML: (("<!--", "-->"),)}
_C_BLOCKS = (("/*", "*/"),)
_NO_BLOCKS = frozenset(
    {
        FileKind.PYTHON,
        FileKind.YAML,
        FileKind.SHELL,
        FileKind.POWERSHELL,
        FileKind.DOCKERFILE,
        FileKind.DOTENV,
        FileKind.PROPERTIES,
    }
)
WITH_COMMENTS = frozenset(FileKind) - {FileKind.JSON, FileKind.KEYS, FileKind.HISTORY, FileKind.REQUIREMENTS}


def remarks(path: str, kind: FileKind, text: str) -> tuple[Remark, ...]:
    """The comments of a file that may hold a credential."""
    found = dict(_assigned(text))
    for start, end in _marked(text):
        if start not in found and (said := _comment(kind, text, start, end)):
            found[start] = (end, "", said)
    if not found:
        return ()
    file = FileText(path, text)
    return tuple(
        Remark(_span(file, text, start, end), name, said)
        for start, (end, name, said) in sorted(found.items())[:_MOST]
    )


def _assigned(text: str) -> Iterator[tuple[int, tuple[int, str, str]]]:
    for one in _ASSIGNED.finditer(text):
        yield one.start(), (one.end(), one[1], one[3])


def _marked(text: str) -> Iterator[tuple[int, int]]:
    """The lines that have a mark in them, each once for a mark: where they begin and end."""
    for mark in _MARKS:
        at = text.find(mark)
        for _ in range(_MOST):
            if at < 0:
                break
            start = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            if end - start <= _LONGEST:
                yield start, end
            at = text.find(mark, end)


def _comment(kind: FileKind, text: str, start: int, end: int) -> str:
    """What a line says in a comment; nothing where it has none."""
    line = text[start:end]
    bare = line.strip()
    if bare.startswith(_LEADING) or _in_block(kind, text, start):
        return _with_key(text, start) if "PRIVATE KEY-----" in line else bare.lstrip(_LEADS)
    trailing = next((one for one in _TRAILING.finditer(line) if _is_outside(line[: one.start()])), None)
    return line[trailing.end() :].strip() if trailing is not None and kind is not FileKind.XML else ""


def _is_outside(before: str) -> bool:
    """Whether what follows stands in no text."""
    return not any(before.count(mark) % 2 for mark in "\"'`")


def _in_block(kind: FileKind, text: str, at: int) -> bool:
    if kind in _NO_BLOCKS:
        return False
    blocks = _BLOCKS.get(kind, _C_BLOCKS)
    return any(text.rfind(opening, 0, at) > text.rfind(closing, 0, at) for opening, closing in blocks)


def _with_key(text: str, start: int) -> str:
    """The lines of a key that begins here, without the marks before each."""
    lines = text[start : start + _LONGEST].split("\n")[:_LINES_OF_KEY]
    return "\n".join(line.strip().lstrip("#/*; ").strip() for line in lines)


def _span(file: FileText, text: str, start: int, end: int) -> Span:
    if len(file.data) == len(text):
        return file.span(start, end)
    before = len(text[:start].encode())
    return file.span(before, before + len(text[start:end].encode()))
