"""Operations on a vault's issuers and contacts.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/operation-groups
"""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.certificates.errors import ContactsNotFound, IssuerNotFound
from keyless.planes.keyvault.certificates.issuers import IssuerChanges
from keyless.planes.keyvault.certificates.records import Contacts, Issuer
from keyless.planes.keyvault.certificates.schemas import (
    ContactsBody,
    IssuerAttributes,
    IssuerBundle,
    IssuerCredentials,
    IssuerItem,
    IssuerListResult,
    SetIssuerRequest,
    UpdateIssuerRequest,
)
from keyless.planes.keyvault.objects.access import on_all, vault_of
from keyless.planes.keyvault.paging import Paging
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import OTHERS
from keyless.planes.keyvault.vaults import vault_url
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/certificates/"
_ISSUERS_PATH = "/certificates/issuers"
_READ = on_all("certificates", "read", "getissuers", actions_of="certificatecas")
_LIST = on_all("certificates", "read", "listissuers", actions_of="certificatecas")
_WRITE = on_all("certificates", "write", "setissuers", actions_of="certificatecas")
_DELETE = on_all("certificates", "delete", "deleteissuers", actions_of="certificatecas")
_CONTACTS = on_all("certificates", "write", "managecontacts", actions_of="certificatecontacts")


@operation(
    id="KeyVault.GetCertificateIssuers",
    route="GET /certificates/issuers",
    api_versions=KEY_VAULT,
    access=_LIST,
    response=IssuerListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-certificate-issuers/get-certificate-issuers",
)
async def get_certificate_issuers(call: Authorized[None], vault_service: KeyVault) -> IssuerListResult:
    """List whom a vault may ask to sign."""
    vault, paging = vault_of(call), Paging.of(call, _ISSUERS_PATH)
    page = await vault_service.certificates.issuers.page(vault, paging)
    items = [IssuerItem(_issuer_id(vault, issuer), issuer.provider) for issuer in page.items]
    return IssuerListResult(items, paging.next_link(vault, page.after))


@operation(
    id="KeyVault.SetCertificateIssuer",
    route="PUT /certificates/issuers/{issuer_name}",
    api_versions=KEY_VAULT,
    access=_WRITE,
    body=SetIssuerRequest,
    response=IssuerBundle,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "set-certificate-issuer/set-certificate-issuer",
)
async def set_certificate_issuer(call: Authorized[SetIssuerRequest], vault_service: KeyVault) -> IssuerBundle:
    """Write an issuer, in place of the one that was there."""
    vault, changes = vault_of(call), _changes(call.body)
    issuer = await vault_service.certificates.issuers.set(
        vault, call.params["issuer_name"], changes, now=call.now
    )
    return _issuer(vault, issuer)


@operation(
    id="KeyVault.GetCertificateIssuer",
    route="GET /certificates/issuers/{issuer_name}",
    api_versions=KEY_VAULT,
    access=_READ,
    response=IssuerBundle,
    errors=(IssuerNotFound,),
    counts=OTHERS,
    spec=_SPEC + "get-certificate-issuer/get-certificate-issuer",
)
async def get_certificate_issuer(call: Authorized[None], vault_service: KeyVault) -> IssuerBundle:
    """Show an issuer, without its account's password."""
    vault = vault_of(call)
    return _issuer(vault, await vault_service.certificates.issuers.find(vault, call.params["issuer_name"]))


@operation(
    id="KeyVault.UpdateCertificateIssuer",
    route="PATCH /certificates/issuers/{issuer_name}",
    api_versions=KEY_VAULT,
    access=_WRITE,
    body=UpdateIssuerRequest,
    response=IssuerBundle,
    errors=(IssuerNotFound, InvalidRequest),
    counts=OTHERS,
    spec=_SPEC + "update-certificate-issuer/update-certificate-issuer",
)
async def update_certificate_issuer(
    call: Authorized[UpdateIssuerRequest], vault_service: KeyVault
) -> IssuerBundle:
    """Change what is given of an issuer."""
    vault, changes = vault_of(call), _changes(call.body)
    issuer = await vault_service.certificates.issuers.update(
        vault, call.params["issuer_name"], changes, now=call.now
    )
    return _issuer(vault, issuer)


