"""What a valid estate file means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from estate_texts import ENVIRON, SECRET, estate, in_group

from keyless.estate.read import read_estate, read_outline
from keyless.estate.reference import example_text
from keyless.model.estate import DeclaredSetting
from keyless.model.identities import IdentityKind
from keyless.model.resource_id import ResourceId

GUID = "11111111-2222-3333-4444-555555555555"
OTHER = "99999999-2222-3333-4444-555555555555"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example of the reference page, with the file that it names."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "signing-key.pem").write_text("a key\n")
    path = tmp_path / "keyless.yaml"
    path.write_text(example_text())
    return path


def test_the_example_is_read_whole(example: Path) -> None:
    read = read_estate(example, ENVIRON)
    assert (read.tenant.name, read.tenant.subscription_name) == ("contoso", "orders-dev")
    assert [one.name for one in read.compute] == ["orders-web", "orders-worker"]
    assert [one.name for one in read.identities] == ["orders-shared"]
    assert [one.name for one in read.vaults] == ["contoso-orders"]
    assert [one.name for one in read.stores] == ["contoso-orders", "contoso-shared"]
    assert [one.name for one in read.applications] == ["orders-legacy"]
    assert len(read.settings) == 6
    assert len(read.assignments) == 3


def test_a_minimal_file_has_a_tenant_of_its_own() -> None:
    read = estate("version: 1")
    assert read.tenant.name == read.tenant.subscription_name == "local"
    assert read.groups == ()


def test_derived_ids_are_the_same_everywhere() -> None:
    read = estate(in_group("compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}"))
    assert read.tenant.tenant_id == "88b569c7-4d39-5153-8e6b-0e56ad3d1adc"
    web = read.compute[0].system_assigned
    assert web is not None
    assert web.client_id != web.principal_id
    again = estate(in_group("compute: {WEB: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}"))
    assert again.compute[0].system_assigned is not None
    assert again.compute[0].system_assigned.principal_id == web.principal_id


def test_given_ids_are_kept_in_lower_case() -> None:
    read = estate(
        f"""\
        version: 1
        tenant: {{name: contoso, id: {GUID.upper()}}}
        subscription: {{name: dev, id: {OTHER}}}
        """
    )
    assert read.tenant.tenant_id == GUID
    assert read.tenant.subscription_id == OTHER


def test_identities_have_the_ids_of_azure() -> None:
    read = estate(
        in_group(
            f"""\
            identities:
              shared: {{clientId: {GUID}, principalId: {OTHER}}}
            compute:
              web:
                type: Microsoft.Web/sites
                identity: {{systemAssigned: true, userAssigned: [rg/SHARED]}}
              bare: {{type: Microsoft.Web/sites, identity: {{systemAssigned: false}}}}
            """
        )
    )
    shared, web = read.identities[0], read.compute[0]
    assert (shared.kind, shared.client_id, shared.principal_id) == (IdentityKind.USER_ASSIGNED, GUID, OTHER)
    assert web.user_assigned == (shared.resource_id,)
    assert web.system_assigned is not None
    assert web.system_assigned.resource_id == web.resource_id
    assert web.resource_id.endswith("/resourceGroups/rg/providers/Microsoft.Web/sites/web")
    assert read.compute[1].system_assigned is None


def test_the_ids_of_a_system_assigned_identity_can_be_given() -> None:
    read = estate(
        in_group(
            f"""\
            compute:
              web: {{type: Microsoft.Web/sites, identity: {{systemAssigned: {{clientId: {GUID}}}}}}}
            """
        )
    )
    assert read.compute[0].system_assigned is not None
    assert read.compute[0].system_assigned.client_id == GUID


def test_a_nested_resource_names_its_parent() -> None:
    read = estate(
        in_group(
            """\
            compute:
              staging: {type: Microsoft.Web/sites/slots, name: orders/staging, location: northeurope}
            """
        )
    )
    assert read.compute[0].resource_id.endswith("/Microsoft.Web/sites/orders/slots/staging")
    assert read.compute[0].location == "northeurope"


def test_an_identity_of_another_subscription_is_given_by_id() -> None:
    outside = "/subscriptions/x/resourceGroups/y/providers/Microsoft.ManagedIdentity/userAssignedIdentities/z"
    read = estate(
        in_group(f"compute: {{web: {{type: Microsoft.Web/sites, identity: {{userAssigned: [{outside}]}}}}}}")
    )
    assert read.compute[0].user_assigned == (outside,)


def test_locations_come_from_the_nearest_place_that_says_one() -> None:
    read = estate(
        """\
        version: 1
        location: uksouth
        resourceGroups:
          a:
            vaults: {vault-a: , vault-b: {location: westus}}
          b:
            location: eastus
            configurationStores: {store-b: }
        """
    )
    assert [group.location for group in read.groups] == ["uksouth", "eastus"]
    assert [vault.location for vault in read.vaults] == ["uksouth", "westus"]
    assert read.stores[0].location == "eastus"


def test_a_vault_keeps_its_retention() -> None:
    read = estate(in_group("vaults: {vault-a: {softDeleteRetentionDays: 7, purgeProtection: true}}"))
    assert (read.vaults[0].soft_delete_retention_days, read.vaults[0].purge_protection) == (7, True)


def test_a_key_vault_reference_is_what_clients_look_for() -> None:
    version = "0" * 32
    read = estate(
        in_group(
            f"""\
            vaults: {{vault-a: }}
            configurationStores:
              store-a:
                settings:
                  "orders:db": {{keyVaultReference: {{vault: VAULT-A, secret: db}}}}
                  "orders:v": {{keyVaultReference: {{vault: vault-a, secret: db, version: "{version}"}}}}
                  "orders:elsewhere": {{keyVaultReference: {{uri: "https://x.vault.azure.net/secrets/y"}}}}
            """
        )
    )
    kind = "application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8"
    assert {setting.content_type for setting in read.settings} == {kind}
    assert [json.loads(setting.value) for setting in read.settings] == [
        {"uri": "https://vault-a.vault.azure.net/secrets/db"},
        {"uri": f"https://vault-a.vault.azure.net/secrets/db/{version}"},
        {"uri": "https://x.vault.azure.net/secrets/y"},
    ]


def test_a_feature_flag_is_what_clients_look_for() -> None:
    read = estate(
        in_group(
            """\
            configurationStores:
              store-a:
                settings:
                  - {featureFlag: beta, enabled: true, description: New, label: prod, tags: {a: b}}
            """
        )
    )
    assert read.settings == (
        DeclaredSetting(
            store="store-a",
            key=".appconfig.featureflag/beta",
            value='{"id":"beta","description":"New","enabled":true,"conditions":{"client_filters":[]}}',
            label="prod",
            content_type="application/vnd.microsoft.appconfig.ff+json;charset=utf-8",
            tags={"a": "b"},
        ),
    )


def test_settings_can_be_a_mapping_or_a_list() -> None:
    mapped = """\
        configurationStores:
          store-a:
            settings:
              a: "1"
              b: {value: "2", label: prod, contentType: text/plain}
        """
    listed = """\
        configurationStores:
          store-a:
            settings:
              - {key: a, value: "1"}
              - {key: b, value: "2", label: prod, contentType: text/plain}
        """
    assert estate(in_group(mapped)) == estate(in_group(listed))


def test_one_key_may_have_several_labels_and_keys_differ_by_case() -> None:
    read = estate(
        in_group(
            """\
            configurationStores:
              store-a:
                settings:
                  - {key: a, value: ""}
                  - {key: a, value: "", label: x}
                  - {key: A, value: ""}
            """
        )
    )
    assert [(one.key, one.label) for one in read.settings] == [("a", None), ("a", "x"), ("A", None)]


def test_anchors_aliases_and_merge_keys_mean_what_yaml_says() -> None:
    read = estate(
        """\
        version: 1
        x-tags: &tags {owner: orders, stage: dev}
        x-more: &more {<<: *tags, stage: prod, team: web}
        resourceGroups:
          rg:
            vaults:
              vault-a:
                secrets:
                  a: {value: x, tags: *tags}
                  b: {value: x, tags: {stage: own, <<: [*more, *tags]}}
        """
    )
    assert read.secrets[0].tags == {"owner": "orders", "stage": "dev"}
    assert read.secrets[1].tags == {"owner": "orders", "stage": "own", "team": "web"}


ASSIGNED = """\
    identities: {shared: }
    compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true, userAssigned: [shared]}}}
    vaults: {vault-a: }
    configurationStores: {store-a: }
