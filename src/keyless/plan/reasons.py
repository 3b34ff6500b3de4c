"""Why a role was chosen: what it is needed for, what would do in its place, and what that would cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from keyless.model.roles import RoleDefinition
from keyless.plan.choose import worthwhile
from keyless.plan.index import RankedRole, RoleIndex
from keyless.plan.places import Place
from keyless.plan.reduce import NotCoverable, actions_in
from keyless.plan.result import Alternative
from keyless.plan.solve import Cover, minimum_cover, union_of_bits
from keyless.plan.wording import counted, listed, quoted

ALTERNATIVES = 3
"""How many of the next best roles a plan names."""


def alternatives(index: RoleIndex, place: Place, role: RankedRole) -> tuple[Alternative, ...]:
    """The roles that would do in place of ``role``, the other ones at the scope kept; least weight first."""
    kept = union_of_bits(_others(place, role))
    chosen = tuple(one.role.id for one in place.cover.roles)
    limited = tuple(one.role.id for one in index.limited_at(place.scope))
    key = ("alternatives", place.used, place.held, role.role.id, chosen, limited)
    if key not in index.memo:
        index.memo[key] = _alternatives(index, place, chosen, kept)
    found: tuple[Alternative, ...] = index.memo[key]
    return found


def _alternatives(
    index: RoleIndex, place: Place, chosen: Collection[str], kept: int
) -> tuple[Alternative, ...]:
    needed = place.used & ~kept
    lightest = index.cost(place.used | place.held | kept)
    able: list[tuple[tuple[int, bool, tuple[str, str]], int, RoleDefinition]] = []
    for weight, one in _that_grant(index, place, needed):
        if len(able) == ALTERNATIVES and weight - lightest > able[-1][0][0]:
            break
        if needed & ~one.bits or one.role.id in chosen:
            continue
        excess = place.excess(index, kept | one.bits)
        odd = place.is_odd(one)
        order = (index.cost(excess) + index.weigher.odd * odd, odd, one.by_name)
        able = sorted([*able, (order, excess, one.role)], key=lambda entry: entry[0])[:ALTERNATIVES]
    return tuple(
        Alternative(role.id, role.name, excess.bit_count(), index.cost(excess)) for _, excess, role in able
    )


def _that_grant(index: RoleIndex, place: Place, needed: int) -> Iterable[tuple[int, RankedRole]]:
    """Roles that may grant all that is needed, with what all that they grant weighs, the lightest first."""
    action = min(actions_in(needed), key=lambda one: len(index.granting(one)), default=0)
    limited = ((index.cost(one.bits), one) for one in index.limited_at(place.scope) if one.bits & action)
    return sorted((*index.granting(action), *limited), key=lambda entry: entry[0])


def reason(index: RoleIndex, place: Place, role: RankedRole, nearest: tuple[Alternative, ...]) -> str:
    """The derivation of one choice, in sentences."""
    parts = (
        _necessity(index, place, role) if place.instead is None else _proposal(index, place, place.instead),
        _less_odd(index, place),
        _next_best(index, place, nearest),
        _inheritance(index, place, role),
        _without_oddities(index, place, role),
    )
    return " ".join(part for part in parts if part)


def _necessity(index: RoleIndex, place: Place, role: RankedRole) -> str:
    used = place.used
    others = _others(place, role)
    if not others:
        return _alone(index, place, quoted(index.universe.names(used)))
    together = listed([f"`{other.role.name}`" for other in others])
    own = index.universe.names(role.bits & used & ~union_of_bits(others))
    least = f"no set of {_roles(index)} does so with less besides"
    claim = least if _is_least(index, place) else "what is granted besides is"
    return (
        f"With {together} it grants all that is used here, and {claim}: {_besides(index, place)}. "
        f"Of these roles it alone grants {quoted(own)}.{_gap(place)}{_limit(place)}"
    )


def _alone(index: RoleIndex, place: Place, actions: str) -> str:
    if not place.excess(index, place.granted):
        return f"It grants exactly {actions}, and nothing besides.{_limit(place)}"
    besides = _besides(index, place)
    if not _is_least(index, place):
        return f"It grants {actions}, and besides {besides}.{_gap(place)}{_limit(place)}"
    nobody = (
        "No role, and no set of roles," if index.of_all else f"None of {_roles(index)}, and no set of them,"
    )
    return f"{nobody} grants {actions} with less besides: {besides}."


def _proposal(index: RoleIndex, place: Place, instead: Cover) -> str:
    """Why a role is to be made."""
    text = f"The plan proposes this role: it grants exactly {quoted(index.universe.names(place.used))}."
    if place.granted_by_none:
        only = quoted([name for _, name in place.granted_by_none])
        text += f" No role that there is grants {only}."
    if instead.excess:
        names = listed([f"`{one.role.name}`" for one in instead.roles])
        text += f" The best that there is, {names}, grants {_weighed(index, instead.excess)} besides."
    return text


def _is_least(index: RoleIndex, place: Place) -> bool:
    """Whether no choice at all has less excess, with however many roles and however odd ones."""
    return _is_best(place) and place.most is None and _with_odd_ones(index, place) is None


def _less_odd(index: RoleIndex, place: Place) -> str:
    """What to say where odd roles would have less excess, and were not worth it."""
    cover = _with_odd_ones(index, place)
    if cover is None or place.instead is not None:
        return ""
    names = listed([f"`{one.role.name}`" for one in cover.roles])
    besides = _weighed(index, cover.excess)
    return (
        f"Less besides would be granted by {names} ({besides}): preview, deprecated, a service's own, or for "
        "services of which nothing was used here. By the policy (`oddCosts`) each of those counts as "
        f"{index.weigher.odd:,}."
    )


def _with_odd_ones(index: RoleIndex, place: Place) -> Cover | None:
    """The roles with the least excess if odd ones were no worse than others; none where these are as good."""
    cost = index.cost(place.excess(index, place.granted))
    if not index.weigher.odd or not cost or not _may_be_less(index, place, cost):
        return None
    limited = tuple(one.role.id for one in index.limited_at(place.scope))
    key = ("with odd ones", place.used, place.held, limited)
    if key not in index.memo:
        alike = replace(index.weigher, odd=0)
        roles = worthwhile(index, place.used, place.scope, place.held, odd=0)
        index.memo[key] = minimum_cover(
            place.used, roles, held=place.held, weigher=alike, effort=index.effort
        )
    found: Cover = index.memo[key]
    return found if index.cost(found.excess) < cost else None


def _may_be_less(index: RoleIndex, place: Place, cost: int) -> bool:
    """Whether some odd role has so little besides that it could be part of a better choice."""
    asked = place.used | place.held
    most = cost + index.cost(asked)
    limited = [(index.cost(one.bits), one) for one in index.limited_at(place.scope)]
    return any(
        weight < most and place.is_odd(one) and index.cost(one.bits & ~asked) < cost
        for action in actions_in(place.used)
        for weight, one in (*index.granting(action), *limited)
    )


def _limit(place: Place) -> str:
    """What to say where the policy's limit on assignments bore on the choice."""
    if place.most is None:
        return ""
    limit = f" The policy leaves its principal {counted(place.most, 'assignment')}"
    if not place.widened:
        return f"{limit}: with more of them, less would be granted besides."
    stands_for = counted(len(place.widened), "narrower scope")
    return f"{limit}, so this stands for roles at {stands_for}, and reaches all else that lies here."


