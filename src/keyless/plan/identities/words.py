"""Why a compute resource gets the identity that it gets, and what would change that, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keyless.catalog.limits import limits
from keyless.model.hosts import HostKind
from keyless.model.resource_id import ResourceId
from keyless.plan.identities.seats import Seat
from keyless.plan.identities.table import Outcome
from keyless.plan.problem import Subject
from keyless.plan.results.identities import IdentityRule as R
from keyless.plan.wording import counted, listed

_NAMED = 4
"""How many others are named before only their number is."""

_REASONS: Mapping[R, str] = {
    R.SAME_PERMISSIONS: "It needs exactly what {peers} {need} within {boundary}: one identity for "
    "the {count} takes {one}, an identity for each {all}. Nobody gets more by it.",
    R.REPLICATED: "Others carry out the same task, such as a deployment slot or a second copy, and need the "
    "same: they can have the identity without another role.",
    R.EPHEMERAL: "It is made and deleted often, and a system-assigned identity would be made each time: "
    "{most} can be made in {window} seconds in a subscription and region, and a deleted one counts for "
    "{kept} days.",
    R.ACCESS_BEFORE_DEPLOYMENT: "It needs its access in order to be deployed, and a system-assigned identity "
    "is there only afterwards.",
    R.SEPARATE_APPROVAL: "Each new identity has to be approved: a user-assigned one is made and approved "
    "once, apart from the resource.",
    R.AUDIT_PER_RESOURCE: "Logs are to tell which resource did a thing, so that it shares its identity with "
    "nobody{although}.",
    R.LIFECYCLE_WITH_RESOURCE: "Its access is to go when the resource goes{although}.",
    R.ONLY_SYSTEM_ASSIGNED: "{kind} can have a system-assigned identity alone.",
    R.ONLY_USER_ASSIGNED: "{only_user}.",
    R.INSTANCES_COME_AND_GO: "Its instances come and go and it has no identity yet: a user-assigned one is "
    "there, with its access, before the first of them.",
    R.OWN_PERMISSIONS: "{nobody}, and this identity is made and deleted with the resource.",
    R.WORKS_AS_IT_IS: "The user-assigned identity that it has works: another type would gain only that it is "
    "deleted with the resource.",
    R.ISOLATION: "{misplaced}.",
    R.SEVERAL_IN_USE: "{several} were seen in use: code names each by its client id, and their permissions "
    "are apart.",
    R.NOTHING_SEEN: "Nothing was seen of it, so that there is nothing to choose by.",
    R.ACCESS_POLICIES_FIRST: "Access policies of a vault name its identity: they are moved to roles first.",
}
_CHANGES: Mapping[R, tuple[str, ...]] = {
    R.SAME_PERMISSIONS: (
        "`auditPerResource` or `lifecycleWithResource` {hint}: it would have an identity of its own",
        "a permission that it needs and the others do not",
    ),
    R.REPLICATED: ("`replicated: false` {hint}",),
    R.EPHEMERAL: ("`ephemeral: false` {hint}",),
    R.ACCESS_BEFORE_DEPLOYMENT: ("no `accessBeforeDeployment` {hint}",),
    R.SEPARATE_APPROVAL: ("no `separateApproval` {hint}",),
    R.AUDIT_PER_RESOURCE: ("no `auditPerResource` {hint}",),
    R.LIFECYCLE_WITH_RESOURCE: ("no `lifecycleWithResource` {hint}",),
    R.ONLY_SYSTEM_ASSIGNED: (),
    R.ONLY_USER_ASSIGNED: (),
    R.INSTANCES_COME_AND_GO: ("`lifecycleWithResource: true` {hint}: a system-assigned one",),
    R.OWN_PERMISSIONS: (
        "another resource within {boundary} that needs the same: they would share a user-assigned one",
        "`replicated`, `ephemeral`, `separateApproval` or `accessBeforeDeployment` {hint}: a user-assigned",
    ),
    R.WORKS_AS_IT_IS: ("`lifecycleWithResource: true` {hint}: a system-assigned one",),
    R.ISOLATION: ("the same `environment` and `zone` for all of them, by tags or {hint}",),
    R.SEVERAL_IN_USE: ("use of one identity alone: run it anew, with `--learn`",),
    R.NOTHING_SEEN: ("a run of it: `keyless run --learn`",),
    R.ACCESS_POLICIES_FIRST: ("a vault in which roles decide: carry out this plan, then plan again",),
}
_RELAXED = (
    "{other} needs the same and lies outside of {boundary}: with the same environment, zone and region they "
    "would share"
)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a seat: ``peers`` share its identity, ``equal`` need the same and do not.

    ``beyond`` is one that needs the same beyond its boundary.
    """

    outcome: Outcome | None
    peers: Sequence[Seat] = ()
    equal: Sequence[Seat] = ()
    beyond: Seat | None = None
    others: Sequence[Seat] = field(default=())
    """Those who have the identity that it has to leave."""


