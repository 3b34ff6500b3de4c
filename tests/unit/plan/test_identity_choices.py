"""Which identity each compute resource gets: every rule, why, and what it says of itself."""

from __future__ import annotations

import pytest
from identity_worlds import (
    GET,
    MACHINES,
    SET,
    both,
    choice,
    group,
    hinted,
    host,
    outcome,
    own,
    plan_for,
    reads,
    resource,
    shared,
    who_gets_roles,
)
from msgspec import structs
from plan_worlds import OTHER_VAULT, SECRETS_USER, VAULT, saw

from keyless.model.access_keys import AccessKey
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.evidence import SignIn, SignInMethod, SignInOutcome
from keyless.model.hosts import HostKind
from keyless.model.identities import ComputeResource, FederatedCredential, RunsOn
from keyless.model.resources import Vault
from keyless.model.roles import RoleAssignment
from keyless.plan.given import VaultPolicies
from keyless.plan.policy.identities import ComputeHints, IdentityRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.problems import CannotFollow
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.reports.terminal import report_text
from keyless.plan.results.identities import IdentityChange, IdentityRule

CLUSTER = "Microsoft.ContainerService/managedClusters"


def test_four_machines_and_two_targets_take_two_assignments_in_place_of_eight():
    machines = [host(f"web-{number}", kind=MACHINES) for number in range(1, 5)]
    plan = plan_for(machines, [both(one) for one in machines])
    counts = plan.identities
    assert (counts.assignments_before, counts.assignments_after) == (8, 2)
    assert counts.assignments_apart == 8
    assert [(one.principal.name, one.scope) for one in plan.assignments] == [
        ("id-web", VAULT),
        ("id-web", OTHER_VAULT),
    ]
    assert {one.change for one in counts.choices} == {IdentityChange.SHARE}


def test_the_shared_identity_is_to_be_made_in_the_group_of_its_resources_with_ids_that_follow_from_it():
    one, other = host("orders-web"), host("orders-worker")
    plan = plan_for([one, other], [reads(one), reads(other)])
    identity = choice(plan, "orders-web").identity
    assert identity == choice(plan, "orders-worker").identity
    assert identity.is_proposed
    assert identity.resource_id == resource("id-orders", "Microsoft.ManagedIdentity/userAssignedIdentities")
    assert choice(plan, "orders-web").location == "westeurope"
    assert choice(plan, "orders-web").members == (one.resource_id, other.resource_id)
    assert [subject.name for subject in choice(plan, "orders-web").replaces] == ["orders-web"]


def test_a_resource_with_permissions_of_its_own_keeps_its_system_assigned_identity():
    web, admin = host("web"), host("admin")
    plan = plan_for([web, admin], [reads(web), reads(admin, action=SET)])
    assert outcome(plan, "web") == ("keep", "SystemAssigned", "web")
    assert choice(plan, "web").rules == (IdentityRule.OWN_PERMISSIONS,)
    assert who_gets_roles(plan) == {"web", "admin"}


def test_what_would_be_granted_counts_and_not_what_was_seen():
    """Both would get the role that reads secrets, whether or not one of them was seen to list them, too."""
    web, worker = host("web"), host("worker")
    listing = saw(own(worker), GET.replace("getSecret", "readMetadata"), VAULT)
    plan = plan_for([web, worker], [reads(web), [*reads(worker), listing]])
    assert outcome(plan, "web")[0] == outcome(plan, "worker")[0] == "share"
    (assignment,) = plan.assignments
    assert {used.action for used in assignment.used} == {
        GET,
        GET.replace("getSecret", "readMetadata"),
    }


def test_evidence_of_all_who_share_adds_up():
    web, worker = host("web"), host("worker")
    plan = plan_for([web, worker], [reads(web) * 2, reads(worker)])
    assert plan.assignments[0].used[0].count == 3


@pytest.mark.parametrize("hint", ["audit_per_resource", "lifecycle_with_resource"])
def test_who_must_be_told_apart_or_end_with_its_resource_keeps_its_own_and_says_what_it_gives_up(hint):
    web, worker, job = host("web"), host("worker"), host("job")
    plan = plan_for(
        [web, worker, job], [reads(one) for one in (web, worker, job)], policy=hinted(job={hint: True})
    )
    assert outcome(plan, "job") == ("keep", "SystemAssigned", "job")
    assert "although `web` and `worker` need the same" in choice(plan, "job").reason
    assert outcome(plan, "web")[0] == "share"
    assert choice(plan, "web").members == tuple(sorted((web.resource_id, worker.resource_id)))


