"""Which plans are not proved: those that would pass somebody or something off for another."""

from __future__ import annotations

import pytest

from keyless.model.identities import IdentityKind
from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityPlan
from keyless.runtime.directory import Directory, Entry
from keyless.runtime.refused_plans import refused

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/orders"
WEB, ADMIN = (f"{GROUP}/providers/Microsoft.Web/sites/{name}" for name in ("web", "admin"))
OWNER = Entry("00000000-0000-0000-0000-00000000000A", "", "ada@contoso", "User", "")
THERE = Entry("aaaaaaaa-0000-0000-0000-000000000001", "", "admin", "SystemAssigned", ADMIN)
PRINCIPALS = Directory([THERE], users=[OWNER])
READ = "Microsoft.KeyVault/vaults/secrets/getSecret/action"


def choosing(*principal_ids, resources=(WEB, ADMIN), change=IdentityChange.REPLACE):
    choices = (
        IdentityChoice(
            resource=resource,
            name="web",
            change=change,
            chosen=IdentityKind.SYSTEM_ASSIGNED,
            identity=Subject(principal_id, "web", SubjectKind.SYSTEM_ASSIGNED, resource, is_proposed=True),
            members=(resource,),
        )
        for principal_id, resource in zip(principal_ids, resources, strict=False)
    )
    return Plan(identities=IdentityPlan(choices=tuple(choices)))


@pytest.mark.parametrize("somebody", [OWNER.principal_id.casefold(), THERE.principal_id.upper()])
def test_no_identity_of_a_plan_is_somebody_who_is_there(somebody):
    assert "has the principal id of somebody else" in refused(choosing(somebody), PRINCIPALS, ())
    assert refused(choosing(somebody, change=IdentityChange.KEEP), PRINCIPALS, ()) == ""


def test_no_two_identities_of_a_plan_are_one():
    new = "bbbbbbbb-0000-0000-0000-000000000001"
    assert "somebody else" in refused(choosing(new, new), PRINCIPALS, ())
    assert refused(choosing(new, THERE.principal_id), PRINCIPALS, ()) == ""
    assert refused(choosing(new, new, resources=(WEB, WEB.upper())), PRINCIPALS, ()) == ""


def role(*data_actions, at="cccccccc-0000-0000-0000-000000000001"):
    return RoleDefinition(at, "Ours", (Permission(data_actions=data_actions),), custom=True)


def proposing(definition):
    return Plan(proposed_roles=(ProposedRole(definition=definition, excess_saved=0, reason=""),))


def test_a_proposed_role_may_be_there_already_and_grants_the_same_then():
    assert refused(proposing(role(READ)), PRINCIPALS, ()) == ""
    assert refused(proposing(role(READ)), PRINCIPALS, [role(READ.upper())]) == ""
    assert "the id of `Ours`, which grants something else" in refused(
        proposing(role("*")), PRINCIPALS, [role(READ)]
    )


def test_no_proposed_role_has_the_id_of_one_that_is_built_in():
    reader = "ACDD72A7-3385-48ef-bd42-f606fba81ae7"
    assert "the id of `Reader`" in refused(proposing(role(READ, at=reader)), PRINCIPALS, ())