def _is_best(place: Place) -> bool:
    return place.cover.cost == place.cover.bound


def _gap(place: Place) -> str:
    """What to say where the search was stopped."""
    if _is_best(place):
        return ""
    gap = place.cover.cost - place.cover.bound
    return f" The search was stopped: another choice might weigh up to {gap:,} less."


def _besides(index: RoleIndex, place: Place) -> str:
    """The excess in words: how many permissions, and what they weigh where that is not the same."""
    return _weighed(index, place.excess(index, place.granted))


def _weighed(index: RoleIndex, excess: int) -> str:
    number, weight = excess.bit_count(), index.cost(excess)
    text = counted(number, "permission")
    return text if number == weight else f"{text}, which weigh {weight:,}"


def _roles(index: RoleIndex) -> str:
    """What the choice was among."""
    return "roles" if index.of_all else "the roles to choose from"


def _next_best(index: RoleIndex, place: Place, nearest: tuple[Alternative, ...]) -> str:
    if not nearest:
        other = "built-in role" if index.of_all else f"of {_roles(index)}"
        return f"No other {other} would do in its place."
    would = listed([f"`{one.role_name}` ({counted(one.excess, 'permission')} besides)" for one in nearest])
    text = f"The next best in its place: {would}."
    if nearest[0].weight == index.cost(place.excess(index, place.granted)):
        text += " Where the excess is equal, roles for general use go first, and then the order of names."
    return text


def _inheritance(index: RoleIndex, place: Place, role: RankedRole) -> str:
    actions = [action for action in place.inherited if index.bit(action) & role.bits]
    if not actions:
        return ""
    names = quoted([name for _, name in sorted(actions)])
    return f"It also gives {names} at narrower scopes, which it would grant there in any case."


def _without_oddities(index: RoleIndex, place: Place, role: RankedRole) -> str:
    if not place.is_odd(role):
        return ""
    text = (
        "It is for services of which nothing was used here"
        if role.for_all
        else "Its name marks it as preview, deprecated or some service's own"
    )
    cover = _cover_without_oddities(index, place)
    if cover is None:
        return f"{text}, and without such roles part of this could not be granted."
    names = listed([f"`{one.role.name}`" for one in cover.roles])
    return f"{text}: without such roles the least is {names}, with {_weighed(index, cover.excess)} besides."


def _cover_without_oddities(index: RoleIndex, place: Place) -> Cover | None:
    limited = tuple(one.role.id for one in index.limited_at(place.scope))
    key = ("without oddities", place.used, place.held, limited)
    if key not in index.memo:
        usual = worthwhile(index, place.used, place.scope, place.held, usual=True)
        try:
            found = minimum_cover(
                place.used, usual, held=place.held, weigher=index.weigher, effort=index.effort
            )
        except NotCoverable:
            found = None
        index.memo[key] = found
    cover: Cover | None = index.memo[key]
    return cover


def _others(place: Place, role: RankedRole) -> list[RankedRole]:
    return [one for one in place.cover.roles if one != role]
