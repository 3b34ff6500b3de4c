"""Lines of code as they may be shown: whatever could be a credential is `…` in them.

Rules:
- what stands under a name of a credential is hidden (`password: …`, `AccountKey=…`, `?sig=…`), and so is the
  password in an address; in code only texts in quotes are values, in documents what stands after a `:` or `=`
  as well;
- a word that looks drawn at random is hidden, whatever it stands under: letters and digits that change places
  often, long hexadecimal numbers. GUIDs are not hidden, they name things;
- so is what a command is given behind an option for a credential (`-p …`, `--account-key …`), behind
  `Bearer`, or what it is told by a pipe (`echo … | docker login --password-stdin`);
- what is an expression of its surroundings stays (`${DB_PASSWORD}`, `{{ .Values.x }}`, `<your-key>`).

It hides too much rather than too little: a report is shown to more people than the repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

HIDDEN = "…"
Piece = tuple[int, int]
"""From one column to another, counted from 0; the end is not part of it."""

_NAME = (
    r"(?:(?:account|shared[-_. ]?access|access|api|private|primary|secondary|storage|master|encryption"
    r"|subscription|auth|instrumentation)[-_. ]?key|shared[-_. ]?access[-_. ]?signature|password|passwd"
    r"|passphrase|pass|pwd|secret|token|sas|sig|connection[-_. ]?string|conn[-_. ]?str|credentials?|creds)"
)
_NO_EXPRESSION = (
    r"(?!\s{0,4}(?:\$[{(]|\$[A-Za-z_]|\{\{|\{[A-Za-z_]|<|%[A-Z]|#\{|@Microsoft"
    r"|\[(?:parameters|variables|concat|listKeys)))"
)
_UNQUOTED = r"[^;&\"'`\s]{1,4000}"
_QUOTED = re.compile(
    rf"{_NAME}[\"']?\]?\s?(?:=>|:=|[:=])\s?[@$frbu]{{0,2}}([\"'`]){_NO_EXPRESSION}(?P<value>[^\"'`]{{1,4000}})",
    re.I,
)
_IN_CODE = re.compile(rf"(?<=[;\"'?&`]){_NAME}\s?={_NO_EXPRESSION}(?P<value>{_UNQUOTED})", re.I)
_AFTER_SPACE = re.compile(rf"(?<=[;\s]){_NAME}\s?={_NO_EXPRESSION}(?P<value>{_UNQUOTED})", re.I)
_PLAIN = re.compile(
    rf"{_NAME}[\"']?\s{{0,8}}[:=]\s{{0,8}}(?![\"'`|>])(?!(?:true|false|null|none|yes|no)\b){_NO_EXPRESSION}"
    r"(?P<value>[^\s#,;&}\]]{1,4000})",
    re.I,
)
_ATTRIBUTE = re.compile(rf"{_NAME}\"\s{{1,8}}value\s?=\s?\"{_NO_EXPRESSION}(?P<value>[^\"]{{1,4000}})", re.I)
_ADDRESS = re.compile(rf"://[^/\s:@\"']{{0,200}}:{_NO_EXPRESSION}(?P<value>[^/\s@\"']{{1,400}})@")
_VALUE = re.compile(rf"\bvalue[\"']?\s?[:=]\s?([\"']){_NO_EXPRESSION}(?P<value>[^\"'{{]{{1,4000}})\1", re.I)
_PARAMETER = re.compile(r"[?&](?:code|key|[a-z]{1,20}[-_]?key)=(?P<value>[^&\s\"'`]{1,4000})", re.I)
_BEARER = re.compile(
    rf"\b(?:bearer|basic)\s{{1,4}}{_NO_EXPRESSION}(?P<value>[^\s\"'`]{{4,4000}})[\"'`]", re.I
)
_OPTION = re.compile(
    r"(?<![\w-])-{1,2}(?:[pPw]|[\w-]{0,60}(?:key|secret|password|passphrase|pass|pwd|token|sas|credentials?|value"
    rf"|connection-?string))(?:\s{{1,4}}|=)[\"']?(?!-){_NO_EXPRESSION}(?P<value>[^\s\"'`]{{1,4000}})",
    re.I,
)
_USER_OPTION = re.compile(
    r"(?<![\w-])(?:-u|--user)(?:\s{1,4}|=)[\"']?[^\s\"'`:$]{0,200}:(?P<value>[^\s\"'`$]{1,4000})"
)
_PRINTED = re.compile(
    r"\b(?:echo|printf)\s{1,4}(?:-[en]{1,3}\s{1,4})?[\"']?(?P<value>[^|\"'`$]{1,400})[\"']?\s{0,4}\|"
)
_SPACED = re.compile(rf"{_NAME}=\s{{1,4}}{_NO_EXPRESSION}(?P<value>{_UNQUOTED})", re.I)
_ELEMENT = re.compile(rf"{_NAME}[\w.:-]{{0,40}}>\s{{0,8}}{_NO_EXPRESSION}(?P<value>[^<>]{{1,4000}})", re.I)
_DRIVE = re.compile(r"\bnet\s{1,4}use\s[^\n]{0,300}?\s(?P<value>[^\s\"'/\\$%*]{3,100})\s{1,4}/user:", re.I)
_CODE = (_QUOTED, _IN_CODE, _ADDRESS, _VALUE, _PARAMETER, _BEARER, _OPTION, _USER_OPTION, _SPACED, _DRIVE)
_DOCUMENT = (*_CODE, _AFTER_SPACE, _PLAIN, _ATTRIBUTE, _PRINTED, _ELEMENT)
_WORD = re.compile(r"[A-Za-z0-9+=_~\-]{16,}|[A-Za-z0-9+/=_~.\-]{32,}")
_PART = re.compile(r"[A-Za-z0-9+=_~\-]{16,}")
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_HEXADECIMAL = re.compile(r"[0-9a-f]{32,}", re.I)
_LEAST_DIGITS = 3
_LEAST_CHANGES = 0.3


def masked(line: str, *, document: bool) -> str:
    """A line without what could be a credential; ``document`` for files that hold no code."""
    return without(line, secrets_in(line, document=document))


def secrets_in(line: str, *, document: bool) -> list[Piece]:
    """The pieces of a line that could be credentials."""
    named = (one.span("value") for kind in (_DOCUMENT if document else _CODE) for one in kind.finditer(line))
    return [*named, *_drawn(line)]


def without(line: str, pieces: Iterable[Piece]) -> str:
    """A line in which `…` stands for pieces of it."""
    shown: list[str] = []
    at = 0
    for start, end in merged(pieces):
        shown += (line[at:start], HIDDEN)
        at = end
    return "".join((*shown, line[at:]))


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces in order, those that touch one another as one."""
    found: list[Piece] = []
    for start, end in sorted(pieces):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif end > start:
            found.append((start, end))
    return found


