"""The grammars of tree-sitter: one parser for each language, made when it is first asked for.

Rules:
- a grammar is a wheel of its own and nothing is fetched at run time;
- a parse ends at a deadline: a file that a grammar cannot get through in time is given up, and said to be.

Source: https://tree-sitter.github.io/tree-sitter/
"""

from __future__ import annotations

import importlib
import time
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Node

_CHUNK = 1 << 16
_LANGUAGES: dict[str, tuple[str, str]] = {
    "bash": ("tree_sitter_bash", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "go": ("tree_sitter_go", "language"),
    "hcl": ("tree_sitter_hcl", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "powershell": ("tree_sitter_powershell", "language"),
    "python": ("tree_sitter_python", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
}


class TookTooLong(Exception):
    """A parse that was given up at its deadline."""


def parsed(language: str, text: bytes, within_s: float = 10.0) -> Node:
    """The root of the syntax tree of a UTF-8 text, which may hold error nodes (`root.has_error`).

    Raises:
        TookTooLong: the grammar did not get through in ``within_s`` seconds.
    """
    from tree_sitter import Parser

    deadline = time.monotonic() + within_s
    try:
        tree = Parser(_grammar(language)).parse(
            lambda offset, _: text[offset : offset + _CHUNK],
            progress_callback=lambda _offset, _has_error: time.monotonic() > deadline,
        )
    except ValueError as error:  # what a parse that was called off raises
        raise TookTooLong(language) from error
    return tree.root_node


@lru_cache(maxsize=16)
def _grammar(language: str) -> Language:
    from tree_sitter import Language

    module, maker = _LANGUAGES[language]
    return Language(getattr(importlib.import_module(module), maker)())
