"""Texts of others in Markdown, as GitHub reads it: nothing in them becomes markup, a link or a mention.

Rules:
- names, ids and actions stand in code spans, in which nothing is looked for; a span that could not hold its
  text in a table (a backtick, a pipe, a backslash) is written as `<code>` with entities instead;
- in prose, what could make the line more than a line of words, and every character that could begin markup,
  is an entity; what begins a mention, a reference or a link without any markup (`@`, `#`, `://`, `www.`) is
  parted by a word joiner from what follows;
- control characters are shown escaped, so that no text ends its line.

Source: https://github.github.com/gfm/ (code spans, tables, autolinks)
"""

from __future__ import annotations

import html
import re

from keyless.model.visible import visible

_JOINER = "\u2060"
_STARTS = re.compile(r"@|#|:(?=//)|(?<=www)\.", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>&|~$!^]")
_BEGINNING = re.compile(r"^\s*([^\w\s&`]|\d(?=\d*[.)]))")
_UNFIT = re.compile(r"[`|\\]")
_QUOTED = re.compile(r"(`[^`]+`)")


def code(text: str) -> str:
    """A name, an id or an action; nothing where it is empty."""
    text = visible(text)
    if not text.strip():
        return ""
    return f"<code>{_entities(text)}</code>" if _UNFIT.search(text) else f"`{text}`"


def plain(text: str) -> str:
    """Words of which nothing is markup."""
    return _BEGINNING.sub(_first, _words(text))


def _words(text: str) -> str:
    return _MARKUP.sub(_entity, _STARTS.sub(lambda found: found[0] + _JOINER, visible(text)))


def _first(found: re.Match[str]) -> str:
    """What would make a line the item of a list, a heading or a rule."""
    return f"&#{ord(found[1])};"


def prose(text: str) -> str:
    """Sentences of a plan, in which names stand in backticks."""
    parts = _QUOTED.split(text)
    whole = "".join(code(part[1:-1]) if at % 2 else _words(part) for at, part in enumerate(parts))
    return _BEGINNING.sub(_first, whole)


def summary_line(text: str) -> str:
    """Our own words for the line that opens and closes details, which is HTML."""
    return f"<summary>{html.escape(visible(text))}</summary>"


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def _entities(text: str) -> str:
    return "".join(one if one.isalnum() or one in " -." else f"&#{ord(one)};" for one in text)
