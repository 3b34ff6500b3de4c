"""Whether a host is handed keys of services in its settings.

A listing of keys, a key among the attributes of a resource, or a text that has the form of a connection
string counts; what stands for a service's address does not.
"""

from __future__ import annotations

import re

from keyless.assess.deployed.deployed import Deployed
from keyless.assess.syntax.expressions import Call, Expr, Literal, Member, dotted, within
from keyless.assess.syntax.templates import Resource

_ATTRIBUTE = re.compile(r"(primary|secondary|default)_\w*(key|connection_string|connection_strings)\w*")
_TEXT = re.compile(r"(AccountKey|SharedAccessKey)\s*=", re.IGNORECASE)


def mentions_keys(found: Deployed) -> bool:
    """Whether keys stand anywhere in what is declared."""
    declared = found.declared
    body = declared.body if isinstance(declared, Resource) else declared.arguments
    return any(_is_key(one) for one in within(body))


def _is_key(expression: Expr) -> bool:
    if isinstance(expression, Call):
        called = str(dotted(expression.callee) or getattr(expression.callee, "name", "")).rpartition(".")[2]
        return called.casefold().startswith("list") and called.casefold().endswith("keys")
    if isinstance(expression, Member):
        return _ATTRIBUTE.fullmatch(expression.name) is not None
    if isinstance(expression, Literal):
        return isinstance(expression.value, str) and _TEXT.search(expression.value) is not None
    return False
