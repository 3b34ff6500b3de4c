"""What Key Vault answers when an operation on a certificate cannot be done: codes, and what clients look for.

Sources: https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-scenarios, and answers of
the service that its clients' maintainers have published with their tests.
"""

from __future__ import annotations

from keyless.planes.keyvault.objects.errors import DeletedNotFound, ObjectNotFound
from keyless.wire.errors import Conflict, NotAllowed, NotFound


class CertificateNotFound(ObjectNotFound):
    """There is no live certificate, or no such version of it."""

    code = "CertificateNotFound"
    noun = "certificate"


class DeletedCertificateNotFound(DeletedNotFound):
    """There is no deleted certificate of that name."""

    code = "CertificateNotFound"
    noun = "certificate"


class PendingCertificateNotFound(NotFound):
    """A certificate has no operation, or not the one that was asked for."""

    code = "PendingCertificateNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"Pending certificate not found: {name}")


class CertificateInProgress(Conflict):
    """A certificate is being made: no other can be made or imported under its name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"A new version of certificate {name} cannot be created or imported while its pending one has "
            "the status inProgress: merge, cancel or delete that first."
        )


class NotInProgress(NotAllowed):
    """An operation has ended, and nothing about it can be changed."""

    def __init__(self) -> None:
        super().__init__("Pending status must be in progress to allow update.")


class MergeForbidden(NotAllowed):
    """An issuer is making the certificate, so that none can be merged."""

    def __init__(self, issuer: str) -> None:
        super().__init__(
            f"Merge is forbidden on pending object created with issuer : {issuer} while it is in progress."
        )


class NameIsTaken(Conflict):
    """The name belongs to a key or a secret that no certificate stands before."""

    def __init__(self, noun: str, name: str) -> None:
        super().__init__(
            f"Certificate {name} cannot be created: there is a {noun} of that name, and a certificate needs "
            "the names of its own key and secret. Use another name, or delete and purge the other object."
        )


class IssuerNotFound(NotFound):
    """The vault has no issuer of that name."""

    code = "CertificateIssuerNotFound"

    def __init__(self) -> None:
        super().__init__("Issuer not found")


class ContactsNotFound(NotFound):
    """The vault has no contacts."""

    code = "ContactsNotFound"

    def __init__(self) -> None:
        super().__init__("Contacts not found")


class IssuerDisabled(NotAllowed):
    """The issuer was switched off."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Issuer {name} is disabled: enable it to have certificates signed.")
