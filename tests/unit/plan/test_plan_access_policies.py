"""Vaults with access policies: what roles replace them, what that changes, and who can let himself in."""

from __future__ import annotations

from typing import Any

import pytest
from plan_readers import as_planned, as_read, read_arm, read_bicep, read_terraform
from plan_worlds import (
    ADMINISTRATOR,
    DELETE,
    GET,
    GROUP,
    LEGACY,
    LIST,
    READER,
    SECRETS_OFFICER,
    SECRETS_USER,
    SET,
    SUBSCRIPTION,
    VAULT,
    WEB,
    WORKER,
    chosen,
    saw,
)

import plans_made
from keyless.authz.hierarchy import Hierarchy
from keyless.catalog.vault_permissions import actions_of, every_permission, permissions_given
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.actions import ActionPlane
from keyless.model.management import ManagementGroup
from keyless.model.resources import Vault
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.plan.given import VaultPolicies
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.read import read_plan
from keyless.plan.reports.terminal import report_text
from keyless.plan.result import Basis, Plan
from keyless.plan.writers.arm import write_arm
from keyless.plan.writers.bicep import write_bicep
from keyless.plan.writers.estate import write_estate
from keyless.plan.writers.json import write_json
from keyless.plan.writers.terraform import write_terraform

TENANT, OTHER = "11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"
OWNER, CONTRIBUTOR = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "b24988ac-6180-42a0-ab88-20f7382dd24c"
ADA = Subject("aaaaaaaa-0000-0000-0000-00000000000a", "ada@contoso", SubjectKind.USER)


def policy(
    who: Subject, *, tenant: str = TENANT, through: str | None = None, **given: tuple[str, ...]
) -> AccessPolicy:
    return AccessPolicy(tenant, who.principal_id, PolicyPermissions(**given), through)


def planned(
    *policies: AccessPolicy,
    seen: Any = (),
    assignments: tuple[RoleAssignment, ...] = (),
    rbac: bool = False,
    subjects: tuple[Subject, ...] = (WEB, WORKER),
    others: tuple[Subject, ...] = (),
    custom_roles: Any = None,
    whole: bool = False,
) -> Plan:
    """A plan for a world with one vault."""
    vault = Vault(
        VAULT, "contoso-orders", "westeurope", enable_rbac_authorization=rbac, access_policies=policies
    )
    about = VaultPolicies((vault,), TENANT, others=others)
    return plans_made.planned(
        subjects,
        seen,
        assignments,
        policies=about,
        custom_roles=custom_roles or {},
        flags={"whole_policies": whole},
    )


def assigned(who: Subject, role: str, scope: str, condition: str | None = None) -> RoleAssignment:
    return RoleAssignment(f"{who.name}-{role}", who.principal_id, role, scope, condition=condition)


class TestThePermissions:
    def test_every_permission_comes_to_data_actions_of_a_vault(self) -> None:
        for one in every_permission():
            assert actions_of(one), one
            assert all(action.startswith("Microsoft.KeyVault/vaults/") for action in actions_of(one))

    def test_all_is_every_permission_of_its_kind_but_purge(self) -> None:
        given = permissions_given(PolicyPermissions(secrets=("all",)))
        assert set(given) == {one for one in every_permission() if one.startswith("secrets/")} - {
            "secrets/purge"
        }

    def test_what_is_no_permission_comes_to_nothing(self) -> None:
        assert actions_of("secrets/fetch") == actions_of("nonsense") == ()


