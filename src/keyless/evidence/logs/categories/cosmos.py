"""What is done with the data of Cosmos DB accounts.

Rules:
- the operation is what was asked of which kind of thing (`Document.Query`);
- actions are those of Cosmos DB's own roles, at the container: Azure RBAC does not reach them, and a plan
  makes grants of the service's own of them;
- who has no object id came with an account key, which is named where the row names it. What the service does
  by itself has a system key, and no caller.

Sources: https://learn.microsoft.com/azure/cosmos-db/monitor-reference#resource-logs,
https://learn.microsoft.com/azure/azure-monitor/reference/tables/cdbdataplanerequests and
https://learn.microsoft.com/azure/cosmos-db/how-to-setup-rbac#audit-data-requests
"""

from __future__ import annotations

from keyless.evidence.logs.category import Category, Columns
from keyless.evidence.logs.expressions import guid, outcome_of

_ACCOUNT_ID = "nullif(regexp_extract({resource}, '(?i)^(/.*/databaseaccounts/[^/]+)', 1), '')"
_ACCOUNT = f"lower(regexp_extract({_ACCOUNT_ID}, '([^/]+)$', 1))"
_NAME = "'^[^/\\\\\\\\?#]+$'"
_DATABASE = (
    f"CASE WHEN regexp_matches({{database}}, {_NAME}) THEN '/sqlDatabases/' || {{database}} ELSE '' END"
)
_CONTAINER = (
    f"CASE WHEN regexp_matches({{database}}, {_NAME}) AND regexp_matches({{container}}, {_NAME}) "
    "THEN '/containers/' || {container} ELSE '' END"
)
_KEY = "regexp_extract(lower(coalesce({key}, {token}, '')), '^((?:primary|secondary)[a-z]*)$', 1)"

COSMOS = Category(
    name="CosmosDataPlane",
    names=frozenset({"dataplanerequests", "cdbdataplanerequests"}),
    provider="microsoft.documentdb",
    marks=("RequestResourceType", "AadPrincipalId"),
    fields={
        "time": ("time", "TimeGenerated"),
        "resource": ("resourceId", "_ResourceId", "ResourceId"),
        "operation": ("operationName", "OperationName"),
        "of": ("properties.requestResourceType", "requestResourceType_s", "RequestResourceType"),
        "status": ("properties.statusCode", "statusCode_s", "StatusCode"),
        "database": ("properties.databaseName", "databaseName_s", "databasename_s", "DatabaseName"),
        "container": ("properties.collectionName", "collectionName_s", "collectionname_s", "CollectionName"),
        "caller": ("properties.aadPrincipalId", "aadPrincipalId_g", "AadPrincipalId"),
        "key": ("properties.keyType", "keyType_s", "KeyType"),
        "token": ("properties.authTokenType", "authTokenType_s", "AuthTokenType"),
        "event": ("properties.activityId", "activityId_g", "ActivityId"),
    },
    columns=Columns(
        time="{time}",
        operation="coalesce({of}, 'Document') || '.' || {operation}",
        scope=f"{_ACCOUNT_ID} || {_DATABASE} || {_CONTAINER}",
        outcome=outcome_of("{status}"),
        caller=guid("{caller}"),
        key=f"CASE WHEN {_KEY} <> '' THEN 'access-key:' || {_ACCOUNT} || ':' || {_KEY} END",
        event="CASE WHEN {event} IS NOT NULL THEN lower(concat_ws('|', {event}, {of}, {operation})) END",
    ),
)
