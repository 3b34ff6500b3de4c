"""The names of the environment variables that secrets are taken from, where Keyless makes the name."""

from __future__ import annotations

import re

from keyless.model.estate import Estate
from keyless.model.secret_text import SecretText


def variable_name(*parts: str) -> str:
    """``ORDERS_KV_DB_PASSWORD`` for a vault ``orders-kv`` and a secret ``db-password``."""
    name = re.sub(r"[^A-Z0-9]+", "_", "_".join(parts).upper()).strip("_") or "SECRET"
    return f"_{name}" if name[0].isdigit() else name


class VariableNames:
    """Gives each secret a variable of its own, though ``a-b`` and ``c`` read like ``a`` and ``b-c``."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, *parts: str) -> str:
        """A name that no other secret has been given."""
        name = base = variable_name(*parts)
        number = 1
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name


def secret_variables(estate: Estate) -> dict[str, SecretText]:
    """The environment from which an exported estate is read again: every variable with its value.

    First those of the vaults' secrets, then the applications', last the access keys'.
    """
    names = VariableNames()
    secrets = {names.take(secret.vault, secret.name): secret.value for secret in estate.secrets}
    client_secrets = {
        names.take(application.name, "client secret"): application.client_secret
        for application in estate.applications
        if application.client_secret is not None
    }
    access_keys = {names.take(key.store, key.id, "access key"): key.secret for key in estate.access_keys}
    return secrets | client_secrets | access_keys