@pytest.mark.parametrize(
    ("hint", "rule"),
    [
        ("ephemeral", IdentityRule.EPHEMERAL),
        ("replicated", IdentityRule.REPLICATED),
        ("access_before_deployment", IdentityRule.ACCESS_BEFORE_DEPLOYMENT),
        ("separate_approval", IdentityRule.SEPARATE_APPROVAL),
    ],
)
def test_what_needs_a_user_assigned_identity_gets_one_of_its_own(hint, rule):
    web = host("web")
    plan = plan_for([web], [reads(web)], policy=hinted(web={hint: True}))
    assert outcome(plan, "web") == ("replace", "UserAssigned", "id-web")
    assert choice(plan, "web").rules == (rule,)
    assert who_gets_roles(plan) == {"id-web"}


def test_one_that_must_be_there_before_and_told_apart_has_a_user_assigned_identity_that_nobody_shares():
    web, worker = host("web"), host("worker")
    policy = hinted(web={"access_before_deployment": True, "audit_per_resource": True})
    plan = plan_for([web, worker], [reads(web), reads(worker)], policy=policy)
    assert outcome(plan, "web") == ("replace", "UserAssigned", "id-web")
    assert choice(plan, "web").members == (web.resource_id,)
    assert outcome(plan, "worker") == ("keep", "SystemAssigned", "worker")
    assert "Who needs the same, `web`, is not to share an identity" in choice(plan, "worker").reason


def test_a_container_group_has_a_user_assigned_identity_because_each_would_make_one():
    job = host("job", kind="Microsoft.ContainerInstance/containerGroups")
    plan = plan_for([job], [reads(job)])
    assert outcome(plan, "job") == ("replace", "UserAssigned", "id-job")
    assert "80 can be made in 20 seconds" in choice(plan, "job").reason
    kept = plan_for([job], [reads(job)], policy=hinted(job={"ephemeral": False}))
    assert outcome(kept, "job")[0] == "keep"


@pytest.mark.parametrize(
    ("properties", "rules"),
    [
        ({"priority": "Spot", "evictionPolicy": "Delete"}, (IdentityRule.EPHEMERAL,)),
        ({"priority": "Spot", "evictionPolicy": "Deallocate"}, (IdentityRule.OWN_PERMISSIONS,)),
        ({"virtualMachineScaleSet": {"id": "x"}}, (IdentityRule.EPHEMERAL,)),
        ({}, (IdentityRule.OWN_PERMISSIONS,)),
    ],
)
def test_a_machine_that_comes_and_goes_is_known_by_its_properties(properties, rules):
    machine = host("one", kind=MACHINES, body={"properties": properties})
    assert choice(plan_for([machine], [reads(machine)]), "one").rules == rules


def test_a_scale_set_of_flexible_orchestration_can_have_user_assigned_identities_alone():
    pool = host(
        "pool",
        kind="Microsoft.Compute/virtualMachineScaleSets",
        own=False,
        body={"properties": {"orchestrationMode": "Flexible"}},
    )
    plan = plan_for([pool], [])
    assert outcome(plan, "pool") == ("add", "UserAssigned", "id-pool")
    assert choice(plan, "pool").rules == (IdentityRule.ONLY_USER_ASSIGNED,)


def test_a_pod_has_a_user_assigned_identity_because_only_those_are_federated():
    pod = host("pod", kind=CLUSTER, own=False)
    plan = plan_for([pod], [])
    assert outcome(plan, "pod")[:2] == ("add", "UserAssigned")
    assert "federated" in choice(plan, "pod").reason


def test_a_type_that_has_a_system_assigned_identity_alone_gets_that_and_shares_none():
    kind = "Microsoft.AzureStackHCI/virtualMachines"
    one, other = host("one", kind=kind), host("other", kind=kind)
    plan = plan_for([one, other], [reads(one), reads(other)])
    assert outcome(plan, "one") == ("keep", "SystemAssigned", "one")
    assert choice(plan, "one").rules == (IdentityRule.ONLY_SYSTEM_ASSIGNED,)


