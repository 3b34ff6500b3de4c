"""What is allowed but deserves a second look is said in one line each."""

from __future__ import annotations

import pytest
from estate_texts import SECRET, estate, in_group

from keyless.estate.key_values import REFERENCE_TYPE
from keyless.estate.warnings import warnings_of

GUID = "11111111-2222-3333-4444-555555555555"
GROUP = """\
vaults: {vault: {secrets: {db: {env: ORDERS_DB_PASSWORD}}}}
configurationStores: {store: {settings: {size: "1"}}}
compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}
"""

CLEAN = in_group(GROUP) + (
    "\nroleAssignments:\n"
    "  - {principal: web, role: Key Vault Secrets User, scope: {vault: vault, secret: db}}\n"
    "  - {principal: web, role: App Configuration Data Reader, scope: {store: store, key: size}}\n"
    "  - {principal: web, role: Key Vault Reader, scope: {vault: vault}}\n"
)


def warned(group: str = GROUP, more: str = "") -> str:
    """The one warning about an estate."""
    (warning,) = warnings_of(estate(in_group(group) + "\n" + more))
    assert SECRET not in warning
    return warning


def assigned(principal: str, role: str, scope: str) -> str:
    """A role assignment."""
    return f"roleAssignments:\n  - {{principal: {principal}, role: {role}, scope: {scope}}}\n"


def test_a_sound_estate_has_no_warnings() -> None:
    assert warnings_of(estate(CLEAN)) == ()


def test_an_orphaned_assignment_is_named() -> None:
    said = warned(more=assigned(GUID, "Key Vault Secrets User", "{vault: vault}"))
    assert said.startswith(f"orphaned: {GUID}: Key Vault Secrets User on vault vault, but nothing here")


def test_a_user_or_group_is_not_an_orphan() -> None:
    text = assigned(GUID, "Key Vault Secrets User", "{vault: vault}, principalType: Group")
    assert warnings_of(estate(in_group(GROUP) + "\n" + text)) == ()


@pytest.mark.parametrize(
    ("role", "scope", "why"),
    [
        ("Contributor", "{vault: vault}", "the role grants every management action; `keyless plan`"),
        ("Key Vault Secrets User", "{resourceGroup: rg}", "it holds in every resource there; `keyless plan`"),
        ("Key Vault Secrets User", "{subscription: true}", "it holds in every resource there"),
        (
            "Owner",
            "/providers/Microsoft.Management/managementGroups/x",
            "every management action and it holds in every",
        ),
    ],
)
def test_an_over_broad_assignment_is_named(role: str, scope: str, why: str) -> None:
    said = warned(more=assigned("web", role, scope))
    assert said.startswith(f"over-broad: web: {role} on ")
    assert why in said


def test_a_role_that_the_principal_has_further_up_is_named() -> None:
    more = assigned("web", "Key Vault Secrets User", "{vault: vault}")
    again = "  - {principal: web, role: Key Vault Secrets User, scope: {vault: vault, secret: db}}"
    said = warned(more=more + again)
    assert said == (
        "repeated: web: Key Vault Secrets User on secret db of vault vault, "
        "which it has on vault vault already"
    )


@pytest.mark.parametrize(
    ("scope", "ending"),
    [
        (
            "{vault: vault, secret: dbb}",
            "secret dbb of vault vault, which this estate does not declare; is it `db`?",
        ),
        (
            "{store: store, key: sizes}",
            "key sizes of store store, which this estate does not declare; is it `size`?",
        ),
        ("{store: store, key: zzz}", "which this estate does not declare"),
        (
            "/subscriptions/x/resourceGroups/y/providers/Microsoft.KeyVault/vaults/z",
            "/vaults/z, which this estate does not declare",
        ),
    ],
)
def test_a_role_on_nothing_is_named(scope: str, ending: str) -> None:
    said = warned(more=assigned("web", "Key Vault Secrets User", scope))
    assert said.startswith("nothing there: web: Key Vault Secrets User on ")
    assert said.endswith(ending)


def test_a_role_on_something_else_is_no_matter() -> None:
    more = assigned("web", "Reader", "{compute: web}")
    assert warnings_of(estate(in_group(GROUP) + "\n" + more)) == ()


def test_a_dangling_reference_is_named() -> None:
    group = GROUP.replace('{size: "1"}', "{size: {keyVaultReference: {vault: vault, secret: dbb}}}")
    assert warned(group) == (
        "nothing there: `size` of store store refers to secret dbb of vault vault, which this estate does "
        "not declare; is it `db`?"
    )


