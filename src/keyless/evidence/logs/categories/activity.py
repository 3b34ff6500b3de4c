"""Azure's activity log: what was done through Resource Manager. It has writes, deletes and actions, never
reads.

Rules:
- the action is the one that was authorized (`authorization.action`), or else the operation's name, which is
  one;
- a call is logged when it starts and when it ends (and in between, where it runs long): steps of one call
  have the correlation id, the operation id, the action and the scope in common. The last counts, once.
  Where the log has only its start, nothing is known of how it ended;
- Resource Manager decides on access before it hands a call on, so that one which failed was allowed, unless
  it failed as forbidden or unauthorized. What a policy forbade (`RequestDisallowedByPolicy`) access did not;
- a call that could have been refused earlier (a bad request, throttling) shows nothing;
- the scope is what was authorized. For what lies upon another thing (role assignments, locks, diagnostic
  settings) and for deployments that is the thing itself, or the group; for what the call made, the group
  that it was made in: a role can be assigned there beforehand;
- categories other than `Administrative` are no accesses.

Sources: https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema and
https://learn.microsoft.com/azure/azure-monitor/reference/tables/azureactivity
"""

from __future__ import annotations

from keyless.evidence.logs.categories.claims import PERSON, claims_at
from keyless.evidence.logs.category import Category, Columns
from keyless.evidence.logs.expressions import guid

_OTHERS = ("policy", "security", "servicehealth", "alert", "recommendation", "autoscale", "resourcehealth")
_KIND = "lower(coalesce({kind}, ''))"
_IS_OTHER = f"{_KIND} IN ({', '.join(repr(other) for other in _OTHERS)})"
_ACTION = "coalesce({authorized_action}, {name})"
_STATUS = "lower(coalesce({status}, ''))"
_HOW = "lower(coalesce({substatus}, '') || ' ' || coalesce({code}, ''))"
_BY_POLICY = "contains(coalesce({message}, ''), 'RequestDisallowedByPolicy')"
_PLACE = "coalesce({authorized_scope}, {resource})"
_MADE = "made:"
_UPON = (
    "microsoft.authorization",
    "microsoft.resources/deployments",
    "microsoft.insights/diagnosticsettings",
)


def _says(*words: str) -> str:
    each = (f"contains({_HOW}, '{word}')" for word in words)
    return f"({' OR '.join(each)})"


_REFUSED = _says("forbidden", "unauthorized", "403", "401")
_EARLY = _says("badrequest", "bad request", "400", "toomany", "too many", "429")


def place(scope: str) -> str:
    """Where what was authorized takes a role: at what it lies upon, or at the group that it was made in."""
    made = scope.startswith(_MADE)
    found = _upon(scope.removeprefix(_MADE))
    before, provider, _ = found.lower().partition("/providers/")
    return found[: len(before)] if made and provider and before else found


def _upon(scope: str) -> str:
    """A scope without what lies upon it: another provider's resource, an assignment, a deployment."""
    lowered = scope.lower()
    first, last = lowered.find("/providers/"), lowered.rfind("/providers/")
    if 0 < first < last:
        return _upon(scope[:last])
    if lowered[last:].removeprefix("/providers/").startswith(_UPON) and last > 0:
        return scope[:last]
    return scope


ACTIVITY = Category(
    name="ActivityLog",
    names=frozenset({"administrative", "write", "delete", "action", "azureactivity", *_OTHERS}),
    marks=("OperationNameValue", "ActivityStatusValue"),
    fields={
        **claims_at("claims.", "identity.claims.", "Claims_d > ", "Claims > "),
        "time": ("eventTimestamp", "time", "TimeGenerated"),
        "kind": ("category.value", "category", "CategoryValue", "Category"),
        "authorized_action": (
            "authorization.action",
            "identity.authorization.action",
            "Authorization_d > action",
            "Authorization > action",
        ),
        "authorized_scope": (
            "authorization.scope",
            "identity.authorization.scope",
            "Authorization_d > scope",
            "Authorization > scope",
        ),
        "name": ("operationName.value", "operationName", "OperationNameValue", "OperationName"),
        "resource": ("resourceId", "_ResourceId", "ResourceId"),
        "status": ("status.value", "status", "resultType", "ActivityStatusValue", "ActivityStatus"),
        "substatus": ("subStatus.value", "subStatus", "resultSignature", "ActivitySubstatusValue"),
        "code": ("properties.statusCode", "Properties_d > statusCode", "Properties > statusCode"),
        "message": ("properties.statusMessage", "Properties_d > statusMessage", "Properties > statusMessage"),
        "caller": ("caller", "Caller"),
        "correlation": ("correlationId", "CorrelationId"),
        "operation": ("operationId", "properties.operationId", "OperationId"),
        "event": ("eventDataId", "EventDataId"),
    },
    columns=Columns(
        time="{time}",
        operation=f"CASE WHEN {_IS_OTHER} THEN {{kind}} ELSE {_ACTION} END",
        action=f"CASE WHEN NOT {_IS_OTHER} THEN {_ACTION} END",
        scope=(
            f"CASE WHEN {_ACTION} ILIKE '%/write' AND {_says('created', '201')} THEN '{_MADE}' ELSE '' END"
            f" || {_PLACE}"
        ),
        outcome=(
            f"CASE WHEN {_STATUS} IN ('succeeded', 'success', 'accepted', 'accept', 'in progress') "
            f"THEN 'allowed' WHEN {_STATUS} NOT IN ('failed', 'failure') THEN NULL "
            f"WHEN {_BY_POLICY} THEN 'allowed' WHEN {_REFUSED} THEN 'denied' "
            f"WHEN NOT {_EARLY} THEN 'allowed' END"
        ),
        caller=f"coalesce({guid('{oid}')}, {guid('{caller}')})",
        app=guid("{app}"),
        identity="{mirid}",
        person=f"({PERSON} OR contains(coalesce({{caller}}, ''), '@'))",
        event="{event}",
        call=(
            "CASE WHEN {correlation} IS NOT NULL THEN "
            f"lower(concat_ws('|', {{correlation}}, {{operation}}, {_ACTION}, {_PLACE})) END"
        ),
        final=f"{_STATUS} IN ('succeeded', 'success', 'failed', 'failure')",
    ),
    on_data_plane=False,
    place=place,
)