def test_a_slot_and_its_site_have_a_user_assigned_identity_because_swapping_leaves_identities_behind():
    site, slot = host("web"), host("web/next", kind="Microsoft.Web/sites/slots")
    plan = plan_for([site, slot], [reads(site), reads(slot, action=SET)])
    assert choice(plan, "web").rules == (IdentityRule.REPLICATED,)
    assert outcome(plan, "web/next") == ("replace", "UserAssigned", "id-web-next")


def test_a_resource_without_identity_gets_one():
    web = host("web", own=False)
    plan = plan_for([web], [])
    assert outcome(plan, "web") == ("add", "SystemAssigned", "web")
    assert choice(plan, "web").identity.is_proposed


def test_a_new_identity_for_instances_that_come_and_go_is_user_assigned_and_one_that_works_is_kept():
    kind = "Microsoft.App/containerApps"
    new, old = host("new", kind=kind, own=False), host("old", kind=kind)
    plan = plan_for([new, old], [reads(old)])
    assert outcome(plan, "new") == ("add", "UserAssigned", "id-new")
    assert outcome(plan, "old") == ("keep", "SystemAssigned", "old")


def test_a_user_assigned_identity_that_works_is_kept_and_says_what_would_change_it():
    identity = shared("orders")
    web = host("web", identity, own=False)
    plan = plan_for([web], [reads(identity)], identity)
    assert outcome(plan, "web") == ("keep", "UserAssigned", "orders")
    assert choice(plan, "web").rules == (IdentityRule.WORKS_AS_IT_IS,)
    assert any("lifecycleWithResource" in one for one in choice(plan, "web").would_change)
    ended = plan_for([web], [reads(identity)], identity, policy=hinted(web={"lifecycle_with_resource": True}))
    assert outcome(ended, "web") == ("replace", "SystemAssigned", "web")
    assert [one.name for one in choice(ended, "web").replaces] == ["orders"]


def test_a_group_takes_the_identity_that_some_of_it_share_already():
    identity = shared("orders")
    web, worker, job = host("web", identity, own=False), host("worker", identity, own=False), host("job")
    plan = plan_for([web, worker, job], [reads(identity), reads(job)], identity)
    assert outcome(plan, "job") == ("share", "UserAssigned", "orders")
    assert outcome(plan, "web") == ("keep", "UserAssigned", "orders")
    assert (plan.identities.assignments_before, plan.identities.assignments_after) == (2, 1)
    assert plan.identities.assignments_apart == 3


def test_an_identity_that_a_workflow_elsewhere_stands_for_is_shared_with_nobody_new():
    identity = shared("orders")
    web, job = host("web", identity, own=False), host("job")
    trusted = FederatedCredential(
        identity.resource_id, "ci", "https://token.actions.githubusercontent.com", "repo:x", "api://x"
    )
    plan = plan_for([web, job], [reads(identity), reads(job)], identity, federated_credentials=[trusted])
    assert outcome(plan, "job") == ("keep", "SystemAssigned", "job")
    assert outcome(plan, "web") == ("keep", "UserAssigned", "orders")


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"tags": {"environment": "production"}}, {"tags": {"environment": "test"}}),
        ({"tags": {"Env": "prd"}}, {"tags": {"env": "dev"}}),
        ({"tags": {"trustZone": "public"}}, {"tags": {"trustZone": "internal"}}),
        ({"tags": {"trustZone": "public"}}, {}),
        ({"tags": {"environment": "production"}}, {}),
        ({"in_group": group("rg-orders-prod")}, {"in_group": group("rg-orders-dev")}),
        ({"in_group": group("one")}, {"in_group": group("other")}),
        ({"in_group": "/subscriptions/2/resourceGroups/orders"}, {}),
        ({"location": "northeurope"}, {}),
    ],
)
def test_nobody_shares_across_a_boundary(mine, theirs):
    web, worker = host("web", **mine), host("worker", **theirs)
    plan = plan_for([web, worker], [reads(web), reads(worker)])
    assert outcome(plan, "web") == ("keep", "SystemAssigned", "web")
    assert outcome(plan, "worker") == ("keep", "SystemAssigned", "worker")
    assert any("`worker` needs the same" in one for one in choice(plan, "web").would_change)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"tags": {"environment": "production"}}, {"tags": {"env": "PROD"}}),
        (
            {"in_group": group("web-prod"), "location": "West Europe"},
            {"in_group": group("jobs-prod"), "location": "westeurope"},
        ),
        ({"tags": {"zone": "Public "}}, {"tags": {"zone": "public"}}),
    ],
)
def test_those_of_one_environment_and_zone_share_whatever_their_groups(mine, theirs):
    web, worker = host("web", **mine), host("worker", **theirs)
    plan = plan_for([web, worker], [reads(web), reads(worker)])
    assert outcome(plan, "web")[0] == outcome(plan, "worker")[0] == "share"


