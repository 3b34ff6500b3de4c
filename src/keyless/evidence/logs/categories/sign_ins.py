"""Entra's logs of sign-ins without a person: of managed identities, and of other service principals.

Rules:
- a managed identity's sign-in rests on nothing stored;
- of the others the log says what kind of credential it was (`clientCredentialType`). Where it does not, a
  federated credential's id, a certificate's thumbprint and then a key's id tell it, in this order;
- what the token was for is named as Entra names the resource; the result is 0, or the number of an error.

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
        scope="coalesce({resource}, {resource_id})",
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
