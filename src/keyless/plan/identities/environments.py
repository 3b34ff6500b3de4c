"""Which environment a resource belongs to, by what it says of itself.

Rules, the first that tells counts: a hint of the policy; a tag; the resource group's name; its own name. In
names only whole words count (`rg-orders-prod`, `orders_dev`), a number behind one is none of it (`dev2`).
Spellings of one environment are one (`prd`, `production`); any other word of a tag or hint is an environment
of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "production": ("production", "prod", "prd", "live"),
    "preproduction": ("preproduction", "preprod", "ppe"),
    "staging": ("staging", "stage", "stg"),
    "acceptance": ("acceptance", "uat"),
    "quality assurance": ("qa",),
    "test": ("test", "testing", "tst"),
    "development": ("development", "develop", "dev"),
    "sandbox": ("sandbox", "sbx"),
}
_BY_SPELLING = {spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings}
_WORDS = re.compile(r"[a-z]+")


def environment_named(text: str) -> str:
    """The environment that a tag or a hint names."""
    plain = " ".join(text.split()).casefold()
    return _BY_SPELLING.get(plain, plain)


def environment_in(names: Iterable[str]) -> str:
    """The environment that the first telling name tells of; empty where none does, or it tells of several."""
    for name in names:
        found = {_BY_SPELLING[word] for word in _WORDS.findall(name.casefold()) if word in _BY_SPELLING}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def tagged(tags: Mapping[str, str], names: Sequence[str]) -> str:
    """The value of the first of these tags that is there; their names compare without case."""
    folded = {name.casefold(): value.strip() for name, value in tags.items()}
    return next((value for name in names if (value := folded.get(name.casefold(), ""))), "")
