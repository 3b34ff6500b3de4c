"""What holds of every decision, on worlds small enough for roles, scopes and principals to collide often."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.authz.decide import AccessRequest, Allowed, Denied, role_grants
from keyless.authz.explain import explain
from keyless.authz.reference import is_allowed, wildcard_match
from keyless.authz.snapshot import Snapshot, compile_snapshot
from keyless.model.actions import AZURE_RBAC, ActionPlane, action_matches
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition

PROVIDERS = ("Microsoft.App", "Microsoft.AppX")
ACTIONS = tuple(f"{p}/{t}/{v}" for p in PROVIDERS for t in ("a", "a/b", "b") for v in ("read", "write"))
PATTERNS = (
    *ACTIONS[:4],
    "*",
    "*/read",
    "Microsoft.App/*",
    "microsoft.app/*/READ",
    "Microsoft.App/a/*",
    "Microsoft.AppX/*/write",
    "*/a/*",
    "Microsoft.*/b/*",
)
GROUP = "/subscriptions/s/resourceGroups/g"
APP = f"{GROUP}/providers/Microsoft.App/apps/app"
SCOPES = ("/", "/subscriptions/s", GROUP, GROUP.upper(), APP, APP.lower(), f"{APP}-prod", f"{APP}/parts/one")
PRINCIPALS = ("p", "q")
ROLE_IDS = ("r1", "r2", "r3")

some_patterns = st.lists(st.sampled_from(PATTERNS), max_size=3).map(tuple)
wanted_patterns = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4).map(tuple) | st.just(())
few_patterns = st.lists(st.sampled_from(PATTERNS), max_size=1).map(tuple)
conditions = st.sampled_from([*[None] * 7, "@Resource[x] StringEquals 'y'"])
blocks = st.builds(
    Permission,
    actions=wanted_patterns,
    not_actions=few_patterns,
    data_actions=wanted_patterns,
    not_data_actions=few_patterns,
    condition=conditions,
)
roles = st.tuples(
    *(
        st.builds(RoleDefinition, st.just(i), st.just(i), st.lists(blocks, min_size=1, max_size=3).map(tuple))
        for i in ROLE_IDS
    )
)
assignments = st.lists(
    st.builds(
        RoleAssignment,
        st.uuids().map(str),
        st.sampled_from(PRINCIPALS),
        st.sampled_from((*ROLE_IDS, "unknown")),
        st.sampled_from(SCOPES),
        condition=conditions,
    ),
    min_size=1,
    max_size=8,
)
requests = st.builds(
    AccessRequest,
    st.sampled_from(PRINCIPALS).map(lambda principal: frozenset({principal})),
    st.sampled_from(AZURE_RBAC),
    st.sampled_from(ACTIONS),
    st.sampled_from(SCOPES).map(ResourceId.parse),
)


def compiled(given_assignments: list[RoleAssignment], given_roles: tuple[RoleDefinition, ...]) -> Snapshot:
    return compile_snapshot(given_assignments, {role.id: role for role in given_roles})


def allows(snapshot: Snapshot, request: AccessRequest) -> bool:
    return isinstance(snapshot.decide(request), Allowed)


@settings(max_examples=600)
@given(roles, assignments, requests)
def test_the_fast_engine_equals_the_reference(
    given_roles: tuple[RoleDefinition, ...], given_assignments: list[RoleAssignment], request: AccessRequest
) -> None:
    (principal,) = request.principal_ids
    literal = is_allowed(
        principal, request.plane, request.action, request.scope.text, given_assignments, given_roles
    )
    assert allows(compiled(given_assignments, given_roles), request) == literal


@given(roles, assignments, requests)
def test_the_explanation_agrees_with_the_decision(
    given_roles: tuple[RoleDefinition, ...], given_assignments: list[RoleAssignment], request: AccessRequest
) -> None:
    explanation = explain(request, compiled(given_assignments, given_roles))
    settling = [considered.grant for considered in explanation.considered if considered.settles]
    if isinstance(explanation.decision, Allowed):
        assert explanation.decision.by == settling[0]
    else:
        assert settling == []


@given(roles, requests)
def test_default_deny(given_roles: tuple[RoleDefinition, ...], request: AccessRequest) -> None:
    assert compiled([], given_roles).decide(request) == Denied()


@given(roles, assignments, requests)
def test_what_others_hold_grants_a_caller_nothing(
    given_roles: tuple[RoleDefinition, ...], given_assignments: list[RoleAssignment], request: AccessRequest
) -> None:
    others = [a for a in given_assignments if a.principal_id not in request.principal_ids]
    assert compiled(others, given_roles).decide(request) == Denied()


@given(roles, assignments, assignments, requests)
def test_adding_an_assignment_never_removes_access(
    given_roles: tuple[RoleDefinition, ...],
    before: list[RoleAssignment],
    added: list[RoleAssignment],
    request: AccessRequest,
) -> None:
    granted = allows(compiled(before, given_roles), request)
    assert not granted or allows(compiled(before + added, given_roles), request)


@given(roles, assignments, requests)
def test_the_order_of_assignments_does_not_matter(
    given_roles: tuple[RoleDefinition, ...], given_assignments: list[RoleAssignment], request: AccessRequest
) -> None:
    forth = compiled(given_assignments, given_roles).decide(request)
    assert compiled(given_assignments[::-1], given_roles).decide(request) == forth


@given(roles, assignments, requests)
def test_control_plane_actions_never_grant_data_actions_nor_the_reverse(
    given_roles: tuple[RoleDefinition, ...], given_assignments: list[RoleAssignment], request: AccessRequest
) -> None:
    def without(role: RoleDefinition) -> RoleDefinition:
        gone = "data_actions" if request.plane is ActionPlane.DATA else "actions"
        kept = tuple(msgspec.structs.replace(block, **{gone: ()}) for block in role.permissions)
        return msgspec.structs.replace(role, permissions=kept)

    emptied = tuple(without(role) for role in given_roles)
    assert compiled(given_assignments, emptied).decide(request) == Denied()


@given(st.lists(blocks, min_size=1, max_size=3), st.sampled_from(AZURE_RBAC), st.sampled_from(ACTIONS))
def test_what_a_block_takes_out_it_takes_out_of_itself_alone(
    given_blocks: list[Permission], plane: ActionPlane, action: str
) -> None:
    whole = RoleDefinition("r", "R", tuple(given_blocks))
    one_by_one = [RoleDefinition("r", "R", (block,)) for block in given_blocks]
    assert role_grants(whole, plane, action) == any(role_grants(one, plane, action) for one in one_by_one)


@given(some_patterns, some_patterns, st.sampled_from(AZURE_RBAC), st.sampled_from(ACTIONS))
def test_what_is_taken_out_is_not_granted(
    wanted: tuple[str, ...], unwanted: tuple[str, ...], plane: ActionPlane, action: str
) -> None:
    lists = (wanted, unwanted, (), ()) if plane is ActionPlane.CONTROL else ((), (), wanted, unwanted)
    block = Permission(*lists)
    taken_out = any(wildcard_match(pattern.lower(), action.lower()) for pattern in unwanted)
    listed = any(wildcard_match(pattern.lower(), action.lower()) for pattern in wanted)
    assert block.grants(plane, action) == (listed and not taken_out)


@given(requests, st.sampled_from(SCOPES))
def test_an_assignment_counts_at_its_scope_and_below_by_whole_segments(
    request: AccessRequest, scope: str
) -> None:
    everything = RoleDefinition("r1", "All", (Permission(actions=("*",), data_actions=("*",)),))
    (principal,) = request.principal_ids
    snapshot = compiled([RoleAssignment("a", principal, "r1", scope)], (everything,))
    outer = [part for part in scope.lower().split("/") if part]
    inner = [part for part in request.scope.text.lower().split("/") if part]
    assert allows(snapshot, request) == (outer == inner[: len(outer)])


@given(roles, assignments, requests)
def test_neither_scopes_nor_actions_look_at_case(
    given_roles: tuple[RoleDefinition, ...], given_assignments: list[RoleAssignment], request: AccessRequest
) -> None:
    snapshot = compiled(given_assignments, given_roles)
    shouted = AccessRequest(
        request.principal_ids,
        request.plane,
        request.action.upper(),
        ResourceId.parse(request.scope.text.upper()),
    )
    assert snapshot.decide(shouted) == snapshot.decide(request)


SEGMENTS = st.text("ab", min_size=1, max_size=2)


@given(
    provider=SEGMENTS,
    more=SEGMENTS,
    tail=st.sampled_from(["*", "*/read", "*/a/*", "a/*/read"]),
    rest=st.lists(SEGMENTS | st.just("read"), min_size=1, max_size=3),
)
def test_a_wildcard_never_crosses_a_provider_boundary(
    provider: str, more: str, tail: str, rest: list[str]
) -> None:
    pattern = f"Microsoft.{provider}/{tail}"
    assert not action_matches(pattern, f"Microsoft.{provider}{more}/{'/'.join(rest)}")


@given(st.text("ab/*.[", max_size=6), st.text("AaBb/.[\n", max_size=7))
def test_patterns_match_as_the_reference_matches_them(pattern: str, action: str) -> None:
    assert action_matches(pattern, action) == wildcard_match(pattern.lower(), action.lower())
