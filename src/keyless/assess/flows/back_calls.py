"""Steps back from a call: what the functions that it calls return, and what goes through it unchanged.

Rules:
- functions of the repository come first, and the call is gone into: parameters have this call's arguments;
- `AzureKeyCredential(x)`, `new Uri(x)`, `str(x)` are `x` in another form; `x.trim()`, `x.build()` are `x`;
- `d.get("k")` of an object that is written out is its entry.
"""

from __future__ import annotations

from keyless.assess.flows.back_fields import getter
from keyless.assess.flows.back_members import back_from_index
from keyless.assess.flows.back_names import from_module, required
from keyless.assess.flows.definitions import plain_type
from keyless.assess.flows.returned import returns
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.targets import targets
from keyless.assess.flows.tracer import Tracer
from keyless.assess.syntax.expressions import Call, Expr, Index, Literal, Member, Name, text_of
from keyless.catalog.value_calls import value_calls

_QUIET = frozenset({"str", "String", "string", "Uri", "URL", "URI", "of", "cast", "bytes"})
_LOOK_UPS = frozenset({"get", "Get", "GetValueOrDefault", "getOrDefault"})


def back_from_call(tracer: Tracer, call: Call, spot: Spot) -> list[Hop]:
    """The steps back from a call."""
    if spot.within is None:
        return []
    if (module := required(call)) is not None:
        return from_module(tracer.code, spot.within, module, "default")
    called = [one for one in targets(tracer.code, call, spot.within) if not one.is_constructor]
    if called and not call.new:
        return [
            Hop(one.value, inside, f"returned by `{target.name}`", inside.place(one.span))
            for target in called[:4]
            for inside in (spot.into(target.function, call, target.within),)
            for one in returns(target.function.body)
            if one.value is not None
        ]
    return getter(tracer, call, spot) or _through(tracer, call, spot)


def method_name(call: Call) -> str:
    """The last part of what is called, without type arguments."""
    callee = call.callee
    name = callee.name if isinstance(callee, Member) else callee.id if isinstance(callee, Name) else ""
    return plain_type(name)


def argument_at(call: Call, position: int, name: str) -> Expr | None:
    """The argument of a name, or at a position."""
    named = next((one.value for one in call.arguments if name and one.name == name), None)
    if named is not None:
        return named
    plain = [one.value for one in call.arguments if one.name is None and not one.spread]
    return plain[position] if position < len(plain) else None


def _through(tracer: Tracer, call: Call, spot: Spot) -> list[Hop]:
    """The steps to what goes through a call unchanged."""
    name = method_name(call)
    wraps = value_calls().wraps.get(name)
    if wraps is not None and (given := argument_at(call, *wraps)) is not None:
        what = "" if name in _QUIET else f"made into `{name}`"
        return [Hop(given, spot, what, spot.place(call.span) if what else None)]
    callee = call.callee
    if not isinstance(callee, Member):
        return []
    key = call.arguments[0].value if call.arguments else None
    if name in _LOOK_UPS and isinstance(key, Literal) and text_of(key):
        found = back_from_index(tracer, Index(call.span, callee.base, key), spot)
        return found + [Hop(one.value, spot) for one in call.arguments[1:2]]
    return [Hop(callee.base, spot)] if name in value_calls().passing else []