@pytest.mark.parametrize(
    "value", ["hunter2", "[]", '{"uri": 1}', '{"uri": "https://vault.vault.azure.net/"}']
)
def test_a_reference_that_is_none_stops_no_warning(value: str) -> None:
    written = f"{{value: '{value}', contentType: {REFERENCE_TYPE}}}"
    group = GROUP.replace('{size: "1"}', f"{{size: {written}}}")
    assert warnings_of(estate(in_group(group))) == ()


def test_nothing_is_said_of_references_where_they_are_resolved_beside_it() -> None:
    group = GROUP.replace('{size: "1"}', "{size: {keyVaultReference: {vault: vault, secret: dbb}}}")
    assert warnings_of(estate(in_group(group)), resolved=True) == ()


def test_a_reference_elsewhere_or_to_a_declared_secret_is_no_matter() -> None:
    settings = (
        "{a: {keyVaultReference: {vault: vault, secret: db}}, "
        'b: {keyVaultReference: {uri: "https://x.vault.azure.net/secrets/y"}}}'
    )
    assert warnings_of(estate(in_group(GROUP.replace('{size: "1"}', settings)))) == ()


def test_an_identity_that_nobody_has_is_named() -> None:
    assert warned(GROUP + "identities: {shared: }").startswith(
        "idle: no compute resource has the user-assigned identity shared"
    )


def test_compute_without_identity_is_named() -> None:
    said = warned("compute: {web: {type: Microsoft.Web/sites}}")
    assert said.startswith("no identity: code on web cannot get a token")


@pytest.mark.parametrize(
    ("kind", "identity", "ending"),
    [
        ("Contoso.Web/sites", "{systemAssigned: true}", "is not known to host managed identities"),
        ("Microsoft.AVS/privateClouds", "{userAssigned: [shared]}", "to host user-assigned identities"),
        (
            "Microsoft.Batch/batchAccounts/pools",
            "{systemAssigned: true}",
            "to host a system-assigned identity",
        ),
    ],
)
def test_a_type_that_hosts_no_such_identity_is_named(kind: str, identity: str, ending: str) -> None:
    name = "a/b" if kind.count("/") == 2 else "web"
    group = f"compute: {{x: {{type: {kind}, name: {name}, identity: {identity}}}}}"
    if "shared" in identity:
        group = f"identities: {{shared: }}\n{group}"
    said = warned(group)
    assert said.startswith(f"unlikely: a `{kind}`")
    assert said.endswith(ending)


def test_a_secret_in_the_file_is_named_without_its_value() -> None:
    said = warned(GROUP.replace("{env: ORDERS_DB_PASSWORD}", SECRET))
    assert said.startswith("readable: the value of secret db of vault vault stands in the estate file")


def test_a_client_secret_is_a_stored_credential() -> None:
    said = warned(more="applications: {legacy: {clientSecret: {env: ORDERS_LEGACY_SECRET}}}")
    assert said.startswith("stored credential: legacy signs in with a client secret")


def test_a_condition_on_what_nothing_supplies_is_named() -> None:
    where = (
        "{vault: vault}, condition: \"@Resource[Microsoft.KeyVault/vaults/secret:name] StringEquals 'db'\""
    )
    said = warned(more=assigned("web", "Key Vault Secrets User", where))
    assert said.startswith("condition: of web: Key Vault Secrets User on vault vault: ")
    assert said.endswith("did you mean `Microsoft.KeyVault/vaults/secrets:name`?")


def test_a_custom_role_that_grants_everything_is_over_broad() -> None:
    own = "customRoles: {Own: {actions: ['*']}}\n"
    assert "grants every management action" in warned(more=own + assigned("web", "Own", "{vault: vault}"))


def test_a_subscription_has_one_free_store_in_a_region() -> None:
    free = "first: {{sku: free}}, second: {{sku: {tier}{place}}}"
    crowded = warned(f"configurationStores: {{{free.format(tier='free', place='')}}}")
    assert crowded.startswith("one too many: a subscription has one free store in a region, and second is in")
    for tier, place in (("free", ", location: northeurope"), ("developer", "")):
        text = in_group(f"configurationStores: {{{free.format(tier=tier, place=place)}}}")
        assert warnings_of(estate(text)) == ()
