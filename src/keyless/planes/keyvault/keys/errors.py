"""What Key Vault answers where there is no such key."""

from __future__ import annotations

from keyless.planes.keyvault.objects.errors import DeletedNotFound, ObjectNotFound


class KeyNotFound(ObjectNotFound):
    """There is no live key, or no such version of it."""

    code = "KeyNotFound"
    noun = "key"


class DeletedKeyNotFound(DeletedNotFound):
    """There is no deleted key of that name."""

    code = "KeyNotFound"
    noun = "key"
