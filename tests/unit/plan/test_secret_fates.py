"""What becomes of a secret: by what it opens, by its name, and by what a person decides."""

from __future__ import annotations

import pytest
from stored_made import SQL, STORAGE, decided, secret, setting

from keyless.plan.policy.secrets import SecretRule, SecretRules
from keyless.plan.results.secrets import CodePlace, Fate


@pytest.mark.parametrize(
    ("value", "service", "role"),
    [
        (STORAGE, "Azure Storage", "`Storage Blob Data Reader` to read"),
        (SQL, "Azure SQL Database", "`db_datareader` to read"),
        (
            "AccountEndpoint=https://x.documents.azure.com/;AccountKey=" + "q" * 86 + "==",
            "Cosmos DB",
            "`Cosmos DB Built-in Data Reader` to read",
        ),
    ],
)
def test_what_opens_a_service_that_takes_identities_can_go(value, service, role):
    one = decided(secret("anything", value))["anything"]
    assert one.fate is Fate.REMOVABLE
    assert service in one.why
    assert role in one.how
    assert "delete the secret" in one.how


@pytest.mark.parametrize(
    ("name", "value", "opens", "host"),
    [
        ("a", STORAGE, ("blob", "queue", "table", "file"), "orders"),
        ("storage-key", "hunter2", ("blob",), ""),
        ("a", "hunter2", (), ""),
        ("storage-size", "12", (), ""),
    ],
)
def test_a_secret_shows_what_it_may_open_and_where(name, value, opens, host):
    one = decided(secret(name, value))[name]
    assert (one.opens, one.host) == (opens, host)


def test_keys_are_switched_off_last_where_the_service_can():
    assert "properties.allowSharedKeyAccess: false" in decided(secret("a", STORAGE))["a"].how


def test_the_call_is_shown_in_the_language_of_the_code_that_names_the_secret():
    python = decided(secret("a", STORAGE), places={"a": (CodePlace("app/main.py", 3),)})["a"]
    csharp = decided(secret("a", STORAGE), places={"a": (CodePlace("src/Program.cs", 9),)})["a"]
    assert "credential=DefaultAzureCredential()" in python.how
    assert "new DefaultAzureCredential()" in csharp.how
    assert csharp.places == (CodePlace("src/Program.cs", 9),)


def test_a_client_secret_gives_way_to_an_identity_or_to_federation():
    one = decided(secret("spn", "abc8Q~" + "x" * 34))["spn"]
    assert one.fate is Fate.REMOVABLE
    assert "federated credential" in one.how


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("Server=sql01.corp.local;User Id=sa;Password=hunter2", "none of the Azure services"),
        (
            "HostName=x.azure-devices.net;DeviceId=d;SharedAccessKey=" + "q" * 43 + "=",
            "a device proves itself",
        ),
        ("hunter2", "when in doubt it is a secret"),
        ("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", "a private key"),
    ],
)
def test_what_opens_anything_else_stays_and_changes_every_so_often(value, why):
    one = decided(secret("partner", value))["partner"]
    assert one.fate is Fate.KEPT
    assert why in one.why
    assert one.rotate_every_days == 90
    assert "every 90 days, with two credentials that take turns" in one.how
    assert "name who answers for it" in one.how


def test_a_name_that_speaks_of_a_service_is_a_hint_and_decides_nothing():
    one = decided(secret("Storage--Key", "q" * 88))["Storage--Key"]
    assert one.fate is Fate.KEPT
    assert "Blob" in one.why
    assert "it can go" in one.why


@pytest.mark.parametrize("value", ["true", "30", "https://orders.contoso.com/api", "Information", "00:05:00"])
def test_what_is_no_secret_belongs_in_a_configuration_store(value):
    assert decided(secret("orders-setting", value))["orders-setting"].fate is Fate.CONFIGURATION


@pytest.mark.parametrize(
    ("name", "value"), [("door-pin", "12345"), ("Db--Password", "error"), ("api-key", "42")]
)
def test_when_in_doubt_it_is_a_secret(name, value):
    assert decided(secret(name, value))[name].fate is Fate.KEPT


def test_a_setting_that_is_where_it_belongs_is_not_spoken_of():
    assert not decided(
        setting("App:Title", "Orders of Contoso"),
        setting("App:Url", "https://orders.contoso.com"),
        setting("Password:MinLength", "12"),
        setting(
            ".appconfig.featureflag/beta",
            '{"id": "beta"}',
            content_type="application/vnd.microsoft.appconfig.ff+json;charset=utf-8",
        ),
        setting(
            "Db",
            '{"uri":"https://x.vault.azure.net/secrets/db"}',
            content_type="application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8",
        ),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Partner:Password", "hunter2"),
        ("Partner:Url", "https://user:hunter2@partner.example/"),
        ("Partner:Code", "aZ09aZ09aZ09aZ09aZ09"),
    ],
)
def test_a_secret_in_a_configuration_store_goes_to_a_vault(name, value):
    one = decided(setting(name, value))[name]
    assert one.fate is Fate.TO_VAULT
    assert "put it into a vault" in one.how


def test_a_setting_that_an_identity_replaces_needs_no_vault():
    assert decided(setting("Storage", STORAGE))["Storage"].fate is Fate.REMOVABLE


def test_one_key_with_two_labels_is_two_decisions():
    facts = (setting("P:Password", "hunter2", label="dev"), setting("P:Password", "hunter2", label="prod"))
    from keyless.plan.secrets.decide import secret_decisions
    from keyless.plan.secrets.stored import SecretFacts

    found = secret_decisions(SecretFacts(values=facts), {}, SecretRules())
    assert [one.label for one in found] == ["dev", "prod"]


def test_what_a_person_decided_goes_before_what_the_shape_says():
    rules = SecretRules(
        owner="platform",
        named={
            "contoso-orders/legacy": SecretRule(
                fate=Fate.KEPT, reason="the old batch job reads it", owner="billing", rotate_every_days=30
            )
        },
    )
    found = decided(secret("Legacy", STORAGE), secret("partner", "hunter2"), rules=rules)
    assert (found["Legacy"].fate, found["Legacy"].why) == (Fate.KEPT, "the old batch job reads it")
    assert (found["Legacy"].owner, found["Legacy"].rotate_every_days) == ("billing", 30)
    assert (found["partner"].owner, found["partner"].rotate_every_days) == ("platform", 90)
    assert "name who answers" not in found["partner"].how
