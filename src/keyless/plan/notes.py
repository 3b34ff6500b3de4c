"""What a plan says besides: on what it left out, on roles that may not be meant for anyone, on delays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from keyless.catalog.limits import limits
from keyless.catalog.services import APP_CONFIGURATION, service
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.plan.index import Action, RoleIndex
from keyless.plan.places import Place
from keyless.plan.policy.evidence import KeepRule
from keyless.plan.policy.scopes import ScopeRules
from keyless.plan.problem import Demand, Subject
from keyless.plan.result import PlannedAssignment
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.wording import counted, listed


def about_directory(observations: Iterable[Observation]) -> list[str]:
    """What was done in the directory, whose roles are not Azure's."""
    count = sum(seen.count for seen in observations if seen.plane is ActionPlane.DIRECTORY)
    if not count:
        return []
    accesses = "access" if count == 1 else "accesses"
    return [f"{count:,} {accesses} to the directory left out: a plan gives no roles of Entra"]


def about_denials(observations: Iterable[Observation]) -> list[str]:
    """What to say where something was denied, never let pass, and is therefore not planned for."""
    asked: dict[bool, set[tuple[str, Action, ResourceId]]] = {True: set(), False: set()}
    for seen in observations:
        action = (seen.plane, seen.action.casefold())
        asked[seen.outcome is Outcome.DENIED].add((guid_key(seen.principal_id), action, seen.scope_id))
    denied = len(asked[True] - asked[False])
    if not denied:
        return []
    accesses = "access" if denied == 1 else "accesses"
    return [f"{denied:,} denied {accesses} left out; `--include-denied` plans for what was denied too"]


def about_keeping(rules: Iterable[KeepRule]) -> list[str]:
    """What to say of rules on what is kept where none of what was seen is of them."""
    return [
        f"the rule that keeps `{one.action}` of `{one.principal}` at `{one.scope}` speaks of nothing that "
        "was seen: look how it is spelt"
        for one in rules
    ]


def about_roles(index: RoleIndex, planned: Sequence[PlannedAssignment]) -> list[str]:
    """What to say of the choice: that it was a narrower one, or that a role may not be meant for anyone."""
    if not index.of_all:
        number = len(index.roles) + sum(map(len, index.limited.values()))
        return [f"chosen among {counted(number, 'role')}, not among all that are built in"]
    odd = {one.role.id: one.role.name for one in index.roles if not one.for_all}
    names = sorted({odd[one.role_id] for one in planned if one.role_id in odd})
    if not names:
        return []
    who, says = listed([f"`{name}`" for name in names]), "name" if len(names) == 1 else "names"
    return [
        (
            f"{who}: preview, deprecated or some service's own, by the {says}; check that you may use this, "
            "or plan with `--general-roles`, which leaves such roles out"
        )
    ]


def about_proposed(roles: Sequence[ProposedRole]) -> list[str]:
    """What to say where custom roles are to be made."""
    if not roles:
        return []
    ones, them = ("a custom role is", "it") if len(roles) == 1 else (f"{len(roles)} custom roles are", "them")
    note = (
        f"{ones} proposed: making {them} takes `Microsoft.Authorization/roleDefinitions/write` at each "
        "assignable scope, and Azure refuses actions that it does not know"
    )
    return [note]


def about_limits(
    most: int | None, too_many: Mapping[str, int], settled: Sequence[Place], everyone: Mapping[str, Subject]
) -> list[str]:
    """What to say where the number of assignments is limited: who needs more, and what was widened for it."""
    notes = [
        f"`{everyone[one.casefold()].name}` needs {counted(number, 'assignment')} at least, and the policy "
        f"allows {most}: it is planned for without that limit; raise `roles.mostAssignments`"
        for one, number in sorted(too_many.items())
    ]
    wider = [place for place in settled if place.widened]
    if wider:
        notes.append(
            f"to keep `roles.mostAssignments`, roles are given at {counted(len(wider), 'wider scope')}: they "
            "reach resources there that were never used"
        )
    return notes


def general_notes(
    planned: Sequence[PlannedAssignment],
    needed: Sequence[Demand],
    strangers: Sequence[str],
    *,
    scopes: ScopeRules,
) -> list[str]:
    """Strangers, an empty plan, scopes that a service has not, and how long a change takes."""
    notes = [
        f"`{one}` is no identity of the estate; its principal id stands for its name" for one in strangers
    ]
    if not needed:
        notes.append(
            "nothing was let pass, so nothing is planned: run the workload with `keyless run --learn`"
        )
    store = service(APP_CONFIGURATION).arm_type
    if (
        APP_CONFIGURATION in scopes.of_objects()
        and store
        and any(demand.scope.is_type(store) for demand in needed)
    ):
        notes.append(
            "App Configuration takes role assignments at the store: Azure documents no narrower scope"
        )
    if any(not one.exists for one in planned):
        notes.append(
            f"a new assignment can take {limits().rbac.propagation_minutes} minutes to work in Azure, "
            f"{limits().app_configuration.rbac_propagation_minutes} for App Configuration"
        )
    return notes
