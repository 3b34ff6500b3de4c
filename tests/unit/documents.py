"""The repository's Markdown documents, parsed: headings, links, code."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
_FENCED = re.compile(r"^(`{3,}).*?^\1", re.M | re.S)
_NOT_OURS = {"node_modules", "build", "dist"}


@dataclass(frozen=True)
class Block:
    """A block of code. ``language`` is empty for an indented one; ``line`` counts from one."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Document:
    """One file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        """The file's text."""
        return self.path.read_text("utf-8")

    @property
    def is_of_a_rule(self) -> bool:
        """Whether it is the page of a rule, whose blocks of code are pieces of its fixture."""
        return self.path.parent == ROOT / "docs" / "rules"

    @cached_property
    def prose(self) -> str:
        """The text, without the pieces of fixtures that pages of rules show."""
        return _FENCED.sub("", self.text) if self.is_of_a_rule else self.text

    @property
    def is_generated(self) -> bool:
        """Whether a script writes it."""
        return "<!-- Made by scripts/" in self.text

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Its blocks of code, indented and fenced."""
        return tuple(
            Block(token.info.strip(), token.content, (token.map or [0])[0] + 1)
            for token in self._tokens
            if token.type in {"code_block", "fence"}
        )

    @cached_property
    def spans(self) -> tuple[str, ...]:
        """Its code within running text."""
        return tuple(token.content for token in self._inline("code_inline"))

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Where its links go."""
        return tuple(str(token.attrs["href"]) for token in self._inline("link_open"))

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The names by which its headings can be linked to, as GitHub makes them."""
        made: dict[str, int] = {}
        found: set[str] = set()
        for heading in self._headings():
            name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            found.add(f"{name}-{made[name]}" if name in made else name)
            made[name] = made.get(name, 0) + 1
        return frozenset(found)

    @cached_property
    def _tokens(self) -> list[Token]:
        return MarkdownIt("commonmark").enable("table").parse(self.text)

    def _inline(self, kind: str) -> Iterator[Token]:
        for token in self._tokens:
            yield from (child for child in token.children or () if child.type == kind)

    def _headings(self) -> Iterator[str]:
        for token, following in zip(self._tokens, self._tokens[1:], strict=False):
            if token.type == "heading_open":
                yield "".join(child.content for child in following.children or ())


@lru_cache(maxsize=1)
def documents() -> tuple[Document, ...]:
    """Every Markdown file of the repository."""
    return tuple(
        Document(path)
        for path in sorted(ROOT.rglob("*.md"))
        if not any(part.startswith(".") or part in _NOT_OURS for part in path.relative_to(ROOT).parts)
    )


def document(path: str) -> Document:
    """The document at a path within the repository."""
    return Document(ROOT / path)


def script(name: str) -> ModuleType:
    """A module under ``scripts``, which imports its neighbours by their bare names."""
    folder = str(ROOT / "scripts")
    sys.path.insert(0, folder)
    try:
        return import_module(name)
    finally:
        sys.path.remove(folder)
