"""What Microsoft.KeyVault answers when a vault cannot be made, changed or removed.

Sources: https://learn.microsoft.com/azure/key-vault/general/common-error-codes, and answers of the service
that its users have published.
"""

from __future__ import annotations

from keyless.planes.arm.errors import InvalidContent
from keyless.wire.errors import Conflict, InvalidRequest, NotFound, WireError

NAME_RULE = (
    "A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end "
    "with a letter or digit, and not contain consecutive hyphens."
)


class VaultNameNotValid(InvalidRequest):
    """No vault can be called so."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The vault name '{name[:128]}' is invalid. {NAME_RULE}", code="VaultNameNotValid")


class VaultAlreadyExists(Conflict):
    """Another vault has the name: there is one of a name in the world."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The vault name '{name}' is already in use. Vault names are globally unique so it is possible "
            "that the name is already taken.",
            code="VaultAlreadyExists",
        )


class VaultIsDeleted(Conflict):
    """A deleted vault has the name, and can still come back."""

    def __init__(self) -> None:
        super().__init__(
            "A vault with the same name already exists in deleted state. You need to either recover or purge "
            "existing key vault.",
            code="ConflictError",
        )


class NothingToRecover(InvalidRequest):
    """There is no deleted vault of that name in that place."""

    def __init__(self) -> None:
        super().__init__(
            "A soft deleted vault with the given name does not exist. Ensure that the name for the vault "
            "that is being attempted to recover is in a recoverable state.",
            code="SoftDeletedVaultDoesNotExist",
        )


class DeletedVaultNotFound(NotFound):
    """There is no deleted vault of that name in that region."""

    def __init__(self, name: str, location: str) -> None:
        super().__init__(
            f"The specified deleted vault '{name}' does not exist in location '{location}'.",
            code="DeletedVaultNotFound",
        )


class PurgeNotAllowed(WireError):
    """The vault is kept until its time is over."""

    status = 405

    def __init__(self) -> None:
        super().__init__("Operation 'DeletedVaultPurge' is not allowed.", code="MethodNotAllowed")


class InvalidValue(InvalidContent):
    """A property that does not have a value that it can have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"An invalid value was provided for '{name}'.", code="BadRequest")


class Fixed(InvalidContent):
    """A property that is what it was made with, or can only be switched on."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="BadRequest")
