"""Entra's logs of sign-ins without a person: of managed identities, and of other service principals.

Rules:
- a managed identity's sign-in rests on nothing stored;
- of the others the log says what kind of credential it was (`clientCredentialType`). Where it does not, a
  federated credential's id, a certificate's thumbprint and then a key's id tell it, in this order;
- what the token was for is the audience of a service that is known, or what Entra calls the resource; the
  result is 0, or the number of an error.

Sources: https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadserviceprincipalsigninlogs,
https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadmanagedidentitysigninlogs and
https://learn.microsoft.com/graph/api/resources/signin
"""

from __future__ import annotations

from keyless.evidence.logs.category import Category, Columns, RowKind
from keyless.evidence.logs.expressions import guid
from keyless.model.evidence import SignInMethod, SignInOutcome

_NO_ID = "'', '00000000-0000-0000-0000-000000000000'"
_FEDERATED = f"nullif(CASE WHEN {{federated}} NOT IN ({_NO_ID}) THEN {{federated}} END, '')"
_TYPE = "lower(coalesce({type}, ''))"
_METHOD = (
    f"CASE WHEN {_FEDERATED} IS NOT NULL OR {_TYPE} = 'federatedidentitycredential' "
    f"THEN '{SignInMethod.FEDERATED_CREDENTIAL}' "
    f"WHEN {_TYPE} = 'managedidentity' THEN '{SignInMethod.MANAGED_IDENTITY}' "
    f"WHEN {{thumbprint}} IS NOT NULL OR {_TYPE} IN ('clientassertion', 'certificate') "
    f"THEN '{SignInMethod.CERTIFICATE}' "
    f"WHEN {_TYPE} = 'clientsecret' OR {{key_id}} IS NOT NULL THEN '{SignInMethod.CLIENT_SECRET}' END"
)
_AUDIENCES = {
    "022907d3-0f1b-48f7-badc-1ba6abab6d66": "https://database.windows.net",
    "35ffadb3-7fc1-497e-b61b-381d28e744cc": "https://azconfig.io",
    "00000003-0000-0000-c000-000000000000": "https://graph.microsoft.com",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013": "https://management.azure.com",
    "80369ed6-5f11-4dd9-bef3-692475845e77": "https://eventhubs.azure.net",
    "80a10ef9-8168-493d-abf9-3297c4ef6e3c": "https://servicebus.azure.net",
    "a232010e-820c-4083-83bb-3ace5fc29d0b": "https://cosmos.azure.com",
    "cfa8b339-82a2-471a-a3c9-0fc0be7a4093": "https://vault.azure.net",
    "e406a681-f3d4-42a8-90b6-c2b029497af1": "https://storage.azure.com",
}
"""The audiences of Azure's own services, by the client ids that logs have in their place."""
_KNOWN = " ".join(f"WHEN '{app}' THEN '{audience}'" for app, audience in _AUDIENCES.items())
_TARGET = f"coalesce(CASE lower({{resource_id}}) {_KNOWN} END, {{resource}}, {{resource_id}})"
_FIELDS = {
    "time": ("time", "TimeGenerated", "CreatedDateTime", "properties.createdDateTime"),
    "principal": ("properties.servicePrincipalId", "ServicePrincipalId"),
    "app": ("properties.appId", "AppId"),
    "resource": ("properties.resourceDisplayName", "ResourceDisplayName"),
    "resource_id": ("properties.resourceId", "properties.resourceIdentity", "ResourceIdentity"),
    "result": ("properties.status.errorCode", "resultType", "ResultType"),
    "type": ("properties.clientCredentialType", "ClientCredentialType"),
    "key_id": ("properties.servicePrincipalCredentialKeyId", "ServicePrincipalCredentialKeyId"),
    "thumbprint": (
        "properties.servicePrincipalCredentialThumbprint",
        "ServicePrincipalCredentialThumbprint",
    ),
    "federated": ("properties.federatedCredentialId", "FederatedCredentialId"),
    "event": ("properties.id", "Id"),
}


def _columns(method: str, by: str) -> Columns:
    return Columns(
        time="{time}",
        operation=method,
        scope=f"CASE WHEN {{result}} IN ('0', 'Success') THEN {_TARGET} END",
        outcome=(
            f"CASE WHEN {{result}} IN ('0', 'Success') THEN '{SignInOutcome.SUCCEEDED}' "
            f"WHEN {{result}} IS NOT NULL THEN '{SignInOutcome.FAILED}' END"
        ),
        caller=guid("{principal}"),
        app=guid("{app}"),
        event="{event}",
        by=by,
        error="CASE WHEN {result} NOT IN ('0', 'Success') THEN {result} END",
    )


MANAGED_IDENTITIES = Category(
    name="ManagedIdentitySignInLogs",
    names=frozenset({"managedidentitysigninlogs", "aadmanagedidentitysigninlogs"}),
    kind=RowKind.SIGN_IN,
    fields=_FIELDS,
    columns=_columns(f"'{SignInMethod.MANAGED_IDENTITY}'", "''"),
)
SERVICE_PRINCIPALS = Category(
    name="ServicePrincipalSignInLogs",
    names=frozenset({"serviceprincipalsigninlogs", "aadserviceprincipalsigninlogs"}),
    kind=RowKind.SIGN_IN,
    marks=("ServicePrincipalCredentialKeyId", "ServicePrincipalId"),
    fields=_FIELDS,
    columns=_columns(_METHOD, f"coalesce({_FEDERATED}, {{thumbprint}}, {{key_id}})"),
)
