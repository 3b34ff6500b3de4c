"""References to secrets of a vault that stand in texts: which secret they mean.

Rules:
- `@Microsoft.KeyVault(SecretUri=…/secrets/name…)`, `@Microsoft.KeyVault(VaultName=…;SecretName=name)` and
  `keyvaultref:` of Container Apps are such references, in plain texts and in those that are put together;
- the name is that in the text; where an expression stands for it, the reference leads on by that expression.
"""

from __future__ import annotations

import re

from keyless.assess.flows.ends import ended, literal
from keyless.assess.flows.flow import Origin
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.texts import pieces
from keyless.assess.flows.tracer import NOTHING, Seen
from keyless.assess.settings.setting import vault_secret_of
from keyless.assess.syntax.expressions import Expr, Joined, Literal

_BEGINNINGS = ("@microsoft.keyvault(", "keyvaultref:")
_NAME = re.compile(r"secretname=([^;)\s\x00]{1,127})|/secrets/([^/;)\s?\x00]{1,127})", re.IGNORECASE)


def look_at_text(one: Literal, spot: Spot) -> Seen:
    """A text: a reference to a vault, or what it is by itself."""
    flow = literal(one, spot)
    return vault_reference(one, spot) or (NOTHING if flow is None else Seen((flow,)))


def vault_reference(one: Expr, spot: Spot) -> Seen:
    """What a reference to a vault shows; nothing for any other text."""
    text = _text(one)
    if not text.strip().casefold().startswith(_BEGINNINGS):
        return NOTHING
    found = _NAME.search(text[:1024])
    name = (found.group(1) or found.group(2)) if found else ""
    if not name:
        return Seen((ended(Origin.VAULT, spot, one, "reference to a vault secret", service="keyvault"),))
    what = f"reference to vault secret `{name}`"
    return Seen((), (Hop(vault_secret_of(name), spot, what, spot.place(one.span)),))


def _text(one: Expr) -> str:
    """A text with a mark for each expression in it."""
    parts = pieces(one) if isinstance(one, Joined) else [one]
    return "".join(
        str(part.value) if isinstance(part, Literal) and isinstance(part.value, str) else "\x00"
        for part in parts
    )
