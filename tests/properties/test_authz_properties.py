"""What holds of every decision, on worlds small enough for roles, scopes and principals to collide often."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from authz_worlds_made import compiled, request_of
from keyless.authz.decide import Allowed, Denied, role_grants
from keyless.authz.explain import explain, who_can
from keyless.authz.groups import Memberships
from keyless.authz.reference import Asked, World, is_allowed, wildcard_match
from keyless.authz.snapshot import Snapshot, compile_roles
from keyless.model.actions import AZURE_RBAC, ActionPlane, action_matches
from keyless.model.attributes import AttributeSource
from keyless.model.denies import ALL_PRINCIPALS_ID, DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group
from keyless.model.management import ManagementGroup
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
MANAGEMENT = "/providers/Microsoft.Management/managementGroups"
SCOPES = (
    "/",
    "/subscriptions/s",
    GROUP,
    GROUP.upper(),
    APP,
    APP.lower(),
    f"{APP}-prod",
    f"{APP}/parts/one",
    "/subscriptions/s2",
    f"{MANAGEMENT}/root",
    f"{MANAGEMENT}/m1",
    f"{MANAGEMENT}/M2",
    f"{MANAGEMENT}/m2/providers/Microsoft.App/apps/app",
)
PRINCIPALS = ("p", "P", "q")
GROUP_IDS = ("g1", "G2", "g3")
ROLE_IDS = ("r1", "r2", "r3")
NAMED = "@Resource[Microsoft.App/a:name]"
CONDITIONS = (
    f"{NAMED} StringEquals 'x'",
    f"NOT ({NAMED} StringEquals 'x')",
    f"!(ActionMatches{{'*/read'}}) OR Exists {NAMED}",
    "not a condition",
)

some_patterns = st.lists(st.sampled_from(PATTERNS), max_size=3).map(tuple)
wanted_patterns = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4).map(tuple) | st.just(())
few_patterns = st.lists(st.sampled_from(PATTERNS), max_size=1).map(tuple)
conditions = st.sampled_from([*[None] * 9, *CONDITIONS])
versions = st.sampled_from([*[None] * 6, "2.0", "1.0"])
blocks = st.builds(
    Permission,
    actions=wanted_patterns,
    not_actions=few_patterns,
    data_actions=wanted_patterns,
    not_data_actions=few_patterns,
    condition=conditions,
    condition_version=versions,
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
        st.sampled_from((*PRINCIPALS, *GROUP_IDS)),
        st.sampled_from((*ROLE_IDS, "R1", "unknown")),
        st.sampled_from(SCOPES),
        condition=conditions,
        condition_version=versions,
    ),
    min_size=1,
    max_size=8,
)
denied_principals = st.builds(DeniedPrincipal, st.sampled_from((*PRINCIPALS, *GROUP_IDS, ALL_PRINCIPALS_ID)))
denies = st.lists(
    st.builds(
        DenyAssignment,
        st.uuids().map(str),
        st.just("deny"),
        st.sampled_from(SCOPES),
        st.lists(blocks, min_size=1, max_size=2).map(tuple),
        st.lists(denied_principals, min_size=1, max_size=2).map(tuple),
        st.lists(st.sampled_from((*PRINCIPALS, *GROUP_IDS)).map(DeniedPrincipal), max_size=2).map(tuple),
        st.booleans(),
        condition=conditions,
        condition_version=versions,
    ),
    max_size=2,
)
members = st.lists(st.sampled_from((*PRINCIPALS, *GROUP_IDS)), max_size=3).map(tuple)
groups = st.tuples(*(st.builds(Group, st.just(i), st.just(i), members=members) for i in GROUP_IDS))
hierarchies = st.tuples(
    *(
        st.builds(
            ManagementGroup,
            st.just(name),
            st.just(name),
            st.sampled_from((None, "root", "m1", "M2", "ghost")),
            st.lists(st.sampled_from(("s", "S2")), max_size=1).map(tuple),
        )
        for name in ("m1", "m2")
    )
)
worlds = st.builds(World, roles, assignments, denies, groups, hierarchies, st.sampled_from(("root", "")))
attributes = st.sampled_from(
    [{}, *({AttributeSource.RESOURCE: {"microsoft.app/A:name": value}} for value in ("x", "y", 1, None))]
)
questions = st.builds(
    Asked,
    st.sampled_from(PRINCIPALS),
    st.sampled_from(AZURE_RBAC),
    st.sampled_from(ACTIONS),
    st.sampled_from(SCOPES),
    attributes,
)


def decided(world: World, asked: Asked) -> Allowed | Denied:
    snapshot = compiled(world)
    return snapshot.decide(request_of(snapshot, asked))


def allows(world: World, asked: Asked) -> bool:
    return isinstance(decided(world, asked), Allowed)


def changed(world: World, **parts: object) -> World:
    return replace(world, **parts)


@settings(max_examples=600)
@given(worlds, questions)
def test_the_fast_engine_equals_the_reference(world: World, asked: Asked) -> None:
    assert allows(world, asked) == is_allowed(world, asked)


@settings(max_examples=300)
@given(worlds, questions)
def test_what_is_allowed_below_is_what_the_reference_allows_somewhere_below(
    world: World, asked: Asked
) -> None:
    snapshot = compiled(world)
    fast = isinstance(snapshot.decide_below(request_of(snapshot, asked)), Allowed)
    everything = RoleDefinition("all", "All", (Permission(actions=("*",), data_actions=("*",)),))
    placing = changed(
        world, roles=(everything,), assignments=(RoleAssignment("a", "p", "all", asked.scope),), denies=()
    )
    places = [place for scope in SCOPES for place in (scope, f"{scope.rstrip('/')}/things/new")]
    below = [place for place in places if is_allowed(placing, replace(asked, principal_id="p", scope=place))]
    assert fast == any(is_allowed(world, replace(asked, scope=place)) for place in below)


@given(worlds, questions)
def test_the_explanation_agrees_with_the_decision(world: World, asked: Asked) -> None:
    snapshot = compiled(world)
    request = request_of(snapshot, asked)
    explained = explain(asked.principal_id, request, snapshot)
    decision = snapshot.decide(request)
    assert explained.decision == decision
    denying = [one.deny for one in explained.denies if one.settles]
    granting = [one.grant for one in explained.considered if one.settles]
    assert decision == explained.decision
    if isinstance(decision, Allowed):
        assert not denying
        assert decision.by in granting
    else:
        assert decision.by == (denying[0] if denying else None)
        assert denying or not granting


@given(worlds, questions)
def test_who_can_do_a_thing_are_those_whom_the_decision_lets(world: World, asked: Asked) -> None:
    snapshot = compiled(world)
    everyone = ("p", "q", "g1", "G2")
    able = who_can(request_of(snapshot, asked), everyone, snapshot)
    may = [who for who in everyone if allows(world, replace(asked, principal_id=who))]
    assert [one.principal_id for one in able if not one.if_holds] == may


@given(worlds, questions, attributes)
def test_a_decision_that_looked_at_no_condition_holds_for_all_attributes(
    world: World, asked: Asked, others: dict[AttributeSource, dict[str, object]]
) -> None:
    decision = decided(world, asked)
    if not decision.conditional:
        assert decided(world, replace(asked, attributes=others)) == decision


@given(worlds, questions)
def test_default_deny(world: World, asked: Asked) -> None:
    assert not allows(changed(world, assignments=[]), asked)


@given(worlds, questions)
def test_what_others_hold_grants_a_caller_nothing(world: World, asked: Asked) -> None:
    own = Memberships(world.groups).principal_ids(asked.principal_id)
    others = [a for a in world.assignments if a.principal_id.casefold() not in own]
    assert not allows(changed(world, assignments=others), asked)


@given(worlds, assignments, questions)
def test_adding_an_assignment_never_removes_access(
    world: World, added: list[RoleAssignment], asked: Asked
) -> None:
    more = changed(world, assignments=[*world.assignments, *added])
    assert not allows(world, asked) or allows(more, asked)


@given(worlds, denies, questions)
def test_adding_a_deny_never_gives_access(world: World, added: list[DenyAssignment], asked: Asked) -> None:
    assert not allows(changed(world, denies=[*world.denies, *added]), asked) or allows(world, asked)


@given(worlds, denies, questions)
def test_a_deny_beats_every_grant(world: World, added: list[DenyAssignment], asked: Asked) -> None:
    everything = RoleDefinition("all", "All", (Permission(actions=("*",), data_actions=("*",)),))
    every_grant = [RoleAssignment(f"a{n}", who, "all", "/") for n, who in enumerate(PRINCIPALS)]
    owned = changed(
        world,
        roles=(*world.roles, everything),
        assignments=[*world.assignments, *every_grant],
        denies=[*world.denies, *added],
    )
    decision = decided(owned, asked)
    assert isinstance(decision, Allowed) == (decided(changed(owned, assignments=[]), asked).by is None)
    assert isinstance(decision, Allowed) or decision.by is not None


@given(worlds, questions)
def test_the_order_of_assignments_and_denies_does_not_matter(world: World, asked: Asked) -> None:
    turned = changed(world, assignments=world.assignments[::-1], denies=world.denies[::-1])
    assert decided(turned, asked) == decided(world, asked)


@given(worlds, assignments, st.data(), questions)
def test_a_snapshot_with_other_assignments_is_the_one_compiled_with_them(
    world: World, come: list[RoleAssignment], data: st.DataObject, asked: Asked
) -> None:
    gone = data.draw(st.lists(st.sampled_from(world.assignments), unique_by=lambda one: one.id))
    kept = [one for one in world.assignments if one not in gone]
    changed_in_place = compiled(world).with_assignments(gone, come, compile_roles(world.roles))
    anew = compiled(changed(world, assignments=[*kept, *come]))
    assert changed_in_place.decide(request_of(anew, asked)) == anew.decide(request_of(anew, asked))
    assert sorted(one.assignment.id for one in changed_in_place.grants) == sorted(
        one.assignment.id for one in anew.grants
    )


@given(worlds, questions)
def test_control_plane_actions_never_grant_data_actions_nor_the_reverse(world: World, asked: Asked) -> None:
    def without(role: RoleDefinition) -> RoleDefinition:
        gone = "data_actions" if asked.plane is ActionPlane.DATA else "actions"
        kept = tuple(msgspec.structs.replace(block, **{gone: ()}) for block in role.permissions)
        return msgspec.structs.replace(role, permissions=kept)

    emptied = changed(world, roles=tuple(without(role) for role in world.roles))
    assert not allows(emptied, asked)


@given(worlds, questions)
def test_no_role_of_azure_rbac_speaks_of_the_directory(world: World, asked: Asked) -> None:
    snapshot, of_the_directory = compiled(world), replace(asked, plane=ActionPlane.DIRECTORY)
    snapshot.decide(request_of(snapshot, asked))  # what is remembered of it must not count
    assert snapshot.decide(request_of(snapshot, of_the_directory)) == Denied()
    assert not is_allowed(world, of_the_directory)


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


@given(questions, st.sampled_from(SCOPES))
def test_an_assignment_counts_at_its_scope_and_below_by_whole_segments(asked: Asked, scope: str) -> None:
    everything = RoleDefinition("r1", "All", (Permission(actions=("*",), data_actions=("*",)),))
    world = World((everything,), [RoleAssignment("a", asked.principal_id, "r1", scope)])
    outer = [part for part in scope.lower().split("/") if part]
    inner = [part for part in asked.scope.lower().split("/") if part]
    assert allows(world, asked) == (outer == inner[: len(outer)])


@given(worlds, questions)
def test_neither_ids_nor_scopes_nor_actions_look_at_case(world: World, asked: Asked) -> None:
    shouted = replace(
        asked,
        principal_id=asked.principal_id.upper(),
        action=asked.action.upper(),
        scope=asked.scope.upper(),
    )
    assert decided(world, shouted) == decided(world, asked)


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


def test_a_snapshot_of_nothing_denies() -> None:
    asked = Asked("p", ActionPlane.CONTROL, ACTIONS[0], "/")
    assert Snapshot({}).decide(request_of(Snapshot({}), asked)) == Denied()