def test_the_policy_may_let_regions_share_and_name_other_tags_and_environments():
    web, worker = host("web", location="northeurope", tags={"stage": "live"}), host("worker")
    rules = IdentityRules(
        across_regions=True,
        environment_tags=("stage",),
        compute={"worker": ComputeHints(environment="production"), "*": ComputeHints(replicated=False)},
    )
    plan = plan_for([web, worker], [reads(web), reads(worker)], policy=PlanPolicy(identities=rules))
    assert outcome(plan, "web")[0] == outcome(plan, "worker")[0] == "share"


def test_an_identity_shared_across_environments_stays_with_its_own_and_the_others_get_one_of_theirs():
    identity = shared("id-orders-prod", group("orders-prod"))
    live = host("web", identity, own=False, tags={"environment": "production"})
    test = host("web-test", identity, own=False, tags={"environment": "test"})
    unknown = host("job", identity, own=False)
    plan = plan_for([live, test, unknown], [reads(identity)], identity)
    assert outcome(plan, "web") == ("keep", "UserAssigned", "id-orders-prod")
    assert outcome(plan, "job") == ("keep", "UserAssigned", "id-orders-prod")
    assert outcome(plan, "web-test") == ("separate", "SystemAssigned", "web-test")
    parted = choice(plan, "web-test")
    assert parted.rules[0] is IdentityRule.ISOLATION
    assert "no log tells" in parted.reason
    assert who_gets_roles(plan) == {"id-orders-prod", "web-test"}
    assert live.resource_id in choice(plan, "web").members
    assert test.resource_id not in choice(plan, "web").members


def test_those_who_leave_an_identity_together_share_a_new_one():
    identity = shared("orders")
    live = [host(f"live-{n}", identity, own=False, tags={"environment": "prod"}) for n in range(3)]
    test = [host(f"test-{n}", identity, own=False, tags={"environment": "test"}) for n in range(2)]
    plan = plan_for([*live, *test], [reads(identity)], identity)
    assert {outcome(plan, one.name) for one in live} == {("keep", "UserAssigned", "orders")}
    assert {outcome(plan, one.name) for one in test} == {("separate", "UserAssigned", "id-test")}


def test_a_resource_with_several_identities_in_use_keeps_them_all():
    identity = shared("orders")
    web, worker = host("web", identity), host("worker")
    plan = plan_for([web, worker], [reads(web), reads(identity), reads(worker)], identity)
    one = choice(plan, "web")
    assert (one.change, one.identity.name, one.rules) == (
        IdentityChange.KEEP,
        "web",
        (IdentityRule.SEVERAL_IN_USE,),
    )
    assert [subject.name for subject in one.besides] == ["orders"]
    assert who_gets_roles(plan) == {"web", "orders", "worker"}


def test_code_must_name_a_user_assigned_identity_where_another_would_be_meant():
    identity = shared("orders")
    on_app_service = host("web", identity, own=False)
    alone, besides = host("alone", identity, own=False, kind=MACHINES), host("two", identity, kind=MACHINES)
    plan = plan_for([on_app_service, alone, besides], [reads(identity)], identity)
    named = {one.name: one.names_client_id for one in plan.identities.choices}
    assert named == {"web": True, "alone": False, "two": True}


def test_nothing_seen_changes_nothing():
    web, worker = host("web"), host("worker")
    plan = plan_for([web, worker], [])
    assert {one.rules for one in plan.identities.choices} == {(IdentityRule.NOTHING_SEEN,)}
    assert {one.change for one in plan.identities.choices} == {IdentityChange.KEEP}


def test_access_policies_are_moved_to_roles_before_identities_are():
    web, worker = host("web"), host("worker")
    entry = AccessPolicy("tenant", own(web).principal_id, PolicyPermissions(secrets=("get",)))
    vault = Vault(
        VAULT, "contoso-orders", "westeurope", enable_rbac_authorization=False, access_policies=(entry,)
    )
    plan = plan_for([web, worker], [reads(web), reads(worker)], policies=VaultPolicies((vault,), "tenant"))
    assert choice(plan, "web").rules == (IdentityRule.ACCESS_POLICIES_FIRST,)
    assert outcome(plan, "worker") == ("keep", "SystemAssigned", "worker")