class TestRolesInPlaceOfPolicies:
    def test_without_evidence_the_roles_cover_all_that_a_policy_gives(self) -> None:
        plan = planned(policy(WEB, secrets=("get", "list")))
        assert chosen(plan) == {("web", "Key Vault Secrets User", VAULT)}
        (one,) = plan.migrations
        assert (one.basis, one.principal, one.vault) == (Basis.POLICY, WEB, VAULT)
        assert (one.kept, one.gained, one.lost, one.used) == (("secrets/get", "secrets/list"), (), (), ())
        assert plan.vaults_to_switch == (VAULT,)
        assert [used.count for used in plan.assignments[0].used] == [0, 0]

    def test_with_evidence_the_roles_cover_what_was_used_and_the_rest_is_lost(self) -> None:
        plan = planned(
            policy(WEB, secrets=("get", "list", "set", "delete"), keys=("sign",)),
            seen=[saw(WEB, GET, f"{VAULT}/secrets/db"), saw(WEB, LIST, VAULT)],
        )
        assert chosen(plan) == {("web", "Key Vault Secrets User", VAULT)}
        (one,) = plan.migrations
        assert one.basis is Basis.EVIDENCE
        assert one.kept == one.used == ("secrets/get", "secrets/list")
        assert set(one.lost) == {"secrets/set", "secrets/delete", "keys/sign"}

    def test_whole_policies_are_covered_where_that_is_asked_for(self) -> None:
        plan = planned(
            policy(WEB, secrets=("get", "set")), seen=[saw(WEB, GET, f"{VAULT}/secrets/db")], whole=True
        )
        (one,) = plan.migrations
        assert (one.lost, one.used) == ((), ("secrets/get",))
        assert {"secrets/get", "secrets/set"} <= set(one.kept)

    def test_what_a_role_gives_besides_is_told_permission_by_permission(self) -> None:
        (one,) = planned(policy(WEB, secrets=("set",))).migrations
        assert [role.role_id for role in one.roles] == [SECRETS_OFFICER]
        assert one.kept == ("secrets/set",)
        assert {"secrets/get", "secrets/delete", "secrets/purge"} <= set(one.gained)

    def test_to_get_keys_is_to_list_them_where_roles_decide(self) -> None:
        (one,) = planned(policy(WEB, keys=("get",))).migrations
        assert one.kept == ("keys/get",)
        assert "keys/list" in one.gained

    def test_evidence_of_another_vault_is_none(self) -> None:
        elsewhere = VAULT.replace("contoso-orders", "contoso-orders-prod")
        plan = planned(policy(WEB, secrets=("get",)), seen=[saw(WEB, GET, f"{elsewhere}/secrets/db")])
        assert plan.migrations[0].basis is Basis.POLICY

    def test_whoever_was_let_in_by_learning_needs_roles_without_a_policy(self) -> None:
        plan = planned(seen=[saw(WEB, DELETE, f"{VAULT}/secrets/db")])
        (one,) = plan.migrations
        assert (one.basis, one.kept, one.lost) == (Basis.NOTHING, (), ())
        assert "secrets/delete" in one.gained

    def test_a_role_that_did_not_count_begins_to(self) -> None:
        held = assigned(LEGACY, ADMINISTRATOR, SUBSCRIPTION)
        (one,) = planned(assignments=(held,)).migrations
        assert one.principal.principal_id == LEGACY.principal_id
        assert "secrets/purge" in one.gained
        assert "begins to count" in one.remark

    def test_a_role_that_the_plan_removes_does_not_count(self) -> None:
        held = assigned(WEB, ADMINISTRATOR, SUBSCRIPTION)
        (one,) = planned(policy(WEB, secrets=("get",)), assignments=(held,)).migrations
        assert [role.role_id for role in one.roles] == [SECRETS_USER]

    @pytest.mark.parametrize(
        ("entry", "says", "lost"),
        [
            (
                policy(WEB, through=OTHER, secrets=("get",)),
                "cannot bind a user to an application",
                ("secrets/get",),
            ),
            (policy(WEB, tenant=OTHER, secrets=("get",)), "of another tenant", ()),
        ],
    )
    def test_what_has_no_counterpart_gets_no_role_and_a_remark(
        self, entry: AccessPolicy, says: str, lost: tuple[str, ...]
    ) -> None:
        plan = planned(entry)
        assert plan.assignments == ()
        (one,) = plan.migrations
        assert (one.basis, one.roles, one.kept, one.lost) == (Basis.NOTHING, (), (), lost)
        assert says in one.remark

    def test_the_policy_of_a_deleted_identity_needs_nothing(self) -> None:
        gone = Subject(WEB.principal_id, "web (deleted)", SubjectKind.SYSTEM_ASSIGNED, is_deleted=True)
        plan = planned(policy(WEB, secrets=("get",)), subjects=(gone,))
        assert plan.assignments == ()
        assert "deleted" in plan.migrations[0].remark

    def test_a_user_gets_a_role_as_a_user(self) -> None:
        plan = planned(policy(ADA, secrets=("get",)), others=(ADA,))
        (one,) = plan.role_assignments()
        assert (one.principal_id, one.principal_type) == (ADA.principal_id, "User")
        assert "principalType: User" in write_estate(plan)
        assert "'User'" in write_bicep(plan)["main.bicep"]

    def test_a_vault_of_roles_is_left_alone(self) -> None:
        plan = planned(policy(WEB, secrets=("get",)), rbac=True)
        assert (plan.assignments, plan.migrations, plan.vaults_to_switch, plan.risks) == ((), (), (), ())


