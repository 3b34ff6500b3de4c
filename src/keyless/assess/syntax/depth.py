"""How deeply what was read is nested: what goes through it calls itself for each level.

Rules:
- depth counts in brackets of the form as JSON, which the encoder writes fast: two or three for a level;
- texts hold brackets as well: where they could make the count wrong, the texts are taken out first.
"""

from __future__ import annotations

import re
from itertools import accumulate

import msgspec

from keyless.assess.files.limits import DEEPEST
from keyless.assess.syntax.source import Source

_BRACKETS = b"[]{}"
_OTHERS = bytes(one for one in range(256) if one not in _BRACKETS)
_STEPS = bytes.maketrans(_BRACKETS, b"\x02\x00\x02\x00")
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"')


def is_too_deep(source: Source | None) -> bool:
    """Whether something is nested more deeply than can be gone through safely.

    Raises:
        RecursionError: it is too deep even to be written.
    """
    written = msgspec.json.encode(source)
    depths = _depths(written)
    if depths[-1] == 0 and min(depths) >= 0 and max(depths) <= DEEPEST:
        return False
    return max(_depths(_TEXT.sub(b"", written))) > DEEPEST


def _depths(written: bytes) -> list[int]:
    """The depth after each bracket."""
    return list(accumulate((one - 1 for one in written.translate(_STEPS, _OTHERS)), initial=0))
