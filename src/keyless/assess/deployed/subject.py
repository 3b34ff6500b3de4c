"""What a resource is called in messages."""

from __future__ import annotations

from keyless.assess.deployed.deployed import Deployed

_LONGEST = 80


def subject_of(found: Deployed) -> str:
    """Its symbol in the file, which the reader of a message sees there; its name where it has none.

    In ARM templates the symbol is the type with the name, of which the name is enough.
    """
    symbol = found.symbol.removeprefix(f"{found.arm_type}/")
    kind = found.arm_type.rpartition("/")[2]
    return (symbol if len(symbol) <= _LONGEST else "") or found.name or kind
