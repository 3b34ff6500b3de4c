"""The claims that Entra puts into an access token of a user, whom an application acts for.

Rules:
- what they have in common with an application's is made by ``keyless.tokens.claims``;
- the application is a public client (``appidacr`` 0), which proves nothing of itself;
- ``sub`` stands for the user towards this one application, and is no object id;
- ``scp`` are the permissions that the application has at the resource on behalf of its users, and bound what
  they can do there with it; what the user may do there is decided there;
- ``wids`` are the template ids of the user's directory roles, and of the one that every member has;
- the user has signed in (``amr``) with the account of the operating system, so with no password of Entra's.

``groups`` is left out: who is in a group is looked up where that matters, so that it holds at once.

Sources: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference and, on the default
role, https://learn.microsoft.com/entra/identity/users/users-default-permissions
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from keyless.model.directory import User
from keyless.model.identities import PrincipalKind
from keyless.tokens.audience import V2, Audience
from keyless.tokens.claims import ClientAuthentication, Subject, claims_of, opaque

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""The client id of the Azure CLI, which Cloud Shell's tokens are of too."""
MEMBER = "b79fbf4d-3ef9-4689-8143-76b194e85509"
"""The template id of the directory role that every member has."""
_DEFAULT_SCOPE = "user_impersonation"
_SCOPES = {
    "https://graph.microsoft.com": (
        "Application.ReadWrite.All AppRoleAssignment.ReadWrite.All AuditLog.Read.All "
        "DelegatedPermissionGrant.ReadWrite.All Directory.AccessAsUser.All email Group.ReadWrite.All openid "
        "profile User.Read.All User.ReadWrite.All"
    ),
    "https://azconfig.io": "KeyValue.Delete KeyValue.Read KeyValue.Write",
    "https://appconfig.azure.com": "KeyValue.Delete KeyValue.Read KeyValue.Write",
}


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """A user, and the application that the user works with (its ``client_id``).

    ``directory_roles`` are the template ids of the user's.
    """

    tenant_id: str
    user: User
    directory_roles: tuple[str, ...] = ()
    client_id: str = AZURE_CLI


def user_claims(
    signed_in: SignedInUser,
    audience: Audience,
    now: int,
    unique_id: str,
    client_capabilities: tuple[str, ...] = (),
) -> dict[str, object]:
    """The payload of a user's access token in the version that the audience takes; as for ``claims_of``."""
    user = signed_in.user
    application = Subject(
        tenant_id=signed_in.tenant_id,
        client_id=signed_in.client_id,
        principal_id=user.principal_id,
        kind=PrincipalKind.USER,
        authentication=ClientAuthentication.NONE,
    )
    common = claims_of(application, audience, now, unique_id, client_capabilities)
    common.pop("idp", None)  # it is there only where another tenant's provider has vouched for the user
    own = _v2_claims(user) if audience.version == V2 else _v1_claims(user)
    return (
        common
        | own
        | {
            "name": user.display_name,
            "scp": _SCOPES.get(audience.aud.rstrip("/"), _DEFAULT_SCOPE),
            "sub": _pairwise(signed_in),
            "wids": [*signed_in.directory_roles, MEMBER],
        }
        | ({"idtyp": "user"} if audience.of_azure else {})
    )


def _v1_claims(user: User) -> dict[str, object]:
    name = user.user_principal_name
    return {
        "acr": "1",
        "amr": ["wia"],
        "puid": f"10032{hashlib.sha256(user.principal_id.encode()).hexdigest()[:11].upper()}",
        "unique_name": name,
        "upn": name,
    }


def _v2_claims(user: User) -> dict[str, object]:
    return {"preferred_username": user.user_principal_name}


def _pairwise(signed_in: SignedInUser) -> str:
    return opaque("sub", f"{signed_in.tenant_id} {signed_in.client_id} {signed_in.user.principal_id}")
