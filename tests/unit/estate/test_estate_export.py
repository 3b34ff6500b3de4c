"""An exported estate reads back as the same estate, holds no secret, and is pleasant to read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
import yaml
from estate_texts import SECRET, estate, in_group
from estate_worlds import estates
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from keyless.estate.export import export_text, secret_variables
from keyless.estate.export.variables import variable_name
from keyless.estate.read import read_text
from keyless.estate.schema import estate_schema
from keyless.model.estate import DeclaredSetting, Estate
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.roles import RoleAssignment

GUID = "11111111-2222-3333-4444-555555555555"


def again(exported: Estate) -> Estate:
    """The estate read from its export."""
    environ = {name: value.reveal() for name, value in secret_variables(exported).items()}
    return read_text(export_text(exported), environ)


def document(exported: Estate) -> Any:
    """The export as plain data."""
    return yaml.safe_load(export_text(exported))


def plain(read: Estate) -> dict[str, Any]:
    """An estate without what an export does not keep: the order of things, and the case of scopes."""
    assignments = [structs.replace(one, scope=one.scope.casefold()) for one in read.assignments]
    denies = [structs.replace(one, scope=one.scope.casefold()) for one in read.denies]
    roles = [
        structs.replace(one, assignable_scopes=tuple(dict.fromkeys(map(str.casefold, one.assignable_scopes))))
        for one in read.custom_roles
    ]
    single = ("tenant", "federation")
    parts = {name: getattr(read, name) for name in Estate.__dataclass_fields__ if name not in single}
    parts |= {"assignments": assignments, "denies": denies, "custom_roles": roles}
    parts |= {"secrets": [replace(one, source="") for one in read.secrets]}
    parts |= {"settings": [replace(one, value=ordered_json(one.value)) for one in read.settings]}
    ordered = {name: sorted(map(repr, things)) for name, things in parts.items()}
    values = sorted((one.vault, one.name, one.value.reveal()) for one in read.secrets)
    return {**ordered, **{name: getattr(read, name) for name in single}, "values": values}


def ordered_json(value: str) -> str:
    """A value without the order of names in it, where it is an object of JSON, as those of flags are."""
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return json.dumps(read, sort_keys=True) if isinstance(read, dict) else value


@settings(max_examples=100)
@given(estates())
def test_an_exported_estate_reads_back_as_itself(exported: Estate) -> None:
    assert plain(again(exported)) == plain(exported)


@pytest.mark.parametrize("name", ["/", "/legacy", "/subscriptions/x"])
def test_an_application_may_be_called_like_a_path(name: str) -> None:
    text = f"""
