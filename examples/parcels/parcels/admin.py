"""The operators' tool: which secrets there are, and a new signing key when one is due."""

from __future__ import annotations

import secrets
import sys

from azure.keyvault.secrets import SecretClient

from parcels.connections import vault_client


def names(vault: SecretClient) -> list[str]:
    """The names of all secrets, in order."""
    return sorted(one.name or "" for one in vault.list_properties_of_secrets())


def rotate(vault: SecretClient, name: str) -> str:
    """Put a new random value in a secret's place; the version that it got."""
    return vault.set_secret(name, secrets.token_urlsafe(32)).properties.version or ""


def main(arguments: list[str]) -> None:
    """`names`, or `rotate NAME`."""
    match arguments:
        case ["names"]:
            print("\n".join(names(vault_client())))
        case ["rotate", name]:
            rotate(vault_client(), name)
            print(f"{name}: rotated")
        case _:
            sys.exit("usage: python -m parcels.admin names | rotate NAME")


if __name__ == "__main__":
    main(sys.argv[1:])
