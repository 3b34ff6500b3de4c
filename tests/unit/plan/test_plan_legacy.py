"""Stored credentials in a plan: who signs in with one, what replaces it, and what goes then."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import structs
from plan_worlds import (
    DATA_READER,
    GET,
    GROUP,
    READ_CONFIGURATION,
    SECRETS_USER,
    STORE,
    VAULT,
    WEB,
    WORKER,
    saw,
)

from keyless.model.access_keys import AccessKey
from keyless.model.evidence import Outcome, SignIn, SignInMethod, SignInOutcome
from keyless.model.identities import ComputeResource, IdentityKind, ManagedIdentity, RunsOn
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.read import read_plan
from keyless.plan.reports.terminal import report_text
from keyless.plan.result import Bridge
from keyless.plan.writers.bicep import write_bicep
from keyless.plan.writers.estate import write_estate
from keyless.plan.writers.json import write_json
from plans_made import planned

VAULT_AUDIENCE = "https://vault.azure.net"
STORE_ADDRESS = "https://contoso-orders.azconfig.io"
CLIENT_ID = "cccccccc-0000-0000-0000-000000000003"
KEY = AccessKey("contoso-orders", "orders-key", bytes(32))
HOLDER = Subject(KEY.principal_id, "", SubjectKind.ACCESS_KEY)
WRITE_CONFIGURATION = READ_CONFIGURATION.replace("/read", "/write")
SYSTEM_ASSIGNED = ManagedIdentity(
    IdentityKind.SYSTEM_ASSIGNED, "web", WEB.resource_id, "client", WEB.principal_id
)
WEB_APP = ComputeResource(WEB.resource_id, "orders-web", "westeurope", SYSTEM_ASSIGNED)
SERVER = ComputeResource(
    f"{GROUP}/providers/Microsoft.HybridCompute/machines/till-1", "till-1", "westeurope", SYSTEM_ASSIGNED
)


def application(runs_on: RunsOn | None = None) -> Subject:
    return Subject(
        "aaaaaaaa-0000-0000-0000-000000000003", "legacy app", SubjectKind.APPLICATION, runs_on=runs_on
    )


LEGACY = application()


def signed_in(
    method: SignInMethod = SignInMethod.CLIENT_SECRET,
    target: str = VAULT_AUDIENCE,
    *,
    who: Subject = LEGACY,
    by: str = "",
    last_seen: int = 1_800_000_000,
) -> SignIn:
    client_id = "" if method is SignInMethod.ACCESS_KEY else CLIENT_ID
    succeeded = SignInOutcome.SUCCEEDED
    return SignIn(who.principal_id, client_id, method, by, target, succeeded, "", 3, 1, last_seen)


def failed(error: str, last_seen: int) -> SignIn:
    method, outcome = SignInMethod.CLIENT_SECRET, SignInOutcome.FAILED
    return SignIn(LEGACY.principal_id, CLIENT_ID, method, "", "", outcome, error, 2, 1, last_seen)


BY_KEY = signed_in(SignInMethod.ACCESS_KEY, STORE_ADDRESS, who=HOLDER, by="orders-key")


def plan_of(*sign_ins, seen=(), subjects=(LEGACY,), compute=()):
    return planned([WEB, WORKER, *subjects], seen, sign_ins=sign_ins, compute=compute)


def only(*sign_ins, **world):
    (one,) = plan_of(*sign_ins, **world).stored_credentials
    return one


def test_a_client_secret_is_listed_with_the_roles_that_its_target_needs():
    seen = [saw(LEGACY, GET, f"{VAULT}/secrets/db"), saw(LEGACY, READ_CONFIGURATION, f"{STORE}/keyValues/a")]
    one = only(signed_in(), seen=seen)
    assert (one.principal, one.method, one.target, one.count) == (
        LEGACY,
        SignInMethod.CLIENT_SECRET,
        VAULT_AUDIENCE,
        3,
    )
    assert [(role.role_id, role.scope) for role in one.roles] == [(SECRETS_USER, VAULT)]
    assert one.services == ("Azure Key Vault",)
    assert one.afterwards.startswith("delete the client secret (`az ad app credential delete --id cccccccc")


def test_where_the_evidence_does_not_say_which_application_it_was_its_id_is_left_to_fill_in():
    one = only(msgspec.structs.replace(signed_in(), client_id=""))
    assert "az ad app credential delete --id CLIENT-ID --key-id" in one.afterwards


def test_each_target_and_each_credential_is_a_line_of_its_own():
    certificate = signed_in(SignInMethod.CERTIFICATE, by="A1B2")
    plan = plan_of(signed_in(), signed_in(target="https://azconfig.io"), certificate)
    assert [(one.method.value, one.by, one.target) for one in plan.stored_credentials] == [
        ("client-secret", "", "https://azconfig.io"),
        ("certificate", "A1B2", VAULT_AUDIENCE),
        ("client-secret", "", VAULT_AUDIENCE),
    ]
    assert "delete the certificate" in plan.stored_credentials[1].afterwards


def test_an_access_key_gets_the_least_roles_for_what_was_done_with_it():
    reading = saw(HOLDER, READ_CONFIGURATION, f"{STORE}/keyValues/a", outcome=Outcome.ALLOWED)
    one = only(BY_KEY, seen=[reading])
    assert (one.principal.name, one.principal.kind) == (
        "access key orders-key of store contoso-orders",
        SubjectKind.ACCESS_KEY,
    )
    assert [(role.role_id, role.scope) for role in one.roles] == [(DATA_READER, STORE)]
    writing = saw(HOLDER, WRITE_CONFIGURATION, f"{STORE}/keyValues/a", outcome=Outcome.ALLOWED)
    assert [role.role_name for role in only(BY_KEY, seen=[reading, writing]).roles] == [
        "App Configuration Data Owner"
    ]
    assert one.afterwards.startswith("set `properties.disableLocalAuth: true` on the store")


def test_what_was_done_with_an_access_key_is_planned_for_nobody():
    seen = [saw(HOLDER, READ_CONFIGURATION, f"{STORE}/keyValues/a", outcome=Outcome.ALLOWED)]
    plan = plan_of(BY_KEY, seen=seen)
    assert plan.assignments == plan.uncovered == ()
    assert not [note for note in plan.notes if "access-key" in note]
    assert plan.role_assignments() == ()


def test_a_refused_write_of_a_read_only_key_is_no_need():
    seen = [
        saw(HOLDER, READ_CONFIGURATION, STORE, outcome=Outcome.ALLOWED),
        saw(HOLDER, WRITE_CONFIGURATION, STORE, outcome=Outcome.DENIED),
    ]
    assert [role.role_id for role in only(BY_KEY, seen=seen).roles] == [DATA_READER]


@pytest.mark.parametrize(
    ("runs_on", "identity", "bridges"),
    [
        (RunsOn.AZURE, "the system-assigned identity of `orders-web`", ()),
        (RunsOn.ON_PREMISES, "once Azure Arc has it", (Bridge.AZURE_ARC,)),
        (RunsOn.KUBERNETES, "the cluster's issuer and the service account", (Bridge.FEDERATION,)),
        (RunsOn.GITHUB_ACTIONS, "`https://token.actions.githubusercontent.com`", (Bridge.FEDERATION,)),
        (RunsOn.ELSEWHERE, "the issuer of the tokens that it has there", (Bridge.FEDERATION,)),
        (None, "in Azure the system-assigned identity", (Bridge.AZURE_ARC, Bridge.FEDERATION)),
    ],
)
def test_where_code_runs_decides_on_the_identity_and_the_bridge(runs_on, identity, bridges):
    one = only(signed_in(), subjects=[application(runs_on)], compute=[WEB_APP])
    assert identity in one.identity
    assert one.bridges == bridges


def test_an_arc_server_of_the_estate_is_named_and_is_no_host_in_azure():
    on_premises = only(signed_in(), subjects=[application(RunsOn.ON_PREMISES)], compute=[WEB_APP, SERVER])
    assert on_premises.identity == "the system-assigned identity of `till-1`"
    in_azure = only(signed_in(), subjects=[application(RunsOn.AZURE)], compute=[WEB_APP, SERVER])
    assert in_azure.identity == "the system-assigned identity of `orders-web`"


@pytest.mark.parametrize(
    ("compute", "identity"),
    [
        ([], "the system-assigned identity of the resource that runs it"),
        (
            [ComputeResource(WEB.resource_id, "web", "x", None, (WORKER.resource_id.upper(),))],
            "the user-assigned identity `worker` of `web`",
        ),
        (
            [ComputeResource(WEB.resource_id, "web", "x")],
            "a system-assigned identity, which `web` has yet to be given",
        ),
        (
            [WEB_APP, ComputeResource(f"{WEB.resource_id}-2", "orders-api", "x")],
            "the identity of the one that runs it, of `orders-web` and `orders-api`",
        ),
    ],
)
def test_the_identity_is_that_of_the_host_as_far_as_it_is_known(compute, identity):
    one = only(signed_in(), subjects=[application(RunsOn.AZURE)], compute=compute)
    assert one.identity == identity


def on(compute: ComputeResource, one: SignIn) -> SignIn:
    return structs.replace(one, host=compute.resource_id.upper())


def test_of_several_resources_the_one_that_the_code_ran_as_replaces_the_credential():
    used = on(WEB_APP, signed_in(SignInMethod.ACCESS_KEY, STORE_ADDRESS, who=HOLDER, by="orders-key"))
    one = only(used, compute=[WEB_APP, SERVER])
    assert (one.identity, one.hosts) == (
        "the system-assigned identity of `orders-web`",
        (WEB.resource_id,),
    )
    assert one.bridges == ()
    on_server = only(on(SERVER, signed_in()), compute=[WEB_APP, SERVER])
    assert (on_server.identity, on_server.bridges) == (
        "the system-assigned identity of `till-1`",
        (Bridge.AZURE_ARC,),
    )


def test_what_the_estate_says_of_where_code_runs_goes_before_where_it_was_seen():
    used = on(WEB_APP, signed_in())
    one = only(used, subjects=[application(RunsOn.ON_PREMISES)], compute=[WEB_APP, SERVER])
    assert one.identity == "the system-assigned identity of `till-1`"


def test_the_only_resource_there_is_says_nothing_of_where_code_runs():
    one = only(on(WEB_APP, signed_in()), compute=[WEB_APP])
    assert "elsewhere a user-assigned identity" in one.identity


def test_one_credential_used_on_two_resources_is_one_line():
    other = ComputeResource(f"{WEB.resource_id}-2", "orders-api", "x")
    one = only(on(WEB_APP, signed_in()), on(other, signed_in()), compute=[WEB_APP, other, SERVER])
    assert (one.count, len(one.hosts)) == (6, 2)
    assert one.identity == "the identity of the one that runs it, of `orders-web` and `orders-api`"


def test_of_a_credential_that_never_succeeded_the_last_attempt_is_named():
    one = only(failed("AADSTS7000215", 5), failed("AADSTS7000222", 9))
    assert (one.error, one.last_seen, one.target, one.roles) == ("AADSTS7000222", 9, "", ())


def test_attempts_that_failed_are_not_named_where_another_succeeded():
    plan = plan_of(failed("AADSTS7000215", 5), signed_in())
    assert [one.error for one in plan.stored_credentials] == [""]


def test_a_deleted_principal_needs_no_replacement():
    gone = Subject(LEGACY.principal_id, "legacy app", SubjectKind.APPLICATION, is_deleted=True)
    assert plan_of(signed_in(), subjects=[gone]).stored_credentials == ()


def test_who_does_without_is_named_as_what_they_are():
    held = [
        signed_in(SignInMethod.MANAGED_IDENTITY, who=WEB, by="app-service"),
        signed_in(SignInMethod.MANAGED_IDENTITY, "https://azconfig.io", who=WEB, by="app-service"),
        signed_in(SignInMethod.FEDERATED_CREDENTIAL, by="github"),
    ]
    plan = plan_of(*held)
    assert plan.stored_credentials == ()
    assert [(one.principal.name, one.method.value, one.by, one.targets) for one in plan.credential_free] == [
        ("web", "managed-identity", "app-service", ("https://azconfig.io", VAULT_AUDIENCE)),
        ("legacy app", "federated-credential", "github", (VAULT_AUDIENCE,)),
    ]


def test_the_report_says_all_of_it_and_keeps_ids_whole():
    seen = [saw(LEGACY, GET, f"{VAULT}/secrets/db")]
    held = signed_in(SignInMethod.MANAGED_IDENTITY, who=WEB, by="app-service")
    plan = plan_of(signed_in(), failed("x", 1), BY_KEY, held, seen=seen, compute=[WEB_APP])
    text = report_text(plan, width=60)
    assert text.startswith("Plan: 1 role assignment for 1 identity, 2 stored credentials\nto replace\n")
    lines = [line.strip() for line in text.splitlines()]
    assert "1. access key orders-key of store contoso-orders" in lines
    assert "2. client secret of legacy app for Azure Key Vault" in lines
    assert "seen     3 times at https://vault.azure.net, last on 2027-01-15 08:00:00 UTC" in lines
    assert f"{SECRETS_USER} at {VAULT}" in lines
    assert "role     not known: nothing was seen there; run the" in lines
    assert "web (managed identity, app-service) for https://vault.azure.net" in lines


def test_the_report_says_of_a_credential_that_never_worked_why():
    text = report_text(plan_of(failed("AADSTS7000222", 1_800_000_000)))
    assert "2 times, last on 2027-01-15 08:00:00 UTC, each refused (AADSTS7000222)" in text
    assert "role     not known: no attempt succeeded" in text


def test_stored_credentials_travel_in_the_json_and_in_no_deployment():
    reading = saw(HOLDER, READ_CONFIGURATION, f"{STORE}/keyValues/a", outcome=Outcome.ALLOWED)
    plan = plan_of(signed_in(), BY_KEY, seen=[reading])
    assert read_plan(write_json(plan)) == plan
    written = write_estate(plan) + "".join(write_bicep(plan).values())
    assert "orders-key" not in written


def test_a_plan_of_an_earlier_version_is_still_read():
    text = write_json(plan_of()).replace('"storedCredentials"', '"unknown"')
    assert read_plan(text).stored_credentials == ()
