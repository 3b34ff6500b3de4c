"""What Key Vault answers when an operation on a secret cannot be done: codes, and the words clients look for.

Sources: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes, and answers of the service
that its clients' maintainers have published with their tests.
"""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.wire.errors import Conflict, Missing, NotAllowed, NotFound


class SecretNotFound(NotFound):
    """There is no live secret, or no such version of it."""

    code = "SecretNotFound"

    def __init__(self, name: str, *, missing: Missing | None = None) -> None:
        super().__init__(
            f"A secret with (name/id) {name} was not found in this key vault. "
            "If it was deleted, it can be recovered until its retention period ends.",
            missing=missing,
        )


class DeletedSecretNotFound(NotFound):
    """There is no deleted secret of that name."""

    code = "SecretNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"Deleted Secret not found: {name}")


class SecretDisabled(NotAllowed):
    """The version is disabled, and its value is not given out."""

    def __init__(self) -> None:
        super().__init__("Operation get is not allowed on a disabled secret.", inner="SecretDisabled")


class SecretIsDeleted(Conflict):
    """The name belongs to a deleted secret that can still come back."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; "
            "recover it or purge it first.",
            inner="ObjectIsDeletedButRecoverable",
        )


class SecretExists(Conflict):
    """A backup cannot be restored over a live secret."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Conflict while restoring secret {name}: a secret of that name already exists.")


class PurgeProtected(NotAllowed):
    """The vault keeps deleted secrets until their time is over."""

    def __init__(self, vault: Vault) -> None:
        super().__init__(
            'Operation "purge" is not allowed because purge protection is enabled for this vault: '
            "the secret is purged when its retention period has passed."
            f"\r\nVault: {vault.name};location={vault.location}"
        )
