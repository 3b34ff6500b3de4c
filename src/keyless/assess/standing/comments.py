"""Comments that allow a finding: `keyless: allow <rule> -- <reason> [until YYYY-MM-DD]`.

Rules:
- the comment is of whatever language; it stands at the end of the line that it is about, or alone on the line
  above, where several may stand one above the other;
- several rules are given with commas; a group of rules, or all, cannot be allowed in this way;
- without a reason, or with a date that is none, it allows nothing, and that is told;
- it may hold until the end of a day.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

import msgspec

_MARK = "keyless: allow"
_COMMENT = re.compile(
    r"(?P<before>[^\n]{0,4000}?)(?:#|//|--|/\*|<!--|\*|;|@\*|\{\{!--|\b[Rr][Ee][Mm]\b|')\s{0,8}"
    r"keyless: allow\b(?P<rest>[^\n]{0,1000})"
)
_REST = re.compile(
    r"\s+(?P<rules>[a-z0-9]+(?:-[a-z0-9]+)*(?:\s?,\s?[a-z0-9]+(?:-[a-z0-9]+)*)*)(?:\s+--(?:\s+(?P<reason>.*))?)?"
)
_UNTIL = re.compile(r"\s*\buntil\s+(?P<day>\S+)$")
_ENDS = ("*/", "-->", "--}}", "*@")


class Comment(msgspec.Struct, frozen=True, array_like=True):
    """A comment that allows something on the lines that it covers; ``wrong`` says why it allows nothing."""

    line: int
    covers: int
    """The line that it is about."""
    rules: tuple[str, ...] = ()
    reason: str = ""
    until: datetime.date | None = None
    wrong: str = ""


def comments_in(text: str) -> tuple[Comment, ...]:
    """The comments of a file."""
    if _MARK not in text:
        return ()
    found = list(_comments(text))
    alone = {line for line, is_alone, _ in found if is_alone}
    return tuple(
        _comment(line, _covered(line, alone) if is_alone else line, rest) for line, is_alone, rest in found
    )


def _comments(text: str) -> Iterator[tuple[int, bool, str]]:
    """Each comment's line, whether it is alone there, and what follows the mark."""
    for number, line in enumerate(text.split("\n"), 1):
        if _MARK in line and (found := _COMMENT.match(line)):
            yield number, not found["before"].strip(), found["rest"]


def _covered(line: int, alone: set[int]) -> int:
    while line in alone:
        line += 1
    return line


def _comment(line: int, covers: int, rest: str) -> Comment:
    rest = rest.strip()
    for end in _ENDS:
        rest = rest.removesuffix(end).rstrip()
    found = _REST.fullmatch(" " + rest)
    if found is None:
        return Comment(line, covers, wrong="name the rule: `keyless: allow <rule> -- <reason>`")
    rules = tuple(one.strip() for one in found["rules"].split(","))
    reason = (found["reason"] or "").strip()
    until = None
    if ends := _UNTIL.search(reason):
        reason = reason[: ends.start()].strip()
        try:
            until = datetime.date.fromisoformat(ends["day"])
        except ValueError:
            return Comment(line, covers, rules, reason, wrong="write the date as `until YYYY-MM-DD`")
    if not reason:
        return Comment(line, covers, rules, wrong="say why: `keyless: allow <rule> -- <reason>`")
    return Comment(line, covers, rules, reason, until)
