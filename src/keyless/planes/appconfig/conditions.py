"""`If-Match` and `If-None-Match`: parsing them, and whether they hold.

Rules:
- `*` stands for any state, a list of tags for any of them; weak tags (`W/"…"`) match as strong ones do;
- what does not exist fails every `If-Match` and passes every `If-None-Match`;
- with both headers, both must hold;
- a bare tag without quotes counts on one key-value, so that no write goes unchecked that asked for a check;
  a page of a list does not look at it.

Source: RFC 9110, section 13.1, and
https://learn.microsoft.com/azure/azure-app-configuration/rest-api-key-value#set-key-conditionally
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from keyless.wire.request import Headers

ANY = "*"
_QUOTED = re.compile(r'(?:W/)?"([^"]*)"')


class Verdict(enum.Enum):
    """What a read on conditions comes to."""

    SEND = "send"
    NOT_MODIFIED = "not modified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Conditions:
    """The tags that must match, and those that must not; none where the header is absent."""

    if_match: frozenset[str] | None = None
    if_none_match: frozenset[str] | None = None

    def allow_write(self, etag: str | None) -> bool:
        """Whether a write may go on over the state with this tag (none: there is nothing)."""
        return self._matched(etag) and not self._unchanged(etag)

    def verdict(self, etag: str) -> Verdict:
        """What a read of the state with this tag comes to."""
        if not self._matched(etag):
            return Verdict.FAILED
        return Verdict.NOT_MODIFIED if self._unchanged(etag) else Verdict.SEND

    def _matched(self, etag: str | None) -> bool:
        return self.if_match is None or _among(etag, self.if_match)

    def _unchanged(self, etag: str | None) -> bool:
        return self.if_none_match is not None and _among(etag, self.if_none_match)


UNCONDITIONAL = Conditions()


def conditions_of(headers: Headers, *, of_page: bool = False) -> Conditions:
    """The conditions that a request is made on."""
    if_match, if_none_match = headers.get("if-match"), headers.get("if-none-match")
    if if_match is None and if_none_match is None:
        return UNCONDITIONAL
    return Conditions(_tags(if_match, of_page=of_page), _tags(if_none_match, of_page=of_page))


def _tags(header: str | None, *, of_page: bool) -> frozenset[str] | None:
    if header is None or not header.strip():
        return None
    text = header.strip()
    if text in {ANY, f'"{ANY}"'}:
        return frozenset({ANY})
    quoted = frozenset(_QUOTED.findall(text))
    if quoted:
        return quoted
    return None if of_page else frozenset({text})


def _among(etag: str | None, tags: frozenset[str]) -> bool:
    return etag is not None and (ANY in tags or etag in tags)