class TestWhoCanLetHimselfIn:
    @pytest.mark.parametrize(
        ("role", "ways"),
        [
            (OWNER, {"vaults/write", "accessPolicies/write", "roleAssignments/write"}),
            (CONTRIBUTOR, {"vaults/write", "accessPolicies/write"}),
            ("f25e0fa2-a7c8-4377-a976-54943a77a395", {"vaults/write", "accessPolicies/write"}),
            ("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", {"roleAssignments/write"}),
        ],
    )
    def test_whoever_may_write_the_vault_its_policies_or_roles_on_it(self, role: str, ways: set[str]) -> None:
        for scope in (SUBSCRIPTION, GROUP, VAULT):
            (one,) = planned(assignments=(assigned(LEGACY, role, scope),)).risks
            assert (one.vault, one.principal.principal_id, one.scope) == (VAULT, LEGACY.principal_id, scope)
            assert {"/".join(action.split("/")[-2:]) for action in one.actions} >= {
                way for way in ways if way != "vaults/write"
            }
            assert ("Microsoft.KeyVault/vaults/write" in one.actions) == ("vaults/write" in ways)

    def test_not_whoever_reads_it_or_writes_another(self) -> None:
        beside = VAULT.replace("contoso-orders", "contoso-orders-prod")
        held = (assigned(LEGACY, READER, SUBSCRIPTION), assigned(WORKER, CONTRIBUTOR, beside))
        assert planned(assignments=held).risks == ()

    def test_a_role_of_the_estates_own_counts(self) -> None:
        keeper = RoleDefinition(
            "keeper", "Keeper", (Permission(("Microsoft.KeyVault/vaults/accessPolicies/*",)),), custom=True
        )
        plan = planned(assignments=(assigned(LEGACY, "keeper", GROUP),), custom_roles={"keeper": keeper})
        assert [one.role_name for one in plan.risks] == ["Keeper"]

    def test_people_count_too_and_a_condition_is_told(self) -> None:
        held = assigned(ADA, OWNER, SUBSCRIPTION, condition="@Resource[x] StringEquals 'y'")
        plan = planned_with_people(held)
        (one,) = plan.risks
        assert (one.principal, one.conditional) == (ADA, True)
        assert "where its condition allows it" in report_text(plan, width=200)


def planned_with_people(*held: RoleAssignment) -> Plan:
    vault = Vault(VAULT, "contoso-orders", "westeurope", enable_rbac_authorization=False)
    about = VaultPolicies((vault,), TENANT, others=(ADA,), assignments=held)
    return plans_made.planned([WEB], [], policies=about)


