"""The directory's objects in the form of the wire.

Properties that nothing here acts on are shown as they were written, else as they are by default.

Sources: https://learn.microsoft.com/graph/api/resources/application, and serviceprincipal, user and group
beside it
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from keyless.catalog.directory_roles import graph_permissions
from keyless.lifecycle.principals import KnownPrincipal
from keyless.model.directory import Group, User
from keyless.model.identities import (
    DECLARED,
    Application,
    ApplicationCertificate,
    ApplicationPassword,
    IdentityKind,
    ManagedIdentity,
)
from keyless.model.resources import Tenant
from keyless.planes.graph.moments import moment
from keyless.tokens.client_certificates import client_certificate
from keyless.wire.audiences import GRAPH_CLIENT_ID

Document = dict[str, Any]
USER_SHOWN = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
"""What is shown of a user unless more is asked for."""

APPLICATION_DEFAULTS: Document = {
    "addIns": [],
    "api": {"acceptMappedClaims": None, "knownClientApplications": [], "preAuthorizedApplications": []},
    "appRoles": [],
    "applicationTemplateId": None,
    "defaultRedirectUri": None,
    "deletedDateTime": None,
    "description": None,
    "disabledByMicrosoftStatus": None,
    "groupMembershipClaims": None,
    "info": {},
    "isDeviceOnlyAuthSupported": None,
    "isFallbackPublicClient": None,
    "notes": None,
    "optionalClaims": None,
    "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
    "publicClient": {"redirectUris": []},
    "requiredResourceAccess": [],
    "samlMetadataUrl": None,
    "serviceManagementReference": None,
    "spa": {"redirectUris": []},
    "tags": [],
    "tokenEncryptionKeyId": None,
    "uniqueName": None,
    "web": {
        "homePageUrl": None,
        "logoutUrl": None,
        "redirectUris": [],
        "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False},
    },
}
SERVICE_PRINCIPAL_DEFAULTS: Document = {
    "addIns": [],
    "appDescription": None,
    "appRoleAssignmentRequired": False,
    "applicationTemplateId": None,
    "deletedDateTime": None,
    "description": None,
    "disabledByMicrosoftStatus": None,
    "homepage": None,
    "info": {},
    "loginUrl": None,
    "logoutUrl": None,
    "notes": None,
    "notificationEmailAddresses": [],
    "oauth2PermissionScopes": [],
    "preferredSingleSignOnMode": None,
    "preferredTokenSigningKeyThumbprint": None,
    "replyUrls": [],
    "resourceSpecificApplicationPermissions": [],
    "samlSingleSignOnSettings": None,
    "signInAudience": None,
    "tags": [],
    "tokenEncryptionKeyId": None,
}


def application(one: Application, tenant: Tenant) -> Document:
    """An application registration."""
    shown = {**APPLICATION_DEFAULTS, **one.body}
    version = one.token_version if one.token_version != 1 else None
    own: Document = {
        "id": one.object_id,
        "appId": one.client_id,
        "createdDateTime": moment(one.created_at) if one.created_at else None,
        "displayName": one.name,
        "identifierUris": list(one.identifier_uris),
        "keyCredentials": keys(one, of_service_principal=False),
        "passwordCredentials": passwords(one, of_service_principal=False),
        "publisherDomain": domain_of(tenant),
        "signInAudience": "AzureADMyOrg",
    }
    api = {"oauth2PermissionScopes": [], **(shown["api"] or {}), "requestedAccessTokenVersion": version}
    return {**shown, **own, "api": api}


def passwords(one: Application, *, of_service_principal: bool) -> list[Document]:
    """The client secrets of one of an application's two objects: all about them but themselves."""
    return [password(kept) for kept in one.secrets if kept.of_service_principal == of_service_principal]


def password(kept: ApplicationPassword, text: str | None = None) -> Document:
    """A client secret; its ``text`` where it has just been made, and never again."""
    return {
        "customKeyIdentifier": None,
        "displayName": kept.display_name,
        "endDateTime": moment(kept.ends_at),
        "hint": kept.hint or None,
        "keyId": kept.key_id,
        "secretText": text,
        "startDateTime": moment(kept.starts_at),
    }


def keys(one: Application, *, of_service_principal: bool) -> list[Document]:
    """The certificates of one of an application's two objects."""
    return [_key(kept) for kept in one.certificates if kept.of_service_principal == of_service_principal]


def key_id_of(kept: ApplicationCertificate) -> str:
    """The key id of a certificate; a declared one's follows from its bytes."""
    return kept.key_id or str(uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(kept.der).hexdigest()))


def _key(kept: ApplicationCertificate) -> Document:
    certificate = client_certificate(kept.der)
    starts = kept.starts_at if kept.starts_at is not None else int(certificate.not_before)
    ends = kept.ends_at if kept.ends_at is not None else int(certificate.not_after)
    return {
        "customKeyIdentifier": certificate.thumbprint,
        "displayName": kept.display_name if kept.key_id else DECLARED,
        "endDateTime": moment(ends),
        "key": None,
        "keyId": key_id_of(kept),
        "startDateTime": moment(starts),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }


