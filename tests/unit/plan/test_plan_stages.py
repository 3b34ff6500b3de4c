"""A plan as stages: a safe order, and a way back from each."""

from __future__ import annotations

import msgspec
import pytest
from plan_worlds import DATA_READER, GROUP, LEGACY, READ_CONFIGURATION, SECRETS_USER, STORE, VAULT, WEB
from staged_plans import (
    BOX,
    COSMOS,
    IDENTITIES,
    KEY_ID,
    OLD,
    OLD_VAULT,
    ROLE,
    SHARED,
    SITE,
    WHOLE,
    access_key,
    assignment,
    choice,
    credential,
    done,
    keys,
    native,
    secret,
    stage,
    typed,
    undone,
)

from keyless.model.evidence import SignInMethod
from keyless.model.resource_id import ResourceId
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan, Uncovered
from keyless.plan.results.identities import IdentityChange, IdentityPlan
from keyless.plan.results.secrets import Fate, Transitional
from keyless.plan.results.stages import Asked, StageKey
from keyless.plan.stages import stages_of
from keyless.plan.staging.words import assign

STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/orders"
QUIET = "--output none --only-show-errors"


def of_choices(*choices, **more):
    return Plan(identities=IdentityPlan(choices=choices), **more)


def test_everything_is_given_before_anything_switches_and_taken_after_a_look() -> None:
    assert keys(WHOLE) == list(StageKey)


def test_an_empty_plan_has_no_stages() -> None:
    assert stages_of(Plan()) == ()


def test_every_change_can_be_undone_or_says_what_there_is_instead() -> None:
    for one in stages_of(WHOLE):
        for step in one.steps:
            assert step.undo or step.remark or step.by_hand or one.key is StageKey.VERIFY, step
            assert step.reversible or step.remark, step


def test_nothing_but_the_stages_that_take_has_a_command_that_takes_away() -> None:
    taking = {"delete", "remove"}
    for one in stages_of(WHOLE):
        if one.key < StageKey.REVOKE:
            words = {word for step in one.steps for command in step.do for word in command.words}
            assert not words & taking, one.key


def test_an_identity_is_made_once_however_many_resources_share_it() -> None:
    first, *others = stage(WHOLE, StageKey.PREPARE).steps
    where = "--subscription 11111111-1111-1111-1111-111111111111 --resource-group orders --name orders"
    assert done(first) == [f"az identity create {where} {QUIET}"]
    assert undone(first) == [f"az identity delete {where} {QUIET}"]
    assert [step.what for step in others] == [
        "switch the system-assigned identity of box on",
        "define the custom role Orders' settings reader",
    ]


def test_a_custom_role_is_written_under_the_id_that_the_plan_gave_it() -> None:
    step = stage(WHOLE, StageKey.PREPARE).steps[-1]
    (words,) = (command.words for command in step.do)
    assert words[1:4] == ("rest", "--method", "put")
    assert words[5].endswith(f"/roleDefinitions/{ROLE.id}?api-version=2022-04-01")
    body = msgspec.json.decode(words[7])["properties"]
    assert (body["roleName"], body["assignableScopes"]) == (ROLE.name, list(ROLE.assignable_scopes))
    assert body["permissions"][0]["dataActions"] == [READ_CONFIGURATION]
    assert "delete" in undone(step)[0]


def test_the_principal_of_an_identity_that_does_not_exist_is_asked_for() -> None:
    shared, _, boxed, legacy = stage(WHOLE, StageKey.GRANT).steps[:4]
    ask = f"{{az identity show --ids {SHARED.resource_id} --query principalId --output tsv}}"
    assert f"--assignee-object-id {ask} --assignee-principal-type ServicePrincipal" in done(shared)[0]
    ask = f"{{az resource show --ids {BOX.resource_id} --query identity.principalId --output tsv}}"
    assert f"--assignee-object-id {ask}" in done(boxed)[0]
    assert f"--assignee-object-id {LEGACY.principal_id}" in done(legacy)[0]
    assert f"/roleDefinitions/{SECRETS_USER} --scope {VAULT}" in done(legacy)[0]