def reason(seat: Seat, rules: Sequence[R], around: Around) -> str:
    """The reason of a choice, a sentence for each rule; and what it takes over."""
    words = _words(seat, around)
    sentences = [_REASONS[rule].format_map(words) for rule in rules]
    if seat.host.applications and any(one in seat.takes for one in seat.host.applications):
        names = listed([f"`{one.name}`" for one in seat.host.applications if one in seat.takes])
        sentences.append(f"It takes over what {names} did with a stored credential.")
    return " ".join(sentences)


def would_change(seat: Seat, rules: Sequence[R], around: Around) -> tuple[str, ...]:
    """What would make the choice another one."""
    words = _words(seat, around)
    changes = [text.format_map(words) for rule in rules for text in _CHANGES[rule]]
    if around.beyond is not None and around.outcome is not Outcome.SHARED:
        changes.append(_RELAXED.format_map(words | {"other": f"`{around.beyond.host.compute.name}`"}))
    return tuple(changes)


def _words(seat: Seat, around: Around) -> dict[str, str]:
    count = len(around.peers)
    others = [one for one in around.peers if one is not seat]
    creation = limits().managed_identity
    return {
        "peers": _names(others),
        "need": "needs" if len(others) == 1 else "need",
        "count": str(count),
        "one": counted(seat.need.roles, "role assignment"),
        "all": counted(seat.need.roles * count, "role assignment"),
        "boundary": _boundary(seat),
        "most": str(creation.creates_per_subscription),
        "window": str(creation.create_window_s),
        "kept": str(creation.deleted_counts_days),
        "although": f", although {_names(around.equal)} {_needs(around.equal)} the same"
        if around.equal
        else "",
        "nobody": _nobody(seat, around.equal),
        "kind": f"A resource of the type `{ResourceId.parse(seat.host.compute.resource_id).resource_type}`",
        "only_user": _only_user(seat),
        "misplaced": _misplaced(seat, around),
        "several": listed([f"`{one.name}`" for one in seat.host.used]),
        "hint": f"for `{seat.host.compute.name}` under `identities.compute` in the policy",
    }


def _nobody(seat: Seat, equal: Sequence[Seat]) -> str:
    if not equal:
        return f"Nobody else within {_boundary(seat)} needs the same"
    return f"Who needs the same, {_names(equal)}, is not to share an identity"


def _needs(seats: Sequence[Seat]) -> str:
    return "needs" if len(seats) == 1 else "need"


def _names(seats: Sequence[Seat]) -> str:
    names = [f"`{one.host.compute.name}`" for one in seats]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1:,} others"]
    return listed(names)


def _boundary(seat: Seat) -> str:
    traits = seat.host.traits
    group = ResourceId.parse(seat.host.compute.resource_id).resource_group
    place = (
        f"the environment `{traits.environment}`" if traits.environment else f"the resource group `{group}`"
    )
    return f"{place} and the zone `{traits.zone}`" if traits.zone else place


def _only_user(seat: Seat) -> str:
    if seat.host.traits.host_kind is HostKind.AKS:
        return "A pod's identity is federated, and only user-assigned identities can be"
    kind = ResourceId.parse(seat.host.compute.resource_id).resource_type
    return f"A resource of the type `{kind}`, as it is here, can have user-assigned identities alone"


def _misplaced(seat: Seat, around: Around) -> str:
    shared = _name(seat.main)
    if seat.leaves:
        apart = [one for one in around.others if one is not seat]
        places = listed(sorted({_boundary(one) for one in (seat, *apart)}))
        return (
            f"{shared} is shared across {places}, so that whoever runs code in one reaches what is the "
            "other's; which of them used it no log tells, and this one is taken to need all that it did"
        )
    return f"{shared} is shared with others, who would get what only this one needs"


def _name(subject: Subject | None) -> str:
    return f"`{subject.name}`" if subject is not None else "the identity"