def service_principal(
    holder: Application | ManagedIdentity, tenant: Tenant, *, enabled: bool = True
) -> Document:
    """What an application signs in as, or a managed identity."""
    own = _of_identity(holder) if isinstance(holder, ManagedIdentity) else _of_application(holder, tenant)
    return {
        **SERVICE_PRINCIPAL_DEFAULTS,
        "id": holder.principal_id,
        "accountEnabled": enabled,
        "appId": holder.client_id,
        "displayName": holder.name,
        **own,
    }


def _of_application(one: Application, tenant: Tenant) -> Document:
    return {
        **one.service_principal_body,
        "alternativeNames": [],
        "appDisplayName": one.name,
        "appOwnerOrganizationId": tenant.tenant_id,
        "appRoles": one.body.get("appRoles", []),
        "createdDateTime": moment(one.created_at) if one.created_at else None,
        "keyCredentials": keys(one, of_service_principal=True),
        "passwordCredentials": passwords(one, of_service_principal=True),
        "servicePrincipalNames": [one.client_id, *one.identifier_uris],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
    }


def _of_identity(one: ManagedIdentity) -> Document:
    explicit = one.kind is IdentityKind.USER_ASSIGNED
    return {
        "alternativeNames": [f"isExplicit={explicit}", one.resource_id],
        "appDisplayName": None,
        "appOwnerOrganizationId": None,
        "appRoles": [],
        "createdDateTime": None,
        "keyCredentials": [],
        "passwordCredentials": [],
        "servicePrincipalNames": [one.client_id],
        "servicePrincipalType": "ManagedIdentity",
    }


def graph_itself(tenant: Tenant) -> Document:
    """The service principal of Microsoft Graph, whose application permissions can be given."""
    roles = [
        {
            "allowedMemberTypes": ["Application"],
            "description": one.name,
            "displayName": one.name,
            "id": one.id,
            "isEnabled": True,
            "origin": "Application",
            "value": one.name,
        }
        for one in graph_permissions()
    ]
    holder = Application("Microsoft Graph", GRAPH_CLIENT_ID, graph_principal_id(tenant))
    names = [GRAPH_CLIENT_ID, "https://graph.microsoft.com", "https://graph.microsoft.com/"]
    return {**service_principal(holder, tenant), "appRoles": roles, "servicePrincipalNames": names}


def graph_principal_id(tenant: Tenant) -> str:
    """The object id of Microsoft Graph's service principal in a tenant."""
    return str(uuid.uuid5(uuid.UUID(GRAPH_CLIENT_ID), tenant.tenant_id.casefold()))


def user(one: User, *, enabled: bool = True) -> Document:
    """A person."""
    return {
        "businessPhones": [],
        "displayName": one.display_name,
        "givenName": None,
        "jobTitle": None,
        "mail": None,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "surname": None,
        "userPrincipalName": one.user_principal_name,
        "id": one.principal_id,
        "accountEnabled": enabled,
        "mailNickname": one.user_principal_name.partition("@")[0],
        "userType": "Member",
        "onPremisesSyncEnabled": None,
        "otherMails": [],
        "proxyAddresses": [],
        "usageLocation": None,
    }


def group(one: Group) -> Document:
    """A security group."""
    return {
        "id": one.principal_id,
        "classification": None,
        "createdDateTime": None,
        "creationOptions": [],
        "deletedDateTime": None,
        "description": one.description or None,
        "displayName": one.display_name,
        "expirationDateTime": None,
        "groupTypes": [],
        "isAssignableToRole": None,
        "mail": None,
        "mailEnabled": False,
        "mailNickname": one.mail_nickname or one.principal_id[:8],
        "membershipRule": None,
        "membershipRuleProcessingState": None,
        "onPremisesSyncEnabled": None,
        "preferredDataLocation": None,
        "preferredLanguage": None,
        "proxyAddresses": [],
        "renewedDateTime": None,
        "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [],
        "securityEnabled": True,
        "securityIdentifier": _security_identifier(one.principal_id),
        "theme": None,
        "uniqueName": None,
        "visibility": None,
    }


def _security_identifier(object_id: str) -> str:
    """The SID that follows from an object id: its bytes as four numbers, least significant byte first."""
    try:
        raw = uuid.UUID(object_id).bytes_le
    except ValueError:
        return ""
    numbers = (int.from_bytes(raw[at : at + 4], "little") for at in range(0, 16, 4))
    return "S-1-12-1-" + "-".join(map(str, numbers))


def principal(one: KnownPrincipal, tenant: Tenant) -> Document:
    """Any principal, with its type."""
    holder = one.holder
    if isinstance(holder, User):
        return {"@odata.type": "#microsoft.graph.user", **user(holder)}
    if isinstance(holder, Group):
        return {"@odata.type": "#microsoft.graph.group", **group(holder)}
    return {"@odata.type": "#microsoft.graph.servicePrincipal", **service_principal(holder, tenant)}


def domain_of(tenant: Tenant) -> str:
    """The tenant's own domain."""
    return tenant.name if "." in tenant.name else f"{tenant.name}.onmicrosoft.com"