def test_an_assignment_that_was_there_before_stays_on_the_way_back() -> None:
    new, *_, there = stage(WHOLE, StageKey.GRANT).steps[:4]
    path = f"{VAULT}/providers/Microsoft.Authorization/roleAssignments/99999999-0000-4000-8000-000000000001"
    assert undone(new) == [f"az role assignment delete --ids {path} {QUIET}"]
    assert (undone(there), there.remark != "") == ([], True)


def test_native_grants_are_run_where_they_are_commands_and_are_a_persons_where_not() -> None:
    runs, told = stage(WHOLE, StageKey.GRANT).steps[4:6]
    assert isinstance(runs.do[0].words[9], Asked)
    assert undone(runs) == [f"az cosmosdb sql role assignment delete -a orders --yes {QUIET}"]
    assert told.do == told.undo == ()
    assert told.by_hand.endswith(
        "CREATE USER [orders] FROM EXTERNAL PROVIDER;; to undo it: DROP USER [orders];"
    )


@pytest.mark.parametrize("line", ["rm -rf /", "az 'unclosed", "", "curl http://example.org | sh"])
def test_what_is_no_command_of_the_cloud_is_never_run(line) -> None:
    (step,) = stage(Plan(native=(native(line),)), StageKey.GRANT).steps
    assert step.do == ()


def test_a_grant_that_cannot_be_written_is_a_persons() -> None:
    (step,) = stage(Plan(native=(native(),)), StageKey.GRANT).steps
    assert (step.do, step.undo) == ((), ())
    assert step.by_hand == "give orders Cosmos DB Built-in Data Reader in orders: it read"


def test_what_a_shell_would_do_with_a_native_command_is_a_part_of_its_words() -> None:
    (step,) = stage(Plan(native=(native("az x --name $(id) ; rm -rf /"),)), StageKey.GRANT).steps
    assert step.do[0].words[:8] == ("az", "x", "--name", "$(id)", ";", "rm", "-rf", "/")


def test_a_key_that_an_identity_replaces_names_the_roles_that_it_needs() -> None:
    (step,) = stage(Plan(stored_credentials=(access_key(),)), StageKey.GRANT).steps
    assert step.by_hand == (
        "give the system-assigned identity of `web`: App Configuration Data Reader at store contoso-orders"
    )


@pytest.mark.parametrize(("scope", "minutes"), [(VAULT, 10), (STORE, 15)])
def test_new_roles_are_waited_for(scope, minutes) -> None:
    plan = Plan(assignments=(assignment(1, WEB, SECRETS_USER, scope),))
    assert stage(plan, StageKey.WAIT).wait_s == 60 * minutes


def test_an_identity_is_attached_beside_the_others_and_code_is_told_which_to_use() -> None:
    steps = stage(WHOLE, StageKey.SWITCH).steps
    site = "--subscription 11111111-1111-1111-1111-111111111111 --resource-group orders --name orders-web"
    assert done(steps[0]) == [f"az webapp identity assign {site} --identities {SHARED.resource_id} {QUIET}"]
    assert undone(steps[0]) == [f"az webapp identity remove {site} --identities {SHARED.resource_id} {QUIET}"]
    told = next(one for one in steps if one.what.startswith("set AZURE_CLIENT_ID of orders-web"))
    asked = f"{{az identity show --ids {SHARED.resource_id} --query clientId --output tsv}}"
    assert f"--settings AZURE_CLIENT_ID={asked}" in done(told)[0]
    assert "appsettings delete" in undone(told)[0]


def test_the_way_back_tells_code_the_identity_that_it_had() -> None:
    steps = stage(WHOLE, StageKey.SWITCH).steps
    told = next(one for one in steps if one.what.startswith("set AZURE_CLIENT_ID of orders-worker"))
    assert f"{IDENTITIES}/old --query clientId" in undone(told)[0]


