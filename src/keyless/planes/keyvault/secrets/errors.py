"""What Key Vault answers where there is no such secret."""

from __future__ import annotations

from keyless.planes.keyvault.objects.errors import DeletedNotFound, ObjectNotFound


class SecretNotFound(ObjectNotFound):
    """There is no live secret, or no such version of it."""

    code = "SecretNotFound"
    noun = "secret"


class DeletedSecretNotFound(DeletedNotFound):
    """There is no deleted secret of that name."""

    code = "SecretNotFound"
    noun = "secret"
