"""Shell that its grammar does not know, written in another way of the same length, to be parsed.

Rules:
- what stands for a value that is to come (`A=<your name>`) is parsed as a word;
- a variable where a piece of another begins (`${A:$B}`) is parsed as a number;
- a backslash at the very end is left out: the grammar would have more after it;
- where errors are left in spite of that, the tree is that of the text as it is written.
What the tree's nodes say is read from the text as it is written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyless.grammars import parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_STUMBLES = re.compile(
    rb"(?<==)([\w./-]{0,80})<([A-Za-z][\w .-]{0,80})>(?=[\s;]|$)|(\$\{\w{1,80}:[ ]?)(\$\w{1,80})"
)


def parsed_shell(data: bytes) -> Node:
    """The tree of a script; where it has errors, that of the script without what it stumbles over."""
    data = _ended(data)
    root = parsed("bash", data)
    mended = _STUMBLES.sub(_in_its_place, data) if root.has_error else data
    again = root if mended == data else parsed("bash", mended)
    return root if again.has_error else again


def _in_its_place(found: re.Match[bytes]) -> bytes:
    """A word, or a number, of the same length."""
    if found[3] is None:
        return found[1] + b"_" + re.sub(rb"\W", b"_", found[2]) + b"_"
    return found[3] + b"0" * len(found[4])


def _ended(data: bytes) -> bytes:
    """The text without a backslash at its very end, which the grammar would have more after."""
    bare = data.rstrip()
    return bare[:-1] + b" " + data[len(bare) :] if bare.endswith(b"\\") else data