@pytest.mark.parametrize(
    ("resource", "assign", "remove"),
    [
        (f"{SITE}/web/slots/blue", "az webapp identity assign", "--slot blue"),
        (f"{GROUP}/providers/Microsoft.Compute/virtualMachines/m", "az vm identity assign", "--name m"),
        (
            f"{GROUP}/providers/Microsoft.App/containerApps/a",
            "az containerapp identity assign",
            "--user-assigned",
        ),
        (
            f"{GROUP}/providers/Microsoft.ContainerInstance/containerGroups/g",
            "az rest --method patch",
            '{"identity": {"type": "None", "userAssignedIdentities": {"' + SHARED.resource_id + '": null}}}',
        ),
    ],
)
def test_each_kind_of_host_has_its_own_command(resource, assign, remove) -> None:
    step = stage(of_choices(choice("host", SHARED, resource=resource)), StageKey.SWITCH).steps[0]
    assert done(step)[0].startswith(assign)
    assert remove in undone(step)[0]


def test_a_host_that_is_patched_is_told_which_types_of_identity_it_keeps() -> None:
    host = f"{GROUP}/providers/Microsoft.ContainerInstance/containerGroups/g"
    own = Subject("p", "g", SubjectKind.SYSTEM_ASSIGNED, host)
    plan = of_choices(choice("g", SHARED, resource=host, replaces=(own, OLD)))
    attached = stage(plan, StageKey.SWITCH).steps[0]
    assert '"type": "SystemAssigned, UserAssigned"' in done(attached)[0]
    assert '"type": "SystemAssigned, UserAssigned"' in undone(attached)[0]
    detached = stage(plan, StageKey.REVOKE).steps[0]
    assert '"type": "SystemAssigned, UserAssigned"' in done(detached)[0]
    assert '{"' + OLD.resource_id + '": null}' in done(detached)[0]


def test_pods_trust_and_are_told_by_hand() -> None:
    cluster = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/c"
    plan = of_choices(choice("c", SHARED, resource=cluster))
    _, trust = stage(plan, StageKey.PREPARE).steps
    (step,) = stage(plan, StageKey.SWITCH).steps
    assert "az identity federated-credential create" in trust.by_hand
    assert "azure.workload.identity/client-id" in step.by_hand


def test_a_host_of_a_type_that_nobody_knows_is_a_persons() -> None:
    strange = f"{GROUP}/providers/Contoso.Machines/machines/m"
    steps = stage(of_choices(choice("m", SHARED, resource=strange)), StageKey.SWITCH).steps
    assert [step.do for step in steps] == [(), ()]
    assert all(step.by_hand for step in steps)


def test_roles_decide_in_a_vault_only_after_everything_else_of_the_switch() -> None:
    last = stage(WHOLE, StageKey.SWITCH).steps[-1]
    assert (last.target, done(last)[0].split()[:3]) == (OLD_VAULT, ["az", "keyvault", "update"])
    assert "--enable-rbac-authorization false" in undone(last)[0]


def test_secrets_that_go_are_named_with_the_places_in_the_code() -> None:
    by_hand = [step.by_hand for step in stage(WHOLE, StageKey.SWITCH).steps if step.target == VAULT]
    assert by_hand == ["use it (in app.py:3)", "use it"]


def test_a_look_fails_where_a_role_is_not_there() -> None:
    first = stage(WHOLE, StageKey.VERIFY).steps[0]
    assert first.do[0].must_print
    assert f"--query [?ends_with(roleDefinitionId, '/{SECRETS_USER}')].name" in typed(first.do[0])


def test_above_subscriptions_a_role_goes_by_its_guid_alone() -> None:
    group = "/providers/Microsoft.Management/managementGroups/contoso"
    for scope in ("/", group):
        plan = Plan(assignments=(assignment(1, WEB, SECRETS_USER, scope),))
        assert f"--role {SECRETS_USER} --scope {scope} " in done(stage(plan, StageKey.GRANT).steps[0])[0]


def test_a_condition_is_never_taken_for_the_name_of_a_file() -> None:
    condition = "@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'db'"
    words = assign("r1", WEB, SECRETS_USER, ResourceId.parse("/"), condition=condition).words
    given = words[words.index("--condition") + 1]
    assert (given[0], given.strip()) == (" ", condition)


