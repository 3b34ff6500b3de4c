"""Which identity a token request means."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from identity_site import FOREIGN, READER, SITE, SYSTEM, WRITER

from keyless.model.hosts import HostKind
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.planes.identity.select import (
    PARAMETERS,
    RULES,
    HostRules,
    IdKind,
    Named,
    Refusal,
    SelectionRefused,
    named_identity,
    select_identity,
)

MACHINE = HostRules(lone_user_assigned=True, system_assigned_by_id=True)
APP = HostRules(lone_user_assigned=False, system_assigned_by_id=False)
BARE = ComputeResource(SITE, "orders-web", "westeurope")
WITH_SYSTEM = ComputeResource(SITE, "orders-web", "westeurope", SYSTEM)


def refusal(
    compute: ComputeResource, user_assigned: list[ManagedIdentity], named: Named | None, rules: HostRules
) -> Refusal:
    with pytest.raises(SelectionRefused) as caught:
        select_identity(compute, user_assigned, named, rules)
    return caught.value.why


@pytest.mark.parametrize("rules", [MACHINE, APP])
def test_unnamed_means_the_system_assigned_identity_where_there_is_one(rules: HostRules) -> None:
    assert select_identity(WITH_SYSTEM, [READER, WRITER], None, rules) is SYSTEM


def test_on_a_machine_unnamed_means_the_only_user_assigned_identity() -> None:
    assert select_identity(BARE, [READER], None, MACHINE) is READER


def test_in_an_app_unnamed_never_means_a_user_assigned_identity() -> None:
    assert refusal(BARE, [READER], None, APP) is Refusal.NONE
    assert refusal(BARE, [READER, WRITER], None, APP) is Refusal.NONE


def test_unnamed_among_several_is_ambiguous() -> None:
    assert refusal(BARE, [READER, WRITER], None, MACHINE) is Refusal.AMBIGUOUS


def test_without_any_identity_there_is_nothing_to_choose() -> None:
    assert refusal(BARE, [], None, MACHINE) is Refusal.NONE
    assert refusal(BARE, [], named_identity([("client_id", "x")]), MACHINE) is Refusal.UNKNOWN


@pytest.mark.parametrize("parameter", sorted(PARAMETERS))
def test_an_empty_id_names_nobody_and_only_an_empty_clientid_is_as_none(parameter: str) -> None:
    named = named_identity([(parameter, "")])
    assert (named is None) is (parameter == "clientid")
    if named is not None:
        assert refusal(BARE, [READER], named, MACHINE) is Refusal.UNKNOWN


@pytest.mark.parametrize("parameter", sorted(PARAMETERS))
@pytest.mark.parametrize("change", [str.upper, str.lower, lambda text: f" {text} "])
@pytest.mark.parametrize("rules", [MACHINE, APP])
def test_an_identity_is_found_by_each_of_its_ids_in_any_casing(
    parameter: str, change: object, rules: HostRules
) -> None:
    assert callable(change)
    value = {
        IdKind.CLIENT: WRITER.client_id,
        IdKind.OBJECT: WRITER.principal_id,
        IdKind.RESOURCE: WRITER.resource_id,
    }[PARAMETERS[parameter]]
    named = named_identity([(parameter, change(value))])
    assert select_identity(WITH_SYSTEM, [READER, WRITER], named, rules) is WRITER


def test_one_kind_of_id_does_not_stand_for_another() -> None:
    for parameter, value in (
        ("client_id", READER.principal_id),
        ("object_id", READER.client_id),
        ("msi_res_id", READER.client_id),
        ("client_id", READER.resource_id),
    ):
        assert refusal(BARE, [READER], named_identity([(parameter, value)]), MACHINE) is Refusal.UNKNOWN


def test_an_identity_of_another_resource_is_as_unknown_as_none_at_all() -> None:
    foreign = named_identity([("client_id", FOREIGN.client_id)])
    invented = named_identity([("client_id", "00000000-0000-4000-8000-000000000000")])
    assert (
        refusal(WITH_SYSTEM, [READER], foreign, MACHINE)
        is refusal(WITH_SYSTEM, [READER], invented, MACHINE)
        is Refusal.UNKNOWN
    )


def test_the_system_assigned_identity_has_ids_on_a_machine_and_none_in_an_app() -> None:
    for parameter, value in (
        ("client_id", SYSTEM.client_id),
        ("object_id", SYSTEM.principal_id),
        ("msi_res_id", SITE),
    ):
        named = named_identity([(parameter, value)])
        assert select_identity(WITH_SYSTEM, [], named, MACHINE) is SYSTEM
        assert refusal(WITH_SYSTEM, [], named, APP) is Refusal.UNKNOWN


@pytest.mark.parametrize(
    "parameters",
    [
        [("client_id", READER.client_id), ("object_id", READER.principal_id)],
        [("client_id", READER.client_id), ("msi_res_id", READER.resource_id)],
        [("client_id", READER.client_id), ("client_id", WRITER.client_id)],
        [("msi_res_id", READER.resource_id), ("mi_res_id", WRITER.resource_id)],
    ],
)
def test_two_names_are_refused_even_where_they_agree(parameters: list[tuple[str, str]]) -> None:
    with pytest.raises(SelectionRefused) as caught:
        named_identity(parameters)
    assert caught.value.why is Refusal.SEVERAL_NAMED


def test_the_same_name_twice_is_one_name() -> None:
    twice = [("msi_res_id", READER.resource_id), ("mi_res_id", READER.resource_id.upper() + "/")]
    assert named_identity(twice) == Named(IdKind.RESOURCE, READER.resource_id.casefold())


def test_an_empty_name_is_a_name_of_nothing() -> None:
    named = named_identity([("client_id", "")])
    assert named is not None
    assert refusal(WITH_SYSTEM, [READER], named, MACHINE) is Refusal.UNKNOWN


def test_other_parameters_name_nothing() -> None:
    assert named_identity([("resource", READER.client_id), ("api-version", "x")]) is None


@given(
    parameter=st.sampled_from(sorted(PARAMETERS)),
    value=st.text(max_size=40) | st.sampled_from([FOREIGN.client_id, FOREIGN.principal_id, "/", "*"]),
    rules=st.sampled_from([MACHINE, APP]),
)
def test_no_text_leads_to_an_identity_that_the_resource_does_not_have(
    parameter: str, value: str, rules: HostRules
) -> None:
    assume(value or parameter != "clientid")
    named = named_identity([(parameter, value)])
    assert refusal(WITH_SYSTEM, [READER], named, rules) is Refusal.UNKNOWN


BY_SYSTEM = Named(IdKind.CLIENT, SYSTEM.client_id.casefold())
BY_READER = Named(IdKind.OBJECT, READER.principal_id.casefold())
BY_STRANGER = Named(IdKind.RESOURCE, FOREIGN.resource_id.casefold())
_SAME = (SYSTEM, READER, Refusal.AMBIGUOUS, Refusal.NONE, SYSTEM, READER, Refusal.UNKNOWN)
_CHOICE = Refusal.NO_CHOICE
WHAT_IS_MEANT: dict[HostKind, tuple[ManagedIdentity | Refusal, ...]] = {
    HostKind.APP_SERVICE: (
        SYSTEM, Refusal.NONE, Refusal.NONE, Refusal.NONE, Refusal.UNKNOWN, READER, Refusal.UNKNOWN,
    ),
    HostKind.VM: _SAME,
    HostKind.ARC: _SAME,
    HostKind.SERVICE_FABRIC: _SAME,
    HostKind.AML: _SAME,
    HostKind.CLOUD_SHELL: (SYSTEM, READER, Refusal.AMBIGUOUS, Refusal.NONE, _CHOICE, _CHOICE, _CHOICE),
}  # fmt: skip
ASKED: tuple[tuple[ComputeResource, list[ManagedIdentity], Named | None], ...] = (
    (WITH_SYSTEM, [READER, WRITER], None),
    (BARE, [READER], None),
    (BARE, [READER, WRITER], None),
    (BARE, [], None),
    (WITH_SYSTEM, [READER], BY_SYSTEM),
    (WITH_SYSTEM, [READER, WRITER], BY_READER),
    (WITH_SYSTEM, [READER, WRITER], BY_STRANGER),
)


@pytest.mark.parametrize("kind", RULES)
def test_each_kind_of_host_means_what_its_row_says(kind: HostKind) -> None:
    """The table that `docs/how-to/choose-a-host-kind.md` shows in words."""
    found: list[ManagedIdentity | Refusal] = []
    for compute, given_to_it, named in ASKED:
        try:
            found.append(select_identity(compute, given_to_it, named, RULES[kind]))
        except SelectionRefused as refused:
            found.append(refused.why)
    assert tuple(found) == WHAT_IS_MEANT[kind]


def test_every_kind_of_host_with_an_endpoint_of_its_own_has_rules() -> None:
    assert set(RULES) == set(WHAT_IS_MEANT) == set(HostKind) - {HostKind.AKS}
