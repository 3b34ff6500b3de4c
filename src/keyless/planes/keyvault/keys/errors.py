"""What Key Vault answers where there is no such key, or the vault takes no key of its type."""

from __future__ import annotations

from keyless.planes.keyvault.objects.errors import DeletedNotFound, ObjectNotFound
from keyless.wire.errors import NotAllowed


class KeyNotFound(ObjectNotFound):
    """There is no live key, or no such version of it."""

    code = "KeyNotFound"
    noun = "key"


class DeletedKeyNotFound(DeletedNotFound):
    """There is no deleted key of that name."""

    code = "KeyNotFound"
    noun = "key"


class HardwareNotAllowed(NotAllowed):
    """Keys of HSM types are for vaults of the premium tier."""

    def __init__(self) -> None:
        super().__init__(
            "Hardware key operation not allowed on standard vault. "
            "Keys of HSM types are for vaults whose `sku` is `premium`"
        )