class TestWhatIsWritten:
    def plan(self) -> Plan:
        return planned(
            policy(WEB, secrets=("get", "list"), keys=("get",)),
            seen=[saw(WEB, GET, f"{VAULT}/secrets/db")],
            assignments=(assigned(LEGACY, CONTRIBUTOR, GROUP),),
        )

    def test_the_report_tells_the_risk_and_what_changes(self) -> None:
        text = report_text(self.plan(), width=200)
        assert "1 vault to move from access policies to roles" in text
        assert "risk: who can let himself into vault contoso-orders" in text
        assert "write the vault and give himself a policy (`Contributor` at resource group orders)" in text
        assert "Roles in place of access policies in vault contoso-orders" in text
        assert "keeps    secrets get" in text
        assert "loses    keys get" in text
        assert "by what was seen to be used" in text

    def test_an_action_that_only_a_policy_gives_is_told_as_not_seen(self) -> None:
        text = report_text(planned(policy(WEB, secrets=("get",))), width=200)
        assert "getSecret/action (not seen: its access policy gives it)" in text

    def test_an_assignment_says_whether_use_or_a_policy_asked_for_it(self) -> None:
        assert "what web was seen to use" in write_bicep(self.plan())["main.bicep"]
        unseen = planned(policy(WEB, secrets=("get",)))
        assert "what the access policy of web gave" in write_bicep(unseen)["main.bicep"]

    def test_the_json_reads_back(self) -> None:
        plan = self.plan()
        assert read_plan(write_json(plan)) == plan

    def test_templates_tell_the_command_that_lets_roles_decide(self) -> None:
        plan = self.plan()
        command = "--resource-group orders --name contoso-orders --enable-rbac-authorization true"
        assert command in write_bicep(plan)["main.bicep"]
        assert command in write_arm(plan)["azuredeploy.json"]

    def test_terraform_switches_the_vault_in_a_module_that_is_applied_later(self) -> None:
        files = write_terraform(self.plan())
        text = files["3-switch/main.tf"]
        assert 'resource "azapi_update_resource" "key_vault_contoso_orders_rbac"' in text
        assert "enableRbacAuthorization = true" in text
        assert "Azure/azapi" in text
        assert "rbac" not in files["main.tf"]
        assert "# Then apply 3-switch/." in files["main.tf"]

    def test_what_is_written_reads_back_as_the_plan(self) -> None:
        plan = self.plan()
        assert as_read(read_bicep(write_bicep(plan), GROUP)) == as_planned(plan)
        assert as_read(read_terraform(write_terraform(plan), SUBSCRIPTION)) == as_planned(plan)
        assert as_read(read_arm(write_arm(plan)["azuredeploy.json"], GROUP)) == as_planned(plan)

    def test_the_estates_part_tells_what_to_change_in_the_vault(self) -> None:
        assert "#   contoso-orders: {enableRbacAuthorization: true}" in write_estate(self.plan())

    def test_to_set_is_to_set_and_to_update(self) -> None:
        plan = planned(policy(WEB, secrets=("set",)), seen=[saw(WEB, SET, f"{VAULT}/secrets/db")])
        planes = {one.plane for one in plan.assignments[0].used}
        assert planes == {ActionPlane.DATA}


def test_who_has_the_right_roles_at_a_management_group_can_let_himself_in_too():
    scope = "/providers/Microsoft.Management/managementGroups/production"
    inside = Hierarchy([ManagementGroup("production", "", subscriptions=(SUBSCRIPTION.split("/")[2],))])
    vault = Vault(VAULT, "contoso-orders", "westeurope", enable_rbac_authorization=False)

    def risks(hierarchy):
        owner = (assigned(WORKER, OWNER, scope),)
        about = VaultPolicies((vault,), TENANT)
        return plans_made.planned((WEB, WORKER), (), owner, policies=about, hierarchy=hierarchy).risks

    assert [(one.principal.name, one.role_name) for one in risks(inside)] == [("worker", "Owner")]
    assert risks(Hierarchy()) == ()