def test_what_an_application_did_on_a_resource_its_identity_is_to_do():
    worker = host("worker")
    application = Subject("app", "legacy", SubjectKind.APPLICATION, compute=worker.resource_id)
    roles = [RoleAssignment("a", "app", SECRETS_USER, VAULT)]
    plan = plan_for([worker], [reads(application)], application, assignments=roles)
    assert outcome(plan, "worker") == ("keep", "SystemAssigned", "worker")
    assert [one.name for one in choice(plan, "worker").replaces] == ["legacy"]
    assert who_gets_roles(plan) == {"worker"}
    (removal,) = plan.removals
    assert removal.principal.name == "legacy"
    assert removal.reason == "what it did, `worker` is to do: remove it after the switch"


def signed_in(who, *hosts):
    """Sign-ins of an application with its secret, on compute resources (empty: it is not known where)."""
    return [
        SignIn(
            who.principal_id,
            "client",
            SignInMethod.CLIENT_SECRET,
            "",
            "https://vault.azure.net",
            SignInOutcome.SUCCEEDED,
            "",
            1,
            0,
            0,
            host,
        )
        for host in hosts
    ]


def test_where_an_application_in_azure_was_seen_to_sign_in_its_code_runs():
    web, worker, idle = host("web", own=False), host("worker", own=False), host("idle")
    application = Subject("app", "legacy", SubjectKind.APPLICATION, runs_on=RunsOn.AZURE)
    sign_ins = signed_in(application, web.resource_id, worker.resource_id)
    plan = plan_for([web, worker, idle], [reads(application)], application, sign_ins=sign_ins)
    assert outcome(plan, "web") == outcome(plan, "worker") == ("add", "UserAssigned", "id-orders")
    assert who_gets_roles(plan) == {"id-orders"}
    (credential, *_) = plan.stored_credentials
    assert credential.identity == "the user-assigned identity `id-orders` of `web` and `worker`"
    assert [role.scope for role in credential.roles] == [VAULT]


def test_a_key_that_was_used_on_a_resource_is_replaced_by_the_identity_that_this_one_gets():
    worker, web = host("worker", kind="Microsoft.App/containerApps", own=False), host("web")
    key = AccessKey("contoso-orders", "worker-key", bytes(32))
    used = structs.replace(
        signed_in(Subject(key.principal_id, "", SubjectKind.ACCESS_KEY), worker.resource_id)[0],
        method=SignInMethod.ACCESS_KEY,
        client_id="",
    )
    plan = plan_for([worker, web], [reads(web)], sign_ins=[used])
    (credential,) = plan.stored_credentials
    assert credential.identity == "the user-assigned identity `id-worker` of `worker`"


@pytest.mark.parametrize(
    ("runs_on", "elsewhere"), [(RunsOn.AZURE, True), (None, False), (RunsOn.KUBERNETES, False)]
)
def test_where_it_is_not_certain_where_an_application_runs_it_keeps_its_roles(runs_on, elsewhere):
    web = host("web")
    application = Subject("app", "legacy", SubjectKind.APPLICATION, runs_on=runs_on)
    sign_ins = signed_in(application, web.resource_id, *([""] if elsewhere else []))
    plan = plan_for([web], [reads(application)], application, sign_ins=sign_ins)
    assert who_gets_roles(plan) == {"legacy"}


def test_an_application_on_a_resource_that_shares_its_identity_widens_nobody_elses():
    identity = shared("orders")
    web, worker = host("web", identity, own=False), host("worker", identity, own=False)
    application = Subject("app", "legacy", SubjectKind.APPLICATION, compute=worker.resource_id)
    plan = plan_for([web, worker], [reads(identity), reads(application, OTHER_VAULT)], identity, application)
    assert outcome(plan, "web") == ("keep", "UserAssigned", "orders")
    assert outcome(plan, "worker") == ("separate", "SystemAssigned", "worker")
    at = {(one.principal.name, one.scope) for one in plan.assignments}
    assert at == {("orders", VAULT), ("worker", VAULT), ("worker", OTHER_VAULT)}


