"""Requests to storage accounts: blobs (Data Lake Storage too), queues, tables and files.

Rules:
- all four services log under the same three categories (`StorageRead`, `StorageWrite`, `StorageDelete`), and
  to a table each: the resource id, the table or `serviceType` says which it is (``Columns.log``);
- what an operation needs is the least that would do: the log's own `authorization` names the action that the
  service happened to ask a role for, and where one of two suffices that need not be the lesser one;
- an account key and a shared access signature are stored credentials; which key it was, the hash of the
  token begins with (`key1(…)`). A signature that an identity delegated has that identity as its requester;
- the scope is the container, queue, table or share, because roles are given at these, and not at what lies in
  them. What makes one, or lists them, is done to the account;
- of a URL the path alone is looked at: its query can hold a signature.

Sources: https://learn.microsoft.com/azure/storage/blobs/monitor-blob-storage-reference#resource-logs and
https://learn.microsoft.com/azure/azure-monitor/reference/tables/storagebloblogs
"""

from __future__ import annotations

from keyless.evidence.logs.category import Category, Columns
from keyless.evidence.logs.expressions import guid, outcome_of, url_path

_SERVICES = {
    "blob": ("StorageBlob", "/blobServices/default/containers/"),
    "queue": ("StorageQueue", "/queueServices/default/queues/"),
    "table": ("StorageTable", "/tableServices/default/tables/"),
    "file": ("StorageFile", "/fileServices/default/fileshares/"),
}
_AT_ACCOUNT = (
    "'createcontainer', 'restorecontainer', 'createfilesystem', 'createqueue', 'createtable', 'createshare'"
)
_AUTH = "replace(lower(coalesce({auth}, '')), ' ', '')"
_BY_KEY = f"{_AUTH} IN ('accountkey', 'accesskey', 'sharedkey')"
_BY_SIGNATURE = f"{_AUTH} IN ('sas', 'saskey')"
_ACCOUNT_ID = "nullif(regexp_extract({resource}, '(?i)^(/.*/storageaccounts/[^/]+)', 1), '')"
_ACCOUNT = f"lower(coalesce({{account}}, regexp_extract({_ACCOUNT_ID}, '([^/]+)$', 1)))"
_KEY = "coalesce(nullif(regexp_extract(lower({hash}), '^(key[12])', 1), ''), 'key')"


def _first(*expressions: str) -> str:
    """The first of several texts that is not empty."""
    return f"coalesce({', '.join(f'nullif({one}, {chr(39) * 2})' for one in expressions)})"


_SERVICE = _first(
    "regexp_extract(lower({resource}), '/(blob|queue|table|file)services', 1)",
    "regexp_extract(lower({table}), '^storage(blob|queue|table|file)logs$', 1)",
    "regexp_extract(lower({service}), '^(blob|queue|table|file)', 1)",
)
_OBJECT = _first(
    "regexp_extract({object}, '^\"?/[^/]*/([$A-Za-z0-9][A-Za-z0-9-]*)', 1)",
    f"regexp_extract({url_path('{uri}')}, '^/([$A-Za-z0-9][A-Za-z0-9-]*)', 1)",
)
_IS_OBJECT = (
    f"lower(coalesce({_OBJECT}, '')) NOT IN ('', 'tables', '$batch') "
    f"AND lower(coalesce({{operation}}, '')) NOT IN ({_AT_ACCOUNT})"
)


def _by_service(at: int) -> str:
    """One of two texts about each service, for the row's service."""
    cases = " ".join(f"WHEN '{service}' THEN '{texts[at]}'" for service, texts in _SERVICES.items())
    return f"CASE {_SERVICE} {cases} END"


STORAGE = Category(
    name="Storage",
    names=frozenset(
        {"storageread", "storagewrite", "storagedelete"} | {f"storage{service}logs" for service in _SERVICES}
    ),
    provider="microsoft.storage",
    marks=("ObjectKey", "AuthenticationType", "ServiceType"),
    fields={
        "time": ("time", "TimeGenerated"),
        "resource": ("resourceId", "_ResourceId"),
        "table": ("Type",),
        "service": ("properties.serviceType", "ServiceType"),
        "operation": ("operationName", "OperationName"),
        "status": ("statusCode", "StatusCode"),
        "auth": ("identity.type", "AuthenticationType"),
        "hash": ("identity.tokenHash", "AuthenticationHash"),
        "authorization": ("identity.authorization", "AuthorizationDetails"),
        "caller": ("identity.requester.objectId", "RequesterObjectId"),
        "app": ("identity.requester.appId", "identity.requester.appID", "RequesterAppId"),
        "upn": ("identity.requester.upn", "RequesterUpn"),
        "account": ("properties.accountName", "AccountName"),
        "object": ("properties.objectKey", "ObjectKey"),
        "uri": ("uri", "Uri"),
        "correlation": ("correlationId", "CorrelationId"),
        "number": ("properties.operationCount", "OperationCount"),
    },
    columns=Columns(
        time="{time}",
        operation="{operation}",
        scope=(
            f"{_ACCOUNT_ID} || CASE WHEN {_IS_OBJECT} "
            f"THEN coalesce({_by_service(1)} || {_OBJECT}, '') ELSE '' END"
        ),
        outcome=outcome_of("{status}"),
        caller=guid("{caller}"),
        app=guid("{app}"),
        key=(
            f"CASE WHEN {_BY_KEY} THEN 'access-key:' || {_ACCOUNT} || ':' || {_KEY} "
            f"WHEN {_BY_SIGNATURE} THEN 'access-key:' || {_ACCOUNT} || ':sas-' || {_KEY} END"
        ),
        person=(
            "({upn} IS NOT NULL OR "
            'coalesce(regexp_matches({authorization}, \'"type"\\s*:\\s*"User"\'), false))'
        ),
        event=(
            "CASE WHEN {correlation} IS NOT NULL "
            "THEN lower(concat_ws('|', {correlation}, {operation}, {number})) END"
        ),
        log=_by_service(0),
    ),
)
