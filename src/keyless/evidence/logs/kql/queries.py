"""The queries, one for each table (or set of tables) that the import knows.

What the columns are, the tables' own pages say: https://learn.microsoft.com/azure/azure-monitor/reference/tables-index
"""

from __future__ import annotations

from keyless.evidence.logs.kql.query import Query, literal, packed, part

_CLAIMS = (
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
    "oid",
    "appid",
    "azp",
    "xms_mirid",
    "idtyp",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "upn",
    "http://schemas.microsoft.com/identity/claims/scope",
    "scp",
)
_OBJECT_OF_VAULT = r"^(https?://[^/?]+/[^/?]+/[^/?]+)"
_CLAIM = literal('{"claim":')
_BY_POLICY = literal("RequestDisallowedByPolicy")
_STATUS_OF_CALL = (
    'extend Properties = tostring(bag_pack("statusCode", tostring(Properties_d.statusCode), '
    f'"statusMessage", iff(tostring(Properties_d.statusMessage) has {_BY_POLICY}, {_BY_POLICY}, "")))'
)
_PATH, _USER, _IS_USER = r"^https?://[^/]+(/[^/?]*)", '[{"type":"User"}]', r'"type"\s*:\s*"User"'
_OBJECT_OF_URI = (
    'extend ObjectKey = iff(isempty(ObjectKey), strcat("/", AccountName, '
    f"extract({literal(_PATH)}, 1, Uri)), ObjectKey)"
)
_PERSONS_ALONE = (
    "extend AuthorizationDetails = iff(tostring(AuthorizationDetails) matches regex "
    f'{literal(_IS_USER)}, {literal(_USER)}, "")'
)
_REQUEST = r"^(https?://[^/]+/[a-z]+)"
_KIND_OF_REQUEST = (
    f"extend RequestURI = strcat(extract({literal(_REQUEST)}, 1, RequestURI), "
    'iff(RequestURI has "snapshot=", "?snapshot=", ""))'
)
_DIAGNOSTICS = (
    "id_s",
    "requestUri_s",
    "isAddressAuthorized_b",
    "httpStatusCode_d",
    "identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g",
    "identity_claim_oid_g",
    "identity_claim_appid_g",
    "identity_claim_xms_mirid_s",
    "identity_claim_idtyp_s",
    "identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s",
    "identity_claim_upn_s",
    "identity_claim_http_schemas_microsoft_com_identity_claims_scope_s",
    "identity_claim_scp_s",
)

