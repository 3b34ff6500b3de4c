"""One look at a text that is put together: its secret parts, an address, a secret, or all its parts."""

from __future__ import annotations

from keyless.assess.flows.ends import ended
from keyless.assess.flows.flow import Origin
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.texts import Said, pieces, said, secret_parts
from keyless.assess.flows.tracer import Seen
from keyless.assess.syntax.expressions import Expr, Joined, Literal


def joined(expression: Joined, spot: Spot) -> Seen:
    """What a text that is put together shows."""
    parts = pieces(expression)
    if secrets := secret_parts(parts):
        return Seen((), tuple(Hop(one, spot) for one in secrets))
    match said(parts):
        case Said.WRITTEN:
            return Seen((ended(Origin.WRITTEN, spot, expression, "written here", secret=True),))
        case Said.ADDRESS:
            return Seen(
                (ended(Origin.ADDRESS, spot, expression, "address"),),
                tuple(Hop(one, spot) for one in _behind_another(parts)),
            )
        case _:
            return Seen((), tuple(Hop(one, spot) for one in parts if not isinstance(one, Literal)))


def _behind_another(parts: list[Expr]) -> list[Expr]:
    """The last part of an address, where it stands right behind another: a signature has its `?` in it."""
    last = parts[-2:]
    return last[1:] if len(last) > 1 and not any(isinstance(one, Literal) for one in last) else []
