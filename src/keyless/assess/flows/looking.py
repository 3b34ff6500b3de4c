"""One look at an expression of code: what begins there, and the steps further back. One arm for each form.

Rules:
- reads of settings come before anything else, then what a flow ends at, then the steps of the form; a
  function of the repository is gone into, whatever it is called;
- an operator or wrapper that the form does not know passes on its only part.
"""

from __future__ import annotations

from keyless.assess.flows.back_calls import back_from_call
from keyless.assess.flows.back_fields import bare_field
from keyless.assess.flows.back_members import back_from_index, back_from_member
from keyless.assess.flows.back_names import back_from_name, is_given, value_marks
from keyless.assess.flows.back_objects import back_from_each
from keyless.assess.flows.ends import command_line, credential_object, ended, key_read, vault_read
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.joining import joined
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.targets import targets
from keyless.assess.flows.tracer import NOTHING, Seen, Tracer
from keyless.assess.flows.vault_references import look_at_text
from keyless.assess.flows.writes import EACH
from keyless.assess.settings.reads import reads_of
from keyless.assess.settings.setting import vault_secret_of
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Expr,
    Function,
    Index,
    Joined,
    Literal,
    Member,
    Name,
    Other,
    Parameter,
)


def look_at_code(tracer: Tracer, expression: Expr, spot: Spot) -> Seen:  # noqa: PLR0911 - one arm a form
    """What an expression of code shows."""
    match expression:
        case Literal():
            return look_at_text(expression, spot)
        case Name():
            return _name(tracer, expression, spot)
        case Call():
            return _read(tracer, expression, spot) or _call(tracer, expression, spot)
        case Member():
            seen = _read(tracer, expression, spot) or _steps(back_from_member(tracer, expression, spot))
            return seen or _last(tracer, expression, spot)
        case Index():
            seen = _read(tracer, expression, spot) or _steps(back_from_index(tracer, expression, spot))
            return seen or _last(tracer, expression, spot)
        case Choice(alternatives=alternatives):
            return Seen((), tuple(Hop(one, spot) for one in alternatives))
        case Joined():
            return joined(expression, spot)
        case Other(kind=kind, parts=parts) if len(parts) == 1:
            return _steps(back_from_each(tracer, expression, spot) if kind == EACH else [Hop(parts[0], spot)])
        case _:
            return NOTHING


def _begins(flow: Flow | None) -> Seen:
    return NOTHING if flow is None else Seen((flow,))


def _steps(hops: list[Hop]) -> Seen:
    return Seen((), tuple(hops)) if hops else NOTHING


def _read(tracer: Tracer, expression: Expr, spot: Spot) -> Seen:
    """A read of settings: on to what writes them, and to the default."""
    place = spot.place(expression.span)
    hops: list[Hop] = []
    for read in reads_of(tracer, expression, spot):
        hops.append(Hop(read.setting, spot, f"read from setting `{read.name}`", place))
        if read.default is not None:
            hops.append(Hop(read.default, spot, f"default of setting `{read.name}`", place))
    return _steps(hops)


def _call(tracer: Tracer, call: Call, spot: Spot) -> Seen:
    if (made := credential_object(call, spot)) is not None:
        return Seen((made,))
    own = spot.within is not None and bool(targets(tracer.code, call, spot.within)) and not call.new
    if own:
        return _steps(back_from_call(tracer, call, spot))
    if (name := vault_read(tracer, call, spot)) is not None:
        place = spot.place(call.span)
        if not name:
            return Seen((ended(Origin.VAULT, spot, call, "read from a vault", service="keyvault"),))
        return Seen((), (Hop(vault_secret_of(name), spot, f"read from vault secret `{name}`", place),))
    if (read := key_read(tracer, call, spot)) is not None:
        return Seen((read,))
    return _steps(back_from_call(tracer, call, spot)) or _begins(command_line(tracer, call, spot))


def _last(tracer: Tracer, expression: Expr, spot: Spot) -> Seen:
    """What is taken out of an answer or of the command line."""
    read = key_read(tracer, expression, spot)
    return _begins(read if read is not None else command_line(tracer, expression, spot))


def _nothing(name: Name, spot: Spot) -> Flow:
    """For a parameter that the calls leave out."""
    return ended(Origin.UNKNOWN, spot, name, f"`{name.id}` is left out")


def _name(tracer: Tracer, name: Name, spot: Spot) -> Seen:
    hops = back_from_name(tracer, name, spot)
    if hops or spot.within is None:
        return _steps(hops)
    for function in reversed(spot.within.functions):
        for parameter in function.parameters:
            if parameter.name == name.id:
                return _parameter(tracer, parameter, function, name, spot)
    return _steps(bare_field(tracer, name, spot))


def _parameter(tracer: Tracer, parameter: Parameter, function: Function, name: Name, spot: Spot) -> Seen:
    """A parameter that no call gives: what is injected into it, or the end."""
    marked = value_marks(parameter.marks, spot)
    if not marked and is_given(tracer, function, spot):
        return Seen((_nothing(name, spot),))
    at = Name(parameter.span, name.id)
    what = f"parameter `{name.id}` of `{function.name}`" if function.name else f"parameter `{name.id}`"
    return _steps(marked) or _begins(ended(Origin.PARAMETER, spot, at, what, name=name.id))
