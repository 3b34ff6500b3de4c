"""Why a role was chosen: what it is needed for, what would do in its place, and what that would cost."""

from __future__ import annotations

from keyless.plan.index import RankedRole, RoleIndex
from keyless.plan.places import Place
from keyless.plan.reduce import NotCoverable
from keyless.plan.result import Alternative
from keyless.plan.solve import minimum_cover, union_of_bits
from keyless.plan.wording import counted, listed, quoted

ALTERNATIVES = 3
"""How many of the next best roles a plan names."""


def alternatives(index: RoleIndex, place: Place, role: RankedRole) -> tuple[Alternative, ...]:
    """The roles that would do in place of ``role``, the other ones at the scope kept; least excess first."""
    used = place.bits(index)
    others = _others(place, role)
    needed = used & ~union_of_bits(others)
    kept = union_of_bits(others)
    able = [
        (place.excess(index, kept | one.bits).bit_count(), one.rank, one.role)
        for one in index.roles
        if one not in place.cover.roles and not needed & ~one.bits
    ]
    able.sort(key=lambda entry: entry[:2])
    return tuple(Alternative(role.id, role.name, excess) for excess, _, role in able[:ALTERNATIVES])


def reason(index: RoleIndex, place: Place, role: RankedRole, nearest: tuple[Alternative, ...]) -> str:
    """The derivation of one choice, in sentences."""
    parts = (
        _necessity(index, place, role),
        _next_best(index, place, nearest),
        _inheritance(index, place, role),
        _without_oddities(index, place, role),
    )
    return " ".join(part for part in parts if part)


def _necessity(index: RoleIndex, place: Place, role: RankedRole) -> str:
    used = place.bits(index)
    others = _others(place, role)
    if not others:
        return _alone(index, quoted(index.universe.names(used)), _excess(index, place))
    together = listed([f"`{other.role.name}`" for other in others])
    own = index.universe.names(role.bits & used & ~union_of_bits(others))
    besides = counted(_excess(index, place), "permission")
    return (
        f"With {together} it grants all that is used here, and no set of {_roles(index)} does so with less "
        f"besides: {besides}. Of these roles it alone grants {quoted(own)}."
    )


def _alone(index: RoleIndex, actions: str, excess: int) -> str:
    if not excess:
        return f"It grants exactly {actions}, and nothing besides."
    besides = counted(excess, "permission")
    nobody = (
        "No role, and no set of roles," if index.of_all else f"None of {_roles(index)}, and no set of them,"
    )
    return f"{nobody} grants {actions} with less besides: {besides}."


def _roles(index: RoleIndex) -> str:
    """What the choice was among."""
    return "roles" if index.of_all else "the roles to choose from"


def _next_best(index: RoleIndex, place: Place, nearest: tuple[Alternative, ...]) -> str:
    if not nearest:
        other = "built-in role" if index.of_all else f"of {_roles(index)}"
        return f"No other {other} would do in its place."
    would = listed([f"`{one.role_name}` ({counted(one.excess, 'permission')} besides)" for one in nearest])
    text = f"The next best in its place: {would}."
    if nearest[0].excess == _excess(index, place):
        text += " Where the excess is equal, roles for general use go first, and then the order of names."
    return text


def _inheritance(index: RoleIndex, place: Place, role: RankedRole) -> str:
    actions = [action for action in place.inherited if index.bit(action) & role.bits]
    if not actions:
        return ""
    names = quoted([name for _, name in sorted(actions)])
    return f"It also gives {names} at narrower scopes, which it would grant there in any case."


def _without_oddities(index: RoleIndex, place: Place, role: RankedRole) -> str:
    if role.for_all:
        return ""
    used = place.bits(index)
    text = "Its name marks it as preview, deprecated or some service's own"
    try:
        cover = minimum_cover(used, [one for one in index.roles if one.for_all], held=place.held)
    except NotCoverable:
        return f"{text}, and without such roles part of this could not be granted."
    names = listed([f"`{one.role.name}`" for one in cover.roles])
    besides = counted(cover.excess.bit_count(), "permission")
    return f"{text}: without such roles the least is {names}, with {besides} besides."


def _excess(index: RoleIndex, place: Place) -> int:
    return place.excess(index, union_of_bits(place.cover.roles)).bit_count()


def _others(place: Place, role: RankedRole) -> list[RankedRole]:
    return [one for one in place.cover.roles if one != role]
