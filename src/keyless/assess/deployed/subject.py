"""What a resource is called in messages.

Rules:
- it is called by its symbol in the file, which the reader of a message sees there;
- in ARM templates the symbol is the type with the name, of which the name is enough, and of a name that a
  variable or parameter has the name of that.
"""

from __future__ import annotations

import re

from keyless.assess.deployed.deployed import Deployed

_LONGEST = 80
_TYPE = re.compile(r"[A-Za-z]+(?:\.[A-Za-z]+)+/(?:[A-Za-z0-9]+/)+")
_NAMED = re.compile(r"(?:variables|parameters)\('(?P<name>[^']+)'\)")


def subject_of(found: Deployed) -> str:
    """Its symbol in words; its name where it has none, or a long one."""
    said = in_words(found.symbol.removeprefix(f"{found.arm_type}/"))
    kind = found.arm_type.rpartition("/")[2]
    return (said if len(said) <= _LONGEST else "") or found.name or kind


def in_words(symbol: str) -> str:
    """`site` for `Microsoft.Web/sites/variables('site')`; symbols of Bicep and Terraform as they are."""
    name = _TYPE.sub("", symbol, count=1) if _TYPE.match(symbol) else symbol
    named = _NAMED.fullmatch(name)
    return named["name"] if named is not None else name
