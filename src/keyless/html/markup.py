"""HTML that cannot be broken out of: every text is escaped where it enters, and only elements are markup."""

from __future__ import annotations

import html
from collections.abc import Iterable

from keyless.model.visible import visible

_VOID = {"meta", "input", "br"}


class Html(str):
    """Markup made here; any other text is escaped."""

    __slots__ = ()


def text(words: str) -> Html:
    """Words as they are, control characters escaped."""
    return words if isinstance(words, Html) else Html(html.escape(visible(words)))


def joined(children: Iterable[str]) -> Html:
    """Children one after the other."""
    return Html("".join(map(text, children)))


def element(name: str, /, *children: str, **attributes: str | float | bool | None) -> Html:
    """An element. Of attributes, `class_` is `class`, `_` is `-`; none and false are left out."""
    given = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{joined(children)}</{name}>")


def _attribute(key: str, value: str | float | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    words = f"{value:g}" if isinstance(value, float) else str(value)
    return f' {name}="{html.escape(visible(words))}"'


def prose(words: str) -> Html:
    """Sentences of a plan, in which names stand in backticks."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return text(words)
    return joined(element("code", part) if at % 2 else text(part) for at, part in enumerate(parts))
