"""Key Vault's audit log: every request to a vault, read or write, with who made it.

Rules:
- in a storage account or an event hub the category is `AuditEvent`; in a workspace the table
  `AZKVAuditLogs`, or `AzureDiagnostics`, which spells keys with a suffix for their type (`id_s`,
  `httpStatusCode_d`);
- the object is the one that the answer named (`id`), or else the one in the request's path; lists, restoring
  from a backup, contacts and issuers are the vault's. Of the request nothing but that path is looked at;
- what the vault's firewall refused says nothing about permissions;
- the first request of a client comes without a token, to be told where to get one: it has no caller.

Sources: https://learn.microsoft.com/azure/key-vault/general/logging and
https://learn.microsoft.com/azure/azure-monitor/reference/tables/azkvauditlogs
"""

from __future__ import annotations

from keyless.evidence.logs.categories.claims import PERSON, claims_at
from keyless.evidence.logs.category import Category, Columns
from keyless.evidence.logs.expressions import guid, outcome_of

_DIAGNOSTICS = {
    "oid": (
        "identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g",
        "identity_claim_oid_g",
    ),
    "app": ("identity_claim_appid_g",),
    "mirid": ("identity_claim_xms_mirid_s",),
    "upn": (
        "identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s",
        "identity_claim_upn_s",
    ),
    "delegated": (
        "identity_claim_http_schemas_microsoft_com_identity_claims_scope_s",
        "identity_claim_scp_s",
    ),
    "idtyp": ("identity_claim_idtyp_s",),
}
_CLAIMS = claims_at("identity.claim.", "Identity > claim.")
_KINDS = "'secrets', 'keys', 'certificates', 'deletedsecrets', 'deletedkeys', 'deletedcertificates'"
_NOT_OBJECTS = "'', 'restore', 'contacts', 'issuers'"
_STATUS = (
    "coalesce({status}, CASE lower({signature}) WHEN 'ok' THEN '200' WHEN 'forbidden' THEN '403' "
    "WHEN 'unauthorized' THEN '401' WHEN 'not found' THEN '404' WHEN 'conflict' THEN '409' END)"
)


def _object_in(url: str) -> str:
    """`/secrets/name` of a vault's URL; NULL where it names no object. The URL is split once."""
    name = "lower(split_part(parts[5], '?', 1))"
    found = (
        f"CASE WHEN parts[4] IN ({_KINDS}) AND {name} NOT IN ({_NOT_OBJECTS}) "
        f"THEN '/' || replace(parts[4], 'deleted', '') || '/' || {name} END"
    )
    return f"list_transform([string_split({url}, '/')], lambda parts: {found})[1]"


KEY_VAULT = Category(
    name="AuditEvent",
    names=frozenset({"auditevent", "azkvauditlogs"}),
    provider="microsoft.keyvault",
    marks=("HttpStatusCode", "IsRbacAuthorized"),
    fields={
        **{name: (*_CLAIMS[name], *places) for name, places in _DIAGNOSTICS.items()},
        "time": ("time", "TimeGenerated"),
        "operation": ("operationName", "OperationName"),
        "resource": ("resourceId", "_ResourceId", "ResourceId"),
        "id": ("properties.id", "id_s", "Id"),
        "request": ("properties.requestUri", "requestUri_s", "RequestUri"),
        "status": ("properties.httpStatusCode", "httpStatusCode_d", "HttpStatusCode"),
        "signature": ("resultSignature", "ResultSignature"),
        "in_reach": ("properties.isAddressAuthorized", "isAddressAuthorized_b", "IsAddressAuthorized"),
        "correlation": ("correlationId", "CorrelationId"),
    },
    columns=Columns(
        time="{time}",
        operation="{operation}",
        scope=f"{{resource}} || coalesce({_object_in('{id}')}, {_object_in('{request}')}, '')",
        outcome=f"CASE WHEN lower(coalesce({{in_reach}}, 'true')) <> 'false' THEN {outcome_of(_STATUS)} END",
        caller=guid("{oid}"),
        app=guid("{app}"),
        identity="{mirid}",
        person=PERSON,
    ),
)
