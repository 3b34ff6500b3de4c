"""What is sent to and received from Service Bus and Event Hubs, counted by the minute (premium tiers alone).

Rules:
- both services log under the same category; the resource provider says which it is (``Columns.log``);
- a row stands for `Count` operations of one minute;
- `AuthKey` (`AuthId` in some) is the client id of an application, or the name of a shared access policy: who
  has that policy's key is a stored credential. Where a name stands in place of the client id, nobody can be
  found by it, and the row is counted and listed as having no caller;
- a failed operation says no more than that: it may have been refused, or the entity was not as it should be;
- the scope is the queue, topic, subscription or event hub, or the namespace where the id names none that
  Resource Manager knows.

Sources: https://learn.microsoft.com/azure/service-bus-messaging/monitor-service-bus-reference#runtime-audit-logs,
https://learn.microsoft.com/azure/event-hubs/monitor-event-hubs-reference#runtime-audit-logs and
https://learn.microsoft.com/azure/azure-monitor/reference/tables/azmsruntimeauditlogs
"""

from __future__ import annotations

from keyless.evidence.logs.category import Category, Columns
from keyless.evidence.logs.expressions import guid

_NAMESPACE_ID = "nullif(regexp_extract({resource}, '(?i)^(/.*/namespaces/[^/]+)', 1), '')"
_ENTITY_ID = (
    "nullif(regexp_extract({resource}, '(?i)^(/.*/namespaces/[^/]+/(?:"
    "queues/[^/]+|topics/[^/]+(?:/subscriptions/[^/]+)?|eventhubs/[^/]+))', 1), '')"
)
_NAMESPACE = f"lower(regexp_extract({_NAMESPACE_ID}, '([^/]+)$', 1))"
_BY_POLICY = "starts_with(lower(coalesce({auth}, '')), 'sas')"

RUNTIME_AUDIT = Category(
    name="RuntimeAudit",
    names=frozenset({"runtimeauditlogs", "azmsruntimeauditlogs"}),
    marks=("ActivityName", "AuthType", "NetworkType"),
    fields={
        "time": ("time", "Time", "Timestamp", "TimeGenerated", "TimeGenerated (UTC)", "TimeGenerated [UTC]"),
        "resource": ("resourceId", "ResourceId", "_ResourceId"),
        "operation": ("ActivityName", "properties.ActivityName"),
        "status": ("Status", "properties.Status"),
        "auth": ("AuthType", "properties.AuthType"),
        "who": ("AuthKey", "AuthId", "properties.AuthKey", "properties.AuthId"),
        "count": ("Count", "properties.Count"),
        "event": ("ActivityId", "properties.ActivityId"),
    },
    columns=Columns(
        time="regexp_replace({time}, ' [+]00:00$', '')",
        operation="{operation}",
        scope=f"coalesce({_ENTITY_ID}, {_NAMESPACE_ID})",
        outcome="CASE WHEN starts_with(lower(coalesce({status}, '')), 'succe') THEN 'allowed' END",
        app=f"CASE WHEN NOT {_BY_POLICY} THEN {guid('{who}')} END",
        key=(
            f"CASE WHEN {_BY_POLICY} AND {{who}} IS NOT NULL "
            f"THEN 'access-key:' || {_NAMESPACE} || ':' || {{who}} END"
        ),
        count="coalesce(try_cast({count} AS DOUBLE), 1)",
        event="lower({event})",
        log=(
            "CASE WHEN regexp_matches(lower({resource}), '/microsoft\\.eventhub/') THEN 'EventHubsAudit' "
            "ELSE 'ServiceBusAudit' END"
        ),
    ),
)
