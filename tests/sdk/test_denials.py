"""What each client library shows of a call that no role allows: a 403 with action, principal and scope."""

from __future__ import annotations

from sdk_estates import (
    DATA_READER,
    ON_STORE,
    ON_VAULT,
    PLACES,
    SECRETS_USER,
    STORE_ID,
    VAULT_ID,
    WEB,
    one_web_app,
)
from sdk_site import Seen, Site

SECRETS = "Microsoft.KeyVault/vaults/secrets"
KEY_VALUES = "Microsoft.AppConfiguration/configurationStores/keyValues"
REFERENCE = "{keyVaultReference: {vault: contoso-orders, secret: greeting}}"


def assert_refused(told: Seen, action: str, scope: str) -> None:
    """A plain HttpResponseError of status 403 that says who may not do what, and where."""
    assert (told["type"], told["status"], told["reason"]) == ("HttpResponseError", 403, "Forbidden")
    assert_says(told["message"], action, scope)


def assert_says(message: str, action: str, scope: str) -> None:
    assert f"'{action}'" in message
    assert f"'{scope}'".lower() in message.lower()
    assert WEB.principal_id in message
    assert WEB.client_id in message


def test_readers_read_and_every_write_is_refused_with_action_principal_and_scope(site: Site) -> None:
    roles = (SECRETS_USER, ON_VAULT), (DATA_READER, ON_STORE)
    site.declare(one_web_app(*roles, secrets="greeting: hello", settings="colour: blue"))
    ran = site.python("denied_calls.py", env=PLACES)
    secret, setting = f"{VAULT_ID}/secrets/greeting", f"{STORE_ID}/keyValues/colour"
    for seen in (ran.seen["sync"], ran.seen["async"]):
        assert (seen["get secret"], seen["get setting"]) == ("hello", "blue")
        assert seen["list deleted secrets"] is None  # reading metadata is part of the role
        assert_refused(seen["set secret"], f"{SECRETS}/setSecret/action", secret)
        assert_refused(seen["delete secret"], f"{SECRETS}/delete", secret)
        assert_refused(seen["set setting"], f"{KEY_VALUES}/write", setting)
        assert_refused(seen["delete setting"], f"{KEY_VALUES}/delete", setting)
        for call in ("set secret", "delete secret"):
            assert (seen[call]["code"], seen[call]["inner"]) == ("Forbidden", "ForbiddenByRbac")
    assert ran.stderr.count("keyless: denied: orders-web may not") == 4
    assert "`Key Vault Secrets Officer` would allow it" in ran.stderr
    assert "`App Configuration Data Owner` would allow it" in ran.stderr


def test_without_a_role_nothing_is_read(site: Site) -> None:
    site.declare(one_web_app(secrets="greeting: hello", settings="colour: blue"))
    ran = site.python("denied_calls.py", env=PLACES)
    for seen in (ran.seen["sync"], ran.seen["async"]):
        assert_refused(seen["get secret"], f"{SECRETS}/getSecret/action", f"{VAULT_ID}/secrets/greeting")
        assert_refused(seen["list deleted secrets"], f"{SECRETS}/readMetadata/action", VAULT_ID)
        assert_refused(seen["get setting"], f"{KEY_VALUES}/read", f"{STORE_ID}/keyValues/colour")
    assert "hello" not in ran.stdout


def test_the_provider_says_which_secret_it_may_not_read(site: Site) -> None:
    site.declare(
        one_web_app((DATA_READER, ON_STORE), secrets="greeting: hello", settings=f"colour: {REFERENCE}")
    )
    seen = site.python("unprovided_settings.py", env=PLACES).seen
    for [reason] in (seen["sync"], seen["async"]):
        assert_says(reason, f"{SECRETS}/getSecret/action", f"{VAULT_ID}/secrets/greeting")