ACTIVITY = Query(
    name="ActivityLog",
    category="ActivityLog",
    tables=("AzureActivity",),
    steps=(
        'where CategoryValue =~ "Administrative"',
        'where ActivityStatusValue in~ ("Success", "Succeeded", "Failure", "Failed")',
        packed("Claims", "Claims_d", _CLAIMS),
        packed("Authorization", "Authorization_d", ("action", "scope")),
        _STATUS_OF_CALL,
    ),
    keep=(
        "Type",
        "CategoryValue",
        "OperationNameValue",
        "_ResourceId",
        "ActivityStatusValue",
        "ActivitySubstatusValue",
        "Caller",
        "Claims",
        "Authorization",
        "Properties",
    ),
)
KEY_VAULT = Query(
    name="AuditEvent",
    category="AuditEvent",
    tables=("AZKVAuditLogs",),
    steps=(
        part("Id", _OBJECT_OF_VAULT),
        part("RequestUri", _OBJECT_OF_VAULT),
        "extend KeylessClaims = parse_json(tostring(Identity)).claim",
        packed("Identity", "KeylessClaims", _CLAIMS),
        f"extend Identity = strcat({_CLAIM}, Identity, {literal('}')})",
    ),
    keep=(
        "Type",
        "OperationName",
        "_ResourceId",
        "Id",
        "RequestUri",
        "HttpStatusCode",
        "ResultSignature",
        "IsAddressAuthorized",
        "Identity",
    ),
)
KEY_VAULT_DIAGNOSTICS = Query(
    name="AuditEventDiagnostics",
    category="AuditEvent",
    tables=("AzureDiagnostics",),
    steps=(
        'where ResourceProvider =~ "MICROSOFT.KEYVAULT" and Category == "AuditEvent"',
        *(f'extend {one} = tostring(column_ifexists("{one}", ""))' for one in _DIAGNOSTICS),
        part("id_s", _OBJECT_OF_VAULT),
        part("requestUri_s", _OBJECT_OF_VAULT),
    ),
    keep=("Category", "OperationName", "ResourceId", "ResultSignature", *_DIAGNOSTICS),
)
MANAGED_IDENTITIES = Query(
    name="ManagedIdentitySignInLogs",
    category="ManagedIdentitySignInLogs",
    tables=("AADManagedIdentitySignInLogs",),
    keep=("Type", "ServicePrincipalId", "AppId", "ResourceDisplayName", "ResourceIdentity", "ResultType"),
)
SERVICE_PRINCIPALS = Query(
    name="ServicePrincipalSignInLogs",
    category="ServicePrincipalSignInLogs",
    tables=("AADServicePrincipalSignInLogs",),
    keep=(
        *MANAGED_IDENTITIES.keep,
        "ClientCredentialType",
        "ServicePrincipalCredentialKeyId",
        "ServicePrincipalCredentialThumbprint",
        "FederatedCredentialId",
    ),
)
STORAGE = Query(
    name="Storage",
    category="Storage",
    tables=("StorageBlobLogs", "StorageQueueLogs", "StorageTableLogs", "StorageFileLogs"),
    steps=(
        _OBJECT_OF_URI,
        part("ObjectKey", r'^"?(/[^/]*(?:/[$A-Za-z0-9][A-Za-z0-9-]*)?)'),
        part("AuthenticationHash", r"^(key[12])"),
        'extend RequesterUpn = iff(isempty(RequesterUpn), "", "a person")',
        _PERSONS_ALONE,
    ),
    keep=(
        "Type",
        "_ResourceId",
        "ServiceType",
        "AccountName",
        "ObjectKey",
        "OperationName",
        "StatusCode",
        "AuthenticationType",
        "AuthenticationHash",
        "RequesterObjectId",
        "RequesterAppId",
        "RequesterUpn",
        "AuthorizationDetails",
    ),
)
APP_CONFIGURATION = Query(
    name="AppConfigurationRequest",
    category="AppConfigurationRequest",
    tables=("AACHttpRequest",),
    steps=(_KIND_OF_REQUEST,),
    keep=("Type", "_ResourceId", "Method", "RequestURI", "StatusCode", "ClientObjectId", "AccessKeyId"),
    count="sum(HitCount)",
)
MESSAGING = Query(
    name="RuntimeAudit",
    category="RuntimeAudit",
    tables=("AZMSRunTimeAuditLogs",),
    keep=("Type", "_ResourceId", "ActivityName", "Status", "AuthType", "AuthKey"),
    count="sum(Count)",
)
COSMOS = Query(
    name="CosmosDataPlane",
    category="CosmosDataPlane",
    tables=("CDBDataPlaneRequests",),
    keep=(
        "Type",
        "_ResourceId",
        "OperationName",
        "RequestResourceType",
        "StatusCode",
        "DatabaseName",
        "CollectionName",
        "AadPrincipalId",
        "KeyType",
        "AuthTokenType",
    ),
)
REGISTRY = Query(
    name="ContainerRegistryRepository",
    category="ContainerRegistryRepository",
    tables=("ContainerRegistryRepositoryEvents",),
    keep=("Type", "_ResourceId", "OperationName", "Identity", "ResultType", "ResultDescription"),
)

QUERIES: tuple[Query, ...] = (
    ACTIVITY,
    KEY_VAULT,
    KEY_VAULT_DIAGNOSTICS,
    MANAGED_IDENTITIES,
    SERVICE_PRINCIPALS,
    STORAGE,
    APP_CONFIGURATION,
    MESSAGING,
    COSMOS,
    REGISTRY,
)