def test_a_removed_assignment_comes_back_as_it_was() -> None:
    first, orphan, *_ = stage(WHOLE, StageKey.REVOKE).steps
    back = undone(first)[0]
    assert "--name r1 " in back
    assert f"--assignee-object-id {WEB.principal_id}" in back
    assert "--condition (1=1) --condition-version 2.0" in back
    assert (orphan.reversible, orphan.undo) == (False, ())


def test_what_is_not_certain_is_a_stage_that_can_be_left_out() -> None:
    last = stage(WHOLE, StageKey.REVOKE_UNCERTAIN)
    assert last.optional
    assert [step.what for step in last.steps] == [
        "take Administrator at / from old",
        "take the identity web from orders-web",
        "take the identity old from orders-worker",
    ]
    assert "--ids /providers/Microsoft.Authorization/roleAssignments/r3" in done(last.steps[0])[0]
    assert not last.steps[1].reversible


def test_an_own_identity_that_still_has_roles_of_the_plan_is_left_on() -> None:
    plan = of_choices(
        choice("orders-web", SHARED, replaces=(WEB,)), assignments=(assignment(1, WEB, SECRETS_USER, VAULT),)
    )
    assert StageKey.REVOKE_UNCERTAIN not in keys(plan)


def test_an_identity_that_stays_is_not_touched() -> None:
    kept = of_choices(choice("orders-web", OLD, change=IdentityChange.KEEP, replaces=(WEB,)))
    assert keys(kept) == []


def test_a_secret_is_deleted_so_that_it_can_be_recovered() -> None:
    step = next(s for s in stage(WHOLE, StageKey.REVOKE).steps if s.what == "delete the secret db-password")
    assert done(step) == [f"az keyvault secret delete --vault-name contoso-orders --name db-password {QUIET}"]
    assert "az keyvault secret recover" in undone(step)[0]


@pytest.mark.parametrize("container", [STORE, "app/settings.json", ""])
def test_a_secret_that_is_in_no_vault_is_a_persons(container) -> None:
    (step,) = stage(Plan(secrets=(secret(container=container),)), StageKey.REVOKE).steps
    assert (step.do, step.reversible) == ((), False)


def test_a_client_secret_is_deleted_by_its_key_id_and_does_not_come_back() -> None:
    step = stage(WHOLE, StageKey.REVOKE).steps[-1]
    ask = f"{{az ad sp show --id {LEGACY.principal_id} --query appId --output tsv}}"
    assert done(step) == [f"az ad app credential delete --id {ask} --key-id {KEY_ID} {QUIET}"]
    assert (step.undo, step.reversible) == ((), False)
    assert "make another" in step.remark


@pytest.mark.parametrize(
    "one",
    [credential(by=""), credential(by="C0FFEE", method=SignInMethod.CERTIFICATE)],
    ids=["secret", "certificate"],
)
def test_a_credential_without_a_key_id_is_a_persons_to_find(one) -> None:
    (step,) = stage(Plan(stored_credentials=(one,)), StageKey.REVOKE).steps
    assert step.do == ()
    assert "az ad app credential list" in step.by_hand


def test_one_credential_is_deleted_once_however_much_it_opened() -> None:
    plan = Plan(stored_credentials=(credential(), credential(target="https://azconfig.io")))
    assert len(stage(plan, StageKey.REVOKE).steps) == 1


def test_what_is_transitional_stays_with_its_date() -> None:
    kept = Transitional(
        principal_id=LEGACY.principal_id.upper(),
        name="legacy app",
        method="client-secret",
        bridge="azure-arc",
        until="2027-01-31",
        remark="",
    )
    found = stage(Plan(stored_credentials=(credential(),), transitional=(kept,)), StageKey.REVOKE)
    assert found.steps == ()
    assert found.left_out == ("legacy app keeps its client-secret until 2027-01-31: azure-arc",)


