"""Steps back from a member or an index: what is written to it, what modules have at their top, and fields and
entries of objects.

Rules:
- a write to the very member in reach (`cfg.key = x`) comes first, then what an imported file has under the
  name, then the field of the object's class, then the entry of the object;
- `x.value`, `x.Value` and such pass on what `x` is.
"""

from __future__ import annotations

from keyless.assess.flows.back_fields import of_class
from keyless.assess.flows.back_names import from_module, top_of, written
from keyless.assess.flows.back_objects import element, of_object
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.tracer import Tracer
from keyless.assess.flows.types import SELF
from keyless.assess.syntax.expressions import Expr, Index, Literal, Member, dotted, text_of
from keyless.catalog.value_calls import value_calls


def back_from_member(tracer: Tracer, member: Member, spot: Spot) -> list[Hop]:
    """The steps back from `base.name`."""
    if spot.within is None:
        return []
    found = (
        _written_here(tracer, member, spot)
        or _of_module(tracer, member, spot)
        or of_class(tracer, member.base, member.name, spot)
        or of_object(tracer, member.base, member.name, spot)
    )
    if not found and member.name in value_calls().passing:
        return [Hop(member.base, spot)]
    return found


def back_from_index(tracer: Tracer, index: Index, spot: Spot) -> list[Hop]:
    """The steps back from `base[key]`."""
    base, key = index.base, index.key
    if isinstance(key, Literal) and isinstance(key.value, str):
        return (spot.within and _written_here(tracer, index, spot)) or of_object(
            tracer, base, key.value, spot
        )
    if isinstance(key, Literal) and isinstance(key.value, int):
        return element(tracer, base, key.value, spot)
    return []


def _written_here(tracer: Tracer, member: Member | Index, spot: Spot) -> list[Hop]:
    """Writes to the very same member in the functions around and at the top."""
    name = dotted(member) or _indexed(member)
    within = spot.within
    if name is None or within is None or name.partition(".")[0] in SELF:
        return []
    for depth in range(len(within.functions), 0, -1):
        writes = tracer.code.writes(within.functions[depth - 1])
        innermost = depth == len(within.functions)
        if found := writes.reaching(name, member.span.start) if innermost else writes.of(name):
            return written(found, spot, name)
    return top_of(tracer.code, within, name)


def _indexed(member: Expr) -> str | None:
    if not isinstance(member, Index) or (base := dotted(member.base)) is None:
        return None
    key = text_of(member.key)
    return None if key is None else f"{base}.{key}"


def _of_module(tracer: Tracer, member: Member, spot: Spot) -> list[Hop]:
    """`module.name` of an imported file."""
    base, within = dotted(member.base), spot.within
    if base is None or within is None:
        return []
    known = tracer.code.imports(within.unit).get(base)
    if known is None:
        return []
    if known.name is None:
        return from_module(tracer.code, within, known.module, member.name)
    if known.name == "default":
        whole = from_module(tracer.code, within, known.module, "default")
        return [] if whole else from_module(tracer.code, within, known.module, member.name)
    module = (
        f"{known.module.rstrip('.')}.{known.name}" if known.module.strip(".") else known.module + known.name
    )
    return from_module(tracer.code, within, module, member.name)