def test_who_needs_nearly_the_same_is_named_with_what_sharing_would_give_and_shares_nothing():
    vaults = [f"{group('shared')}/providers/Microsoft.KeyVault/vaults/v{number}" for number in range(4)]
    web, worker = host("web"), host("worker")
    plan = plan_for([web, worker], [reads(web, *vaults), reads(worker, *vaults[:3])])
    assert outcome(plan, "web")[0] == outcome(plan, "worker")[0] == "keep"
    (near,) = plan.identities.near
    assert near.members == (web.resource_id, worker.resource_id)
    assert near.widened[0] == 0
    assert near.widened[1] > 0
    assert near.common == 3 * near.widened[1]
    assert near.assignments_saved == 3
    assert "give to `worker`" in near.remark
    strict = PlanPolicy(identities=IdentityRules(near=0.9))
    assert (
        plan_for(
            [web, worker], [reads(web, *vaults), reads(worker, *vaults[:3])], policy=strict
        ).identities.near
        == ()
    )


def test_keep_leaves_every_resource_with_the_identities_that_it_has():
    web, worker = host("web"), host("worker")
    plan = plan_for(
        [web, worker], [reads(web), reads(worker)], policy=PlanPolicy(identities=IdentityRules(keep=True))
    )
    assert plan.identities.choices == ()
    assert who_gets_roles(plan) == {"web", "worker"}


def test_a_hint_for_what_is_not_there_is_refused():
    web = host("web")
    with pytest.raises(CannotFollow, match=r"`identities.compute.wep`.*did you mean `web`"):
        plan_for([web], [reads(web)], policy=hinted(wep={"replicated": True}))


def test_a_name_that_is_taken_is_told_apart_by_digits_that_follow_from_the_members():
    taken = shared("id-web")
    machines = [host(f"web-{number}") for number in (1, 2)]
    plan = plan_for(machines, [reads(one) for one in machines], taken)
    name = choice(plan, "web-1").identity.name
    assert name.startswith("id-web-")
    assert (
        name
        == choice(plan_for(machines[::-1], [reads(one) for one in machines], taken), "web-1").identity.name
    )


def test_a_workload_of_a_pod_keeps_the_identity_that_its_cluster_federates():
    identity = shared("orders")
    pod = host("pod", identity, kind=CLUSTER, own=False, host_kind=HostKind.AKS)
    trusted = FederatedCredential(identity.resource_id, "pod", "https://issuer", "system:x", "api://x")
    plan = plan_for([pod], [reads(identity)], identity, federated_credentials=[trusted])
    assert outcome(plan, "pod") == ("keep", "UserAssigned", "orders")


def test_every_choice_states_its_reason():
    computes: list[ComputeResource] = [host("web"), host("worker"), host("new", own=False), host("idle")]
    plan = plan_for(computes, [reads(computes[0]), reads(computes[1])])
    assert len(plan.identities.choices) == len(computes)
    assert all(one.reason and one.rules for one in plan.identities.choices)
    assert all(one.would_change for one in plan.identities.choices)


def test_the_report_says_what_becomes_of_each_resource_and_why():
    vaults = [f"{group('shared')}/providers/Microsoft.KeyVault/vaults/v{number}" for number in range(4)]
    one, other, third = host("orders-web"), host("orders-worker"), host("audit")
    plan = plan_for(
        [one, other, third], [reads(one, *vaults), reads(other, *vaults), reads(third, *vaults[:3])]
    )
    text = report_text(plan, width=200)
    assert "They need 11 role assignments as they are, 7 as chosen here, and would need 11" in text
    assert "orders-web: user-assigned id-orders" in text
    assert "instead  of orders-web (own-orders-web)" in text
    assert "set `AZURE_CLIENT_ID` to its client id" in text
    assert "nearly the same: audit, orders-web, orders-worker" in text
    assert "unless   a permission that it needs and the others do not" in text


def test_the_report_says_of_a_pod_where_its_client_id_goes_and_what_is_kept_besides():
    identity, second = shared("orders"), shared("other")
    pod = host("pod", identity, second, kind=CLUSTER, own=False)
    plan = plan_for([pod], [reads(identity), reads(second)], identity, second)
    text = report_text(plan, width=200)
    assert "service account's annotation `azure.workload.identity/client-id`" in text
    assert "besides  other, which it keeps" in text