def test_keys_go_last_where_only_identities_were_seen() -> None:
    last = stages_of(WHOLE)[-1]
    assert last.key is StageKey.LOCAL_AUTH_OFF
    assert [step.target for step in last.steps] == [STORE, COSMOS]
    store, cosmos = last.steps
    assert "az appconfig update" in done(store)[0]
    assert "--disable-local-auth true" in done(store)[0]
    assert "--disable-local-auth false" in undone(store)[0]
    assert done(cosmos) == [
        f"az resource update --ids {COSMOS} --set properties.disableLocalAuth=true {QUIET}"
    ]
    assert cosmos.do[0].unless[:4] == ("az", "resource", "show", "--ids")
    assert cosmos.do[0].prints == "true"


def test_a_setting_that_means_the_opposite_is_turned_the_other_way() -> None:
    plan = Plan(assignments=(assignment(1, WEB, DATA_READER, STORAGE),))
    (step,) = stage(plan, StageKey.LOCAL_AUTH_OFF).steps
    assert "--allow-shared-key-access false" in done(step)[0]
    assert "--allow-shared-key-access true" in undone(step)[0]


def test_the_server_of_a_database_has_a_command_of_its_own() -> None:
    server = f"{GROUP}/providers/Microsoft.Sql/servers/s"
    grant = msgspec.structs.replace(native("CREATE USER x"), scope=f"{server}/databases/d")
    (step,) = stage(Plan(native=(grant,)), StageKey.LOCAL_AUTH_OFF).steps
    assert done(step)[0].startswith("az sql server ad-only-auth enable")
    assert undone(step)[0].startswith("az sql server ad-only-auth disable")


def test_keys_stay_on_where_one_was_used() -> None:
    plan = msgspec.structs.replace(WHOLE, stored_credentials=(access_key(),))
    last = stage(plan, StageKey.LOCAL_AUTH_OFF)
    assert [step.target for step in last.steps] == [COSMOS]
    assert "a key of it was used" in last.left_out[0]


def test_a_key_of_another_store_says_nothing_of_this_one() -> None:
    plan = msgspec.structs.replace(WHOLE, stored_credentials=(access_key("elsewhere"),))
    assert [step.target for step in stage(plan, StageKey.LOCAL_AUTH_OFF).steps] == [STORE, COSMOS]


def test_keys_stay_on_where_something_is_not_covered() -> None:
    gap = Uncovered(WEB, f"{STORE}/keyValues/x", WHOLE.assignments[0].used[0].plane, "Contoso/x", 1, "")
    plan = msgspec.structs.replace(WHOLE, uncovered=(gap,))
    assert STORE not in [step.target for step in stage(plan, StageKey.LOCAL_AUTH_OFF).steps]


def test_keys_go_where_a_secret_that_stays_opens_another_one() -> None:
    kept = secret("connection", fate=Fate.KEPT, opens=("appconfig",), host="contoso-else.azconfig.io")
    plan = msgspec.structs.replace(WHOLE, secrets=(kept,))
    assert STORE in [step.target for step in stage(plan, StageKey.LOCAL_AUTH_OFF).steps]


@pytest.mark.parametrize("host", ["", "contoso-orders.azconfig.io"])
def test_keys_stay_on_where_a_secret_that_stays_may_open_it(host) -> None:
    kept = secret("connection", fate=Fate.KEPT, opens=("appconfig",), host=host)
    plan = msgspec.structs.replace(WHOLE, secrets=(kept,))
    last = stage(plan, StageKey.LOCAL_AUTH_OFF)
    assert STORE not in [step.target for step in last.steps]
    assert "the secret connection stays" in last.left_out[0]


@pytest.mark.parametrize("scope", [VAULT, GROUP, f"{GROUP}/providers/Microsoft.Compute/virtualMachines/m"])
def test_where_there_are_no_keys_of_a_service_none_are_switched_off(scope) -> None:
    assert StageKey.LOCAL_AUTH_OFF not in keys(Plan(assignments=(assignment(1, WEB, DATA_READER, scope),)))