version: 1
tenant: t
subscription: s
resourceGroups: {{g: }}
applications: {{"{name}": {{clientSecret: hunter2}}}}
roleAssignments: [{{principal: {{application: "{name}"}}, role: Reader, scope: {{resourceGroup: g}}}}]
"""
    declared = read_text(text, {})
    assert declared.applications[0].name == name
    assert plain(again(declared)) == plain(declared)


@settings(max_examples=25)
@given(estates())
def test_an_export_keeps_to_the_schema(exported: Estate) -> None:
    jsonschema.validate(document(exported), estate_schema(), jsonschema.Draft202012Validator)


EXAMPLE = in_group(
    """\
    identities: {shared: }
    compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true, userAssigned: [shared]}}}
    vaults: {vault: {secrets: {db: {env: ORDERS_DB_PASSWORD, contentType: text/plain, tags: {a: b}}}}}
    configurationStores:
      store: {settings: {size: "20", db: {keyVaultReference: {vault: vault, secret: db}}}}
    """
) + (
    "\napplications: {legacy: {clientSecret: {env: ORDERS_LEGACY_SECRET}}}\n"
    "roleAssignments:\n"
    "  - {principal: web, role: Key Vault Secrets User, scope: {vault: vault}}\n"
)


def test_an_export_says_no_more_than_it_must() -> None:
    assert document(estate(EXAMPLE)) == {
        "version": 1,
        "tenant": "local",
        "subscription": "local",
        "resourceGroups": {
            "rg": {
                "location": "westeurope",
                "identities": {"shared": {}},
                "compute": {
                    "web": {
                        "type": "Microsoft.Web/sites",
                        "identity": {"systemAssigned": True, "userAssigned": ["shared"]},
                    }
                },
                "vaults": {
                    "vault": {
                        "secrets": {
                            "db": {"env": "VAULT_DB", "contentType": "text/plain", "tags": {"a": "b"}}
                        }
                    }
                },
                "configurationStores": {
                    "store": {
                        "settings": {
                            "size": "20",
                            "db": {"keyVaultReference": {"vault": "vault", "secret": "db"}},
                        }
                    }
                },
            }
        },
        "applications": {"legacy": {"clientSecret": {"env": "LEGACY_CLIENT_SECRET"}}},
        "roleAssignments": [
            {"principal": "web", "role": "Key Vault Secrets User", "scope": {"vault": "vault"}}
        ],
    }


def test_an_export_holds_no_secret() -> None:
    exported = estate(EXAMPLE)
    assert SECRET not in export_text(exported)
    assert SECRET in {value.reveal() for value in secret_variables(exported).values()}


def test_two_secrets_never_share_a_variable() -> None:
    exported = estate(in_group("vaults: {aaa-b: {secrets: {c: x}}, aaa: {secrets: {b-c: y}}}"))
    assert list(secret_variables(exported)) == ["AAA_B_C", "AAA_B_C_2"]
    assert again(exported) == exported


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("orders-kv", "db-password"), "ORDERS_KV_DB_PASSWORD"),
        (("1st", "x"), "_1ST_X"),
        (("été",), "T"),
        (("--",), "SECRET"),
    ],
)
def test_a_variable_is_named_after_its_secret(parts: tuple[str, ...], name: str) -> None:
    assert variable_name(*parts) == name


def test_resources_of_one_name_and_different_types_get_names_of_their_own() -> None:
    exported = estate(
        in_group(
            "compute: {a: {type: Microsoft.Web/sites, name: web, identity: {systemAssigned: true}}, "
            "b: {type: Microsoft.Compute/virtualMachines, name: web, identity: {systemAssigned: true}}}"
        )
    )
    compute = document(exported)["resourceGroups"]["rg"]["compute"]
    assert list(compute) == ["web", "web-2"]
    assert compute["web-2"]["name"] == "web"
    assert again(exported) == exported


def test_a_group_that_is_only_known_by_its_resources_is_written_too() -> None:
    exported = replace(estate(in_group("vaults: {vault: {location: uksouth}}")), groups=())
    assert document(exported)["resourceGroups"] == {"rg": {"location": "uksouth", "vaults": {"vault": {}}}}


def test_a_principal_that_is_gone_is_written_by_its_id() -> None:
    gone = RoleAssignment(
        id=GUID,
        principal_id=GUID,
        role_definition_id="4633458b-17de-408a-b874-0445c86b69e6",
        scope="/subscriptions/other",
        principal_type="Group",
        condition="Exists @Request[a]",
        condition_version="2.0",
    )
    exported = replace(estate("version: 1"), assignments=(gone,))
    assert document(exported)["roleAssignments"] == [
        {
            "principal": GUID,
            "role": "Key Vault Secrets User",
            "scope": "/subscriptions/other",
            "id": GUID,
            "principalType": "Group",
            "condition": "Exists @Request[a]",
        }
    ]
    assert again(exported) == exported


def test_a_role_that_is_not_built_in_is_written_by_its_id() -> None:
    custom = RoleAssignment(GUID, GUID, GUID, "/subscriptions/other")
    exported = replace(estate("version: 1"), assignments=(custom,))
    assert document(exported)["roleAssignments"][0]["role"] == GUID


def test_names_that_are_not_clear_are_written_with_their_kind() -> None:
    exported = estate(
        in_group(
            "identities: {web: }\n"
            "compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}"
        )
        + "\napplications: {web: {clientSecret: x}}"
        + "\nroleAssignments:\n"
        + "".join(
            f"  - {{principal: {{{kind}: web}}, role: Reader, scope: /}}\n"
            for kind in ("compute", "identity", "application")
        )
    )
    principals = [one["principal"] for one in document(exported)["roleAssignments"]]
    assert principals == [{"compute": "web"}, {"identity": "web"}, {"application": "web"}]
    assert again(exported) == exported


NOT_QUITE = [
    ('{"uri": "https://vault.vault.azure.net/secrets/db"}', "keyvaultref"),  # not as we would write it
    ('{"uri":"http://vault.vault.azure.net/secrets/db"}', "keyvaultref"),
    ('{"uri":20}', "keyvaultref"),
    ("[]", "keyvaultref"),
    ("not JSON", "keyvaultref"),
    ('{"id":"other","description":"","enabled":false,"conditions":{"client_filters":[]}}', "ff"),
    ('{"id":"beta","enabled":false}', "ff"),
    ('{"id":"beta","description":"","enabled":false,"conditions":{}}', "ff"),
]


@pytest.mark.parametrize(("value", "kind"), NOT_QUITE)
def test_what_has_no_short_form_is_written_as_it_is(value: str, kind: str) -> None:
    content_type = f"application/vnd.microsoft.appconfig.{kind}+json;charset=utf-8"
    setting = DeclaredSetting("store", ".appconfig.featureflag/beta", value, content_type=content_type)
    exported = replace(estate(in_group("configurationStores: {store: }")), settings=(setting,))
    settings = document(exported)["resourceGroups"]["rg"]["configurationStores"]["store"]["settings"]
    assert settings == {setting.key: {"value": value, "contentType": content_type}}
    assert again(exported) == exported


def test_a_scope_below_an_object_is_written_in_full() -> None:
    exported = estate(in_group("vaults: {vault: }\nconfigurationStores: {store: }"))
    vault, store = exported.vaults[0].resource_id, exported.stores[0].resource_id
    for scope in (
        f"{vault}/secrets/a/versions/b",
        f"{vault}/secrets/a_b",
        f"{store}/keyValues/a%25b",
        f"{store}/keyValues/a$",
        f"{store}/other/a",
    ):
        assigned = replace(exported, assignments=(RoleAssignment(GUID, GUID, READER, scope),))
        assert document(assigned)["roleAssignments"][0]["scope"] == scope
        assert again(assigned) == assigned


READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def test_ids_that_are_not_derived_are_kept() -> None:
    exported = estate(in_group("identities: {shared: }"))
    other = structs.replace(exported.identities[0], client_id=GUID)
    tenant = structs.replace(exported.tenant, tenant_id=GUID)
    changed = replace(exported, identities=(other,))
    assert document(changed)["resourceGroups"]["rg"]["identities"] == {"shared": {"clientId": GUID}}
    assert again(changed) == changed
    bare = replace(estate("version: 1"), tenant=tenant)
    assert document(bare)["tenant"] == {"name": "local", "id": GUID}
    assert again(bare) == bare


@given(st.data())
def test_a_system_assigned_identity_keeps_its_ids(data: st.DataObject) -> None:
    exported = estate(
        in_group("compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}")
    )
    compute: ComputeResource = exported.compute[0]
    own: ManagedIdentity | None = compute.system_assigned
    assert own is not None
    given_id = str(data.draw(st.uuids()))
    other = structs.replace(compute, system_assigned=structs.replace(own, principal_id=given_id))
    changed = replace(exported, compute=(other,))
    assert again(changed) == changed
