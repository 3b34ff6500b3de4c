"""Who reads a reference, and whether they can read the secret behind it: asked of the real decision."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from plan_worlds import (
    DATA_READER,
    LEGACY,
    READ_CONFIGURATION,
    SECRETS_USER,
    STORE,
    VAULT,
    WEB,
    WORKER,
    saw,
)

from keyless.model.access_keys import AccessKey
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.denies import DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group
from keyless.model.evidence import Observation, Outcome
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault, key_value_scope
from keyless.model.roles import Permission, RoleAssignment
from keyless.model.vault_references import read_target
from keyless.plan.basis import definitions_of
from keyless.plan.given import Given, VaultPolicies
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.references.access import READ_SECRET, READ_SNAPSHOT, access_under
from keyless.plan.references.facts import (
    HeldSecret,
    HeldVault,
    ReferenceFacts,
    SecretState,
    StoredReference,
)
from keyless.plan.references.readers import World, broken, resolved, seen_reading
from keyless.plan.reports.references import to_tell
from keyless.plan.results.references import ReferenceResult, Severity

TENANT = "99999999-0000-0000-0000-000000000009"
SECRET = f"{VAULT}/secrets/Db"
PLAIN = Vault(VAULT, "contoso-orders", "westeurope")
READS_STORE = RoleAssignment("reads", WEB.principal_id, DATA_READER, STORE)


def gives(scope: str, who: str = WEB.principal_id, **more: Any) -> RoleAssignment:
    return RoleAssignment("gives", who, SECRETS_USER, scope, **more)


def reference(name: str = "db", key: str = "Orders:Db", label: str = "") -> StoredReference:
    uri = f"https://contoso-orders.vault.azure.net/secrets/{name}"
    return StoredReference(
        store=ResourceId.parse(STORE),
        key=key,
        label=label,
        points_to=read_target(json.dumps({"uri": uri})),
    )


def result(
    *assignments: RoleAssignment,
    vault: Vault = PLAIN,
    seen: Sequence[Observation] = (),
    one: StoredReference | None = None,
    subjects: Sequence[Subject] = (WEB,),
    **given: Any,
) -> ReferenceResult:
    secret = HeldSecret(name="Db", current="a" * 32, versions=(SecretState(id="a" * 32),))
    world = Given(policies=VaultPolicies(tenant_id=TENANT), **given)
    access = access_under(world, assignments, definitions_of(world), by_policies=True)
    facts = ReferenceFacts(
        references=(one or reference(),),
        vaults={"contoso-orders": HeldVault(vault=vault, secrets={"db": secret}, names=("Db",))},
    )
    (found,) = resolved(
        World(facts=facts, subjects=subjects, today=access, planned=access, seen=seen_reading(seen))
    )
    return found


def told_lines(*found: ReferenceResult) -> list[str]:
    return [one.sentence for one in to_tell(found)]


def able(found: ReferenceResult) -> dict[str, bool]:
    return {one.name: one.planned for one in found.readers}


@pytest.mark.parametrize("scope", [SECRET, SECRET.lower(), VAULT, "/", VAULT.partition("/providers")[0]])
def test_whoever_has_a_role_at_the_secret_or_above_it_can_read_it(scope: str) -> None:
    found = result(READS_STORE, gives(scope))
    assert able(found) == {"web": True}
    assert told_lines(found) == []


@pytest.mark.parametrize("scope", [f"{VAULT}/secrets/db2", f"{VAULT}-2", STORE])
def test_a_role_elsewhere_is_none_at_the_secret(scope: str) -> None:
    found = result(READS_STORE, gives(scope))
    assert able(found) == {"web": False}
    (line,) = told_lines(found)
    assert f"--scope {SECRET}" in line
    assert "`Key Vault Secrets User`" in line
    assert found.severity is Severity.NONE


def test_a_deny_assignment_takes_it_away() -> None:
    deny = DenyAssignment(
        "d", "no", SECRET, (Permission(data_actions=("*",)),), (DeniedPrincipal(WEB.principal_id, "x"),)
    )
    assert able(result(READS_STORE, gives(VAULT), denies=[deny])) == {"web": False}


@pytest.mark.parametrize(("name", "allowed"), [("Db", True), ("db", False), ("other", False)])
def test_a_condition_sees_the_secrets_own_spelling(name: str, allowed: bool) -> None:
    condition = f"@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals '{name}'"
    guarded = gives(VAULT, condition=condition, condition_version="2.0")
    assert able(result(READS_STORE, guarded, one=reference("DB"))) == {"web": allowed}


def test_a_group_gives_its_members_what_it_has() -> None:
    team = Group("team-id", "team", members=(WEB.principal_id,))
    assert able(result(READS_STORE, gives(VAULT, "team-id"), groups=[team])) == {"web": True}


@pytest.mark.parametrize(
    ("permissions", "tenant", "allowed"),
    [(("get",), TENANT, True), (("all",), TENANT, True), (("list",), TENANT, False), (("get",), "t", False)],
)
def test_where_access_policies_decide_they_are_asked_and_roles_are_not(
    permissions: tuple[str, ...], tenant: str, allowed: bool
) -> None:
    entry = AccessPolicy(tenant, WEB.principal_id, PolicyPermissions(secrets=permissions))
    vault = Vault(
        VAULT, "contoso-orders", "westeurope", enable_rbac_authorization=False, access_policies=(entry,)
    )
    found = result(READS_STORE, gives(VAULT), vault=vault)
    assert able(found) == {"web": allowed}
    assert allowed or "az keyvault set-policy --name contoso-orders" in found.readers[0].how


def test_where_nobody_was_seen_roles_say_who_reads_a_reference() -> None:
    one = reference(label="prod")
    on_one = replace(READS_STORE, scope=key_value_scope(one.store, one.key, "prod").text)
    assert able(result(on_one, one=one, subjects=(WEB, WORKER))) == {"web": False}
    assert able(result(on_one, subjects=(WEB, WORKER))) == {}


def test_a_condition_on_labels_says_which_references_are_read() -> None:
    label = "@Resource[Microsoft.AppConfiguration/configurationStores/keyValues:label]"
    guarded = replace(READS_STORE, condition=f"{label} StringEquals 'prod'", condition_version="2.0")
    assert able(result(guarded, one=reference(label="prod"))) == {"web": False}
    assert able(result(guarded, one=reference(label="dev"))) == {}


def test_where_somebody_was_seen_evidence_says_it() -> None:
    seen = [saw(WORKER, READ_CONFIGURATION, STORE)]
    found = result(READS_STORE, seen=seen, subjects=(WEB, WORKER))
    assert [(one.name, one.seen) for one in found.readers] == [("worker", True)]


def test_whoever_reads_one_key_value_reads_that_alone() -> None:
    store = ResourceId.parse(STORE)
    seen = [saw(WEB, READ_CONFIGURATION, key_value_scope(store, "Orders:Db", "prod").text)]
    assert able(result(seen=seen, one=reference(label="prod"))) == {"web": False}
    assert able(result(seen=seen)) == {}


def test_what_lies_in_a_snapshot_is_read_with_that_snapshot() -> None:
    one = dataclasses.replace(reference(), snapshot="before")
    by_list, by_snapshot = (
        saw(WEB, READ_CONFIGURATION, STORE),
        saw(WEB, READ_SNAPSHOT, f"{STORE}/snapshots/before"),
    )
    assert able(result(seen=[by_list], one=one)) == {}
    assert able(result(seen=[by_snapshot], one=one)) == {"web": False}
    assert able(result(seen=[by_snapshot])) == {}
    assert able(result(READS_STORE, one=one)) == {"web": False}
    (line,) = told_lines(result(READS_STORE, one=one))
    assert "in snapshot `before`" in line


def test_nobody_reads_by_what_was_refused_or_with_a_key_or_any_more() -> None:
    key = Subject(AccessKey("contoso-orders", "k", b"").principal_id, "key", SubjectKind.ACCESS_KEY)
    gone = replace_subject(LEGACY)
    seen = [
        saw(WEB, READ_CONFIGURATION, STORE, outcome=Outcome.DENIED),
        saw(key, READ_CONFIGURATION, STORE),
        saw(gone, READ_CONFIGURATION, STORE),
        saw(WORKER, READ_SECRET, SECRET),
    ]
    assert able(result(seen=seen, subjects=(WEB, WORKER, key, gone))) == {}


def replace_subject(subject: Subject) -> Subject:
    return Subject(subject.principal_id, subject.name, subject.kind, is_deleted=True)


def test_nobody_is_asked_about_what_cannot_be_followed() -> None:
    found = result(READS_STORE, one=reference("none"))
    assert found.readers == ()
    assert broken([found]) == (found,)
    (line,) = told_lines(found)
    assert line.startswith(
        "error: reference `Orders:Db` of store `contoso-orders`: vault `contoso-orders` has"
    )


def test_those_who_cannot_read_the_same_are_told_of_together() -> None:
    everybody = [Subject(f"{number:08}", f"app-{number}", SubjectKind.APPLICATION) for number in range(5)]
    seen = [saw(one, READ_CONFIGURATION, STORE) for one in everybody]
    keys = [reference(key=f"Orders:{number}") for number in range(4)]
    found = [result(seen=seen, subjects=everybody, one=one) for one in keys]
    (alone,) = told_lines(found[0])
    (both,) = told_lines(*found[:2])
    (line,) = told_lines(*found)
    assert alone.startswith(
        "warning: reference `Orders:0` of store `contoso-orders`: `app-0`, `app-1` and 3 more, which read "
        "it, cannot read secret `db` of `contoso-orders.vault.azure.net`; if they follow references, grant it"
    )
    assert "references `Orders:0` and `Orders:1` of store" in both
    assert "references `Orders:0`, `Orders:1` and 2 more of store `contoso-orders`: `app-0`" in line
    assert line.endswith("and likewise for the others (as JSON: 5 commands)")
    assert line.count("az role assignment create") == 1
