"""Requests to configuration stores, which come counted: a row is what one caller asked in the same way.

Rules:
- a row stands for `HitCount` requests of one period, beginning at its time;
- what was asked is the method and the first part of the path (`GET kv`); a list of a snapshot's key-values
  (`?snapshot=`) is a reading of the snapshot;
- the scope is the store: a role can be given at nothing below it;
- who has no object id and an access key's id came with that key;
- the audit category tells of writes that are among the requests, too; its operations are not documented, so
  that it is counted and listed as not known.

Sources: https://learn.microsoft.com/azure/azure-monitor/reference/tables/aachttprequest,
https://learn.microsoft.com/azure/azure-monitor/reference/tables/aacaudit and
https://learn.microsoft.com/azure/azure-app-configuration/monitor-app-configuration-reference
"""

from __future__ import annotations

from keyless.evidence.logs.category import Category, Columns
from keyless.evidence.logs.expressions import guid, outcome_of, url_path

_PROVIDER = "microsoft.appconfiguration"
_STORE_ID = "nullif(regexp_extract({resource}, '(?i)^(/.*/configurationstores/[^/]+)', 1), '')"
_STORE = f"lower(regexp_extract({_STORE_ID}, '([^/]+)$', 1))"
_PATH = (
    f"coalesce(nullif(regexp_extract({url_path('{uri}')}, '^/([a-z]+)', 1), ''), "
    "nullif(regexp_extract({uri}, '^/([a-z]+)', 1), ''))"
)
_ASKED = (
    f"CASE WHEN {_PATH} = 'kv' AND upper({{method}}) IN ('GET', 'HEAD') "
    "AND regexp_matches({uri}, '[?&]snapshot=') THEN 'snapshots' "
    f"ELSE {_PATH} END"
)

APP_CONFIGURATION_REQUEST = Category(
    name="AppConfigurationRequest",
    names=frozenset({"httprequest", "aachttprequest"}),
    provider=_PROVIDER,
    marks=("RequestURI", "HitCount"),
    fields={
        "time": ("time", "TimeGenerated"),
        "resource": ("resourceId", "_ResourceId"),
        "method": ("properties.method", "method", "Method"),
        "uri": ("properties.requestURI", "properties.requestUri", "requestURI", "RequestURI"),
        "status": ("properties.statusCode", "statusCode", "StatusCode"),
        "hits": ("properties.hitCount", "hitCount", "HitCount"),
        "caller": ("properties.clientObjectId", "clientObjectId", "ClientObjectId"),
        "key": ("properties.accessKeyId", "accessKeyId", "AccessKeyId"),
        "request": ("properties.requestId", "requestId", "RequestId"),
    },
    columns=Columns(
        time="{time}",
        operation=f"upper({{method}}) || ' ' || {_ASKED}",
        scope=_STORE_ID,
        outcome=outcome_of("{status}"),
        caller=guid("{caller}"),
        key=f"CASE WHEN {{key}} IS NOT NULL THEN 'access-key:' || {_STORE} || ':' || {{key}} END",
        count="coalesce(try_cast({hits} AS DOUBLE), 1)",
        event="lower({request})",
    ),
)

APP_CONFIGURATION_AUDIT = Category(
    name="AppConfigurationAudit",
    names=frozenset({"audit", "aacaudit"}),
    provider=_PROVIDER,
    marks=("CallerIdentity", "TargetResource", "EventCategory"),
    fields={
        "time": ("time", "TimeGenerated"),
        "resource": ("resourceId", "_ResourceId"),
        "operation": ("operationName", "OperationName"),
        "request": ("properties.requestId", "RequestId"),
    },
    columns=Columns(
        time="{time}", operation="{operation}", scope=_STORE_ID, outcome="NULL", event="lower({request})"
    ),
)