@operation(
    id="KeyVault.DeleteCertificateIssuer",
    route="DELETE /certificates/issuers/{issuer_name}",
    api_versions=KEY_VAULT,
    access=_DELETE,
    response=IssuerBundle,
    errors=(IssuerNotFound,),
    counts=OTHERS,
    spec=_SPEC + "delete-certificate-issuer/delete-certificate-issuer",
)
async def delete_certificate_issuer(call: Authorized[None], vault_service: KeyVault) -> IssuerBundle:
    """Remove an issuer for good."""
    vault = vault_of(call)
    return _issuer(vault, await vault_service.certificates.issuers.delete(vault, call.params["issuer_name"]))


def _changes(body: SetIssuerRequest | UpdateIssuerRequest) -> IssuerChanges:
    credentials = body.credentials or IssuerCredentials()
    enabled = None if body.attributes is None else body.attributes.enabled
    return IssuerChanges(body.provider, credentials.account_id, credentials.pwd, body.org_details, enabled)


def _issuer_id(vault: Vault, issuer: Issuer) -> str:
    return f"{vault_url(vault.name)}{_ISSUERS_PATH}/{issuer.name}"


def _issuer(vault: Vault, issuer: Issuer) -> IssuerBundle:
    account_id = issuer.account_id
    return IssuerBundle(
        _issuer_id(vault, issuer),
        issuer.provider,
        IssuerAttributes(issuer.enabled, issuer.created, issuer.updated),
        None if account_id is None else IssuerCredentials(account_id),
        issuer.organization,
    )


@operation(
    id="KeyVault.SetCertificateContacts",
    route="PUT /certificates/contacts",
    api_versions=KEY_VAULT,
    access=_CONTACTS,
    body=ContactsBody,
    response=ContactsBody,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "set-certificate-contacts/set-certificate-contacts",
)
async def set_certificate_contacts(call: Authorized[ContactsBody], vault_service: KeyVault) -> ContactsBody:
    """Write who is told of what becomes of a vault's certificates."""
    vault = vault_of(call)
    return _contacts(vault, await vault_service.certificates.contacts.set(vault, call.body.contacts or ()))


@operation(
    id="KeyVault.GetCertificateContacts",
    route="GET /certificates/contacts",
    api_versions=KEY_VAULT,
    access=_CONTACTS,
    response=ContactsBody,
    errors=(ContactsNotFound,),
    counts=OTHERS,
    spec=_SPEC + "get-certificate-contacts/get-certificate-contacts",
)
async def get_certificate_contacts(call: Authorized[None], vault_service: KeyVault) -> ContactsBody:
    """Show who is told of what becomes of a vault's certificates."""
    vault = vault_of(call)
    return _contacts(vault, await vault_service.certificates.contacts.find(vault))


@operation(
    id="KeyVault.DeleteCertificateContacts",
    route="DELETE /certificates/contacts",
    api_versions=KEY_VAULT,
    access=_CONTACTS,
    response=ContactsBody,
    errors=(ContactsNotFound,),
    counts=OTHERS,
    spec=_SPEC + "delete-certificate-contacts/delete-certificate-contacts",
)
async def delete_certificate_contacts(call: Authorized[None], vault_service: KeyVault) -> ContactsBody:
    """Remove who is told of what becomes of a vault's certificates."""
    vault = vault_of(call)
    return _contacts(vault, await vault_service.certificates.contacts.delete(vault))


def _contacts(vault: Vault, contacts: Contacts) -> ContactsBody:
    return ContactsBody(contacts.contacts, f"{vault_url(vault.name)}/certificates/contacts")


OPERATIONS: tuple[Operation, ...] = (
    get_certificate_issuers,
    set_certificate_issuer,
    get_certificate_issuer,
    update_certificate_issuer,
    delete_certificate_issuer,
    set_certificate_contacts,
    get_certificate_contacts,
    delete_certificate_contacts,
)
