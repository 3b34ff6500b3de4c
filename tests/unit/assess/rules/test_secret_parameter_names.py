"""Which names of parameters say that they hold a secret."""

from __future__ import annotations

import pytest

from keyless.assess.rules.vault.secret_in_deployment import is_secret_name


@pytest.mark.parametrize(
    "name",
    [
        "administratorLoginPassword",
        "vm_password",
        "user_password",
        "clientSecret",
        "storageAccountKey",
        "apiKey",
        "SQL_CONNECTION_STRING",
        "sasToken",
        "sshPassphrase",
    ],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "secretName",
        "keyVaultName",
        "passwordLength",
        "secretUri",
        "resourceToken",
        "databasePasswordKey",
        "connectionStringKey",
        "enablePasswordAuthentication",
        "publicKey",
        "sshPublicKey",
        "keyName",
        "primaryKeyColumn",
        "secretExpiryDays",
        "",
    ],
)
def test_names_of_things_about_secrets_are_none(name: str) -> None:
    assert not is_secret_name(name)