def moved(column: int, pieces: Sequence[Piece]) -> int:
    """Where a column of a line is when pieces of it, in order, are `…`."""
    shift = 0
    for start, end in pieces:
        if column >= end:
            shift += end - start - len(HIDDEN)
        elif column > start:
            return start - shift
    return column - shift


def _drawn(line: str) -> Iterator[Piece]:
    for found in _WORD.finditer(line):
        if "/" not in found[0] and "." not in found[0]:
            if looks_drawn(found[0]):
                yield found.span()
        elif not _GUID.search(found[0]) and any(map(looks_drawn, re.split(r"[/.]", found[0]))):
            yield found.span()
        else:
            yield from _parts(found)


def _parts(found: re.Match[str]) -> Iterator[Piece]:
    for part in _PART.finditer(found[0]):
        if looks_drawn(part[0]):
            yield found.start() + part.start(), found.start() + part.end()


def looks_drawn(word: str) -> bool:
    """Whether a word looks drawn at random."""
    if _GUID.search(word):
        return False
    if _HEXADECIMAL.fullmatch(word):
        return True
    kinds = [_kind(one) for one in word]
    changes = sum(one != other for one, other in pairwise(kinds))
    return kinds.count("d") >= _LEAST_DIGITS and len(set(kinds)) > 1 and changes > _LEAST_CHANGES * len(word)


def _kind(character: str) -> str:
    if character.isdigit():
        return "d"
    return "u" if character.isupper() else "l" if character.islower() else "o"
