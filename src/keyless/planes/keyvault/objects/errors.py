"""What Key Vault answers when an operation on an object cannot be done: codes, and words clients look for.

Sources: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes, and answers of the service
that its clients' maintainers have published with their tests.
"""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.wire.errors import Conflict, Missing, NotAllowed, NotFound


class ObjectNotFound(NotFound):
    """There is no live object, or no such version of it; each kind has its own code."""

    noun = "object"

    def __init__(self, name: str, *, missing: Missing | None = None) -> None:
        super().__init__(
            f"A {self.noun} with (name/id) {name} was not found in this key vault. "
            "If it was deleted, it can be recovered until its retention period ends.",
            missing=missing,
        )


class DeletedNotFound(NotFound):
    """There is no deleted object of that name; each kind has its own code."""

    noun = "object"

    def __init__(self, name: str) -> None:
        super().__init__(f"Deleted {self.noun.capitalize()} not found: {name}")


class ObjectDisabled(NotAllowed):
    """The version is disabled, and does not serve."""

    def __init__(self, noun: str, operation: str = "get") -> None:
        super().__init__(
            f"Operation {operation} is not allowed on a disabled {noun}.",
            inner=f"{noun.capitalize()}Disabled",
        )


class ObjectIsManaged(NotAllowed):
    """The object stands behind a certificate, and is changed through that alone."""

    def __init__(self, noun: str, name: str, operation: str) -> None:
        super().__init__(
            f'Operation "{operation}" is not allowed on this {noun}, since it is associated with a '
            f"certificate: use the operation of the certificate {name}.",
            inner=f"{noun.capitalize()}ManagedByKeyVault",
        )


class ObjectIsDeleted(Conflict):
    """The name belongs to a deleted object that can still come back."""

    def __init__(self, noun: str, name: str) -> None:
        super().__init__(
            f"{noun.capitalize()} {name} is currently in a deleted but recoverable state, and its name "
            "cannot be reused; recover it or purge it first.",
            inner="ObjectIsDeletedButRecoverable",
        )


class ObjectExists(Conflict):
    """A backup cannot be restored over a live object."""

    def __init__(self, noun: str, name: str) -> None:
        super().__init__(f"Conflict while restoring {noun} {name}: a {noun} of that name already exists.")


class PurgeProtected(NotAllowed):
    """The vault keeps deleted objects until their time is over."""

    def __init__(self, vault: Vault, noun: str) -> None:
        super().__init__(
            'Operation "purge" is not allowed because purge protection is enabled for this vault: '
            f"the {noun} is purged when its retention period has passed."
            f"\r\nVault: {vault.name};location={vault.location}"
        )
