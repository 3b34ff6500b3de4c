"""Identifiers for languages of deployments, made from names that people gave to other things."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from keyless.model.resource_id import ResourceId

_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")


class Names:
    """Gives out identifiers: a thing keeps the one that it got first, and no two things have the same."""

    def __init__(self, style: Callable[[Sequence[str]], str]) -> None:
        self._style = style
        self._given: dict[object, str] = {}
        self._taken: set[str] = set()

    def name(self, thing: object, *words: str) -> str:
        """The identifier of ``thing``, made from ``words`` where it has none yet."""
        if thing not in self._given:
            base = self._style([part for word in words for part in _WORD.findall(word)])
            name, number = base, 2
            while name.casefold() in self._taken:
                name, number = f"{base}{number}", number + 1
            self._taken.add(name.casefold())
            self._given[thing] = name
        return self._given[thing]


def camel_case(words: Sequence[str]) -> str:
    """``keyVaultContoso``."""
    first, *rest = words or ("x",)
    name = first.lower() + "".join(word[0].upper() + word[1:] for word in rest)
    return name if name[0].isalpha() else f"x{name}"


def snake_case(words: Sequence[str]) -> str:
    """``key_vault_contoso``."""
    name = "_".join(word.lower() for word in words) or "x"
    return name if name[0].isalpha() else f"x_{name}"


def type_word(resource: ResourceId) -> str:
    """The last part of a resource's type in the singular, for identifiers."""
    plural = (resource.resource_type or "scope").rsplit("/", 1)[-1]
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")
