"""Federated credentials of user-assigned identities: what lets tokens of another issuer stand for one.

What a credential may be, `keyless.model.federated_credentials` says; the messages are those that Azure
documents.

Sources: https://learn.microsoft.com/rest/api/managedidentity/federated-identity-credentials,
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations#errors
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keyless.model.federated_credentials import MOST, Problem, problems_of
from keyless.model.identities import FederatedCredential
from keyless.model.resource_id import ResourceId
from keyless.planes.arm.errors import InvalidContent, ResourceNotFound
from keyless.planes.arm.managedidentity.api_versions import FEDERATED
from keyless.planes.arm.managedidentity.rendering import CREDENTIAL_TYPE, CREDENTIALS, shown_credential
from keyless.planes.arm.managedidentity.schemas import AskedCredential, CredentialShown
from keyless.planes.arm.managedidentity.scopes import ONE, existing_identity, identity_id, of_identity
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import group_of
from keyless.planes.arm.scopes import needs
from keyless.planes.arm.service import Arm
from keyless.store.collections import FEDERATED_CREDENTIALS
from keyless.store.ports import Key, Reader
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest, NotFound, NotImplementedHere
from keyless.wire.operation import Operation, operation

READ, WRITE, DELETE = (f"{CREDENTIAL_TYPE}/{verb}" for verb in ("read", "write", "delete"))
_SPEC = "https://learn.microsoft.com/rest/api/managedidentity/federated-identity-credentials/"
_LIST = f"{ONE}/{CREDENTIALS}"
_ONE = f"{_LIST}/{{credential_name}}"


def of_credential(site: object, params: Mapping[str, str]) -> ResourceId:
    """The federated credential that the route names."""
    return identity_id(params).child(CREDENTIALS, params["credential_name"])


@operation(
    id="FederatedIdentityCredentials.List",
    route=f"GET {_LIST}",
    api_versions=FEDERATED,
    access=needs(READ, of_identity),
    response=Page[CredentialShown],
    errors=(NotFound,),
    spec=_SPEC + "list",
)
async def list_credentials(call: Authorized[None], arm: Arm) -> Page[CredentialShown]:
    """List the federated credentials of an identity."""
    owner = await _owner(call, arm)
    found = [
        shown_credential(one) for _, one in await arm.store.scan(FEDERATED_CREDENTIALS, (owner.casefold(),))
    ]
    return page(call, found, lambda one: one.name.casefold())


@operation(
    id="FederatedIdentityCredentials.Get",
    route=f"GET {_ONE}",
    api_versions=FEDERATED,
    access=needs(READ, of_credential),
    response=CredentialShown,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_credential(call: Authorized[None], arm: Arm) -> CredentialShown:
    """Return a federated credential."""
    await _owner(call, arm)
    found = await arm.store.get(FEDERATED_CREDENTIALS, _key(call.params))
    if found is None:
        raise ResourceNotFound(of_credential(None, call.params))
    return shown_credential(found)


@operation(
    id="FederatedIdentityCredentials.CreateOrUpdate",
    route=f"PUT {_ONE}",
    api_versions=FEDERATED,
    access=needs(WRITE, of_credential),
    body=AskedCredential,
    response=CredentialShown,
    errors=(InvalidRequest, NotFound, NotImplementedHere),
    spec=_SPEC + "create-or-update",
)
async def put_credential(call: Authorized[AskedCredential], arm: Arm) -> Reply:
    """Create a federated credential, or replace the one of that name."""
    key = _key(call.params)
    async with arm.store.transaction() as transaction:
        owner = await _owner(call, arm, transaction)
        made = _asked(call, owner)
        there = await transaction.get(FEDERATED_CREDENTIALS, key)
        await _check_beside(transaction, made, key)
        await transaction.put(FEDERATED_CREDENTIALS, key, made)
    return Reply(shown_credential(made), 201 if there is None else 200)


@operation(
    id="FederatedIdentityCredentials.Delete",
    route=f"DELETE {_ONE}",
    api_versions=FEDERATED,
    access=needs(DELETE, of_credential),
    errors=(NotFound,),
    spec=_SPEC + "delete",
)
async def delete_credential(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a federated credential."""
    key = _key(call.params)
    async with arm.store.transaction() as transaction:
        await _owner(call, arm, transaction)
        there = await transaction.get(FEDERATED_CREDENTIALS, key)
        await transaction.delete(FEDERATED_CREDENTIALS, key)
    return Reply(status=204 if there is None else 200)


async def _owner(call: Authorized[Any], arm: Arm, reader: Reader | None = None) -> str:
    """The id of the identity that the route names, as it is spelled; raises NotFound where there is none."""
    await group_of(arm, call.params, reader)
    return (await existing_identity(reader or arm.store, call.params)).resource_id


def _key(params: Mapping[str, str]) -> Key:
    return (identity_id(params).text.casefold(), params["credential_name"].casefold())


def _asked(call: Authorized[AskedCredential], owner: str) -> FederatedCredential:
    """The credential that is asked for, if it can be one."""
    asked = call.body.properties
    if asked is not None and asked.claims_matching_expression is not None:
        raise NotImplementedHere(
            "flexible credentials (`claimsMatchingExpression`) are not served here: give a `subject`"
        )
    if asked is None or not (asked.issuer and asked.subject and asked.audiences):
        raise InvalidContent(
            "Federated Identity Credential from HTTP body has empty properties", code="BadRequest"
        )
    if len(asked.audiences) != 1:
        raise InvalidContent(
            "Federated identity credentials must have exactly one audience.", code="BadRequest"
        )
    made = FederatedCredential(
        owner, call.params["credential_name"], asked.issuer, asked.subject, asked.audiences[0]
    )
    for problem in problems_of(made):
        raise _refused(made, problem)
    return made


def _refused(credential: FederatedCredential, problem: Problem) -> InvalidContent:
    if problem.field == "name":
        said = f"Federated Identity Credential name '{credential.name[:128]}' is invalid."
    else:
        said = f"{problem.message}."
    return InvalidContent(f"{said} {problem.hint[:1].upper()}{problem.hint[1:]}.", code="BadRequest")


async def _check_beside(reader: Reader, made: FederatedCredential, key: Key) -> None:
    """Refuse a credential that the owner's others leave no room for."""
    others = [one for place, one in await reader.scan(FEDERATED_CREDENTIALS, key[:1]) if place != key]
    if any((one.issuer, one.subject) == (made.issuer, made.subject) for one in others):
        raise InvalidContent(
            "Issuer and subject combination already exists for this Managed Identity.", code="BadRequest"
        )
    _check_count(others)


def _check_count(others: Sequence[FederatedCredential]) -> None:
    if len(others) >= MOST:
        raise InvalidContent(
            f"The identity has {MOST} federated identity credentials, which is the most that it can have.",
            code="BadRequest",
        )


OPERATIONS: tuple[Operation, ...] = (list_credentials, get_credential, put_credential, delete_credential)