"""


def assigned(principal: str, scope: str, role: str = "Key Vault Secrets User", more: str = "") -> str:
    """An estate with one role assignment."""
    return (
        f"version: 1\nresourceGroups:\n  rg:\n{ASSIGNED}"
        "applications: {legacy: {clientSecret: {env: ORDERS_LEGACY_SECRET}}}\n"
        f"roleAssignments:\n  - {{principal: {principal}, role: {role}, scope: {scope}{more}}}\n"
    )


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        ("{vault: vault-a}", "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/vault-a"),
        ("{vault: VAULT-A, secret: db}", "/Microsoft.KeyVault/vaults/vault-a/secrets/db"),
        ("{store: store-a}", "/Microsoft.AppConfiguration/configurationStores/store-a"),
        ('{store: store-a, key: "a:b/c"}', "/configurationStores/store-a/keyValues/a:b%2Fc"),
        ("{store: store-a, key: a, label: prod}", "/configurationStores/store-a/keyValues/a$prod"),
        ("{resourceGroup: RG}", "/resourceGroups/rg"),
        ("{subscription: true}", "/subscriptions/3267e7ac-d639-5901-a18b-d75508dcdcf6"),
        ("{compute: rg/web}", "/providers/Microsoft.Web/sites/web"),
        ("{identity: shared}", "/Microsoft.ManagedIdentity/userAssignedIdentities/shared"),
        ("/subscriptions/other/resourceGroups/x", "/subscriptions/other/resourceGroups/x"),
        ("{id: /}", "/"),
    ],
)
def test_a_scope_is_the_resource_that_it_names(scope: str, wanted: str) -> None:
    assignment = estate(assigned("web", scope)).assignments[0]
    assert assignment.scope.endswith(wanted)
    assert assignment.scope_id == ResourceId.parse(assignment.scope)


def test_a_principal_is_found_by_name_kind_or_id() -> None:
    read = estate(assigned("web", "{vault: vault-a}"))
    web, shared, legacy = read.compute[0].system_assigned, read.identities[0], read.applications[0]
    assert web is not None
    for principal, wanted in [
        ("web", web.principal_id),
        ("rg/web", web.principal_id),
        ("{compute: WEB}", web.principal_id),
        ("{name: shared}", shared.principal_id),
        ("{identity: rg/shared}", shared.principal_id),
        ("legacy", legacy.principal_id),
        ("{application: legacy}", legacy.principal_id),
        (GUID.upper(), GUID),
    ]:
        assert estate(assigned(principal, "{vault: vault-a}")).assignments[0].principal_id == wanted


@pytest.mark.parametrize(
    "role",
    [
        "key vault secrets user",
        "4633458B-17de-408a-b874-0445c86b69e6",
        "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
    ],
)
def test_a_role_is_found_by_name_or_id(role: str) -> None:
    assignment = estate(assigned("web", "{vault: vault-a}", role)).assignments[0]
    assert assignment.role_definition_id == "4633458b-17de-408a-b874-0445c86b69e6"


def test_an_assignment_says_all_that_azure_keeps() -> None:
    said = 'condition: "Exists @Request[a]", conditionVersion: "2.0", description: For now'
    more = f", id: {GUID.upper()}, principalType: Group, {said}"
    one = estate(assigned(OTHER, "{vault: vault-a}", more=more)).assignments[0]
    assert (one.id, one.principal_type, one.condition, one.condition_version, one.description) == (
        GUID,
        "Group",
        "Exists @Request[a]",
        "2.0",
        "For now",
    )
    two = estate(assigned(OTHER, "{vault: vault-a}", more=', condition: "Exists @Request[a]"')).assignments[0]
    assert two.condition_version == "2.0"


def test_an_outline_needs_no_secret_and_has_none(example: Path) -> None:
    (example.parent / "secrets" / "signing-key.pem").unlink()
    outline = read_outline(example)
    assert [secret.source for secret in outline.secrets] == [
        "$ORDERS_DB_PASSWORD",
        "secrets/signing-key.pem",
        "text in the estate file",
    ]
    with pytest.raises(LookupError, match="outline"):
        outline.secrets[0].value.reveal()


def test_a_secret_comes_from_where_the_file_says(example: Path) -> None:
    read = read_estate(example, ENVIRON)
    assert [secret.value.reveal() for secret in read.secrets] == [SECRET, "a key", "hello"]
    assert read.secrets[1].content_type == "application/x-pem-file"
    assert read.applications[0].client_secret.reveal() == SECRET
    assert SECRET not in repr(read)
