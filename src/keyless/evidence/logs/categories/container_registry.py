"""What is pulled from, pushed to and deleted in container registries, and who signed in there.

Rules:
- `identity` is a GUID of an application or a managed identity, the name of a person, or else of the
  registry's admin user or of a token: these two have passwords, which are stored credentials;
- actions are those of registries whose roles reach all repositories (`AcrPull`, `AcrPush`, `AcrDelete`);
- a push asks for pulling, too: clients look first which layers are there.

Sources: https://learn.microsoft.com/azure/container-registry/monitor-container-registry-reference and
https://learn.microsoft.com/azure/azure-monitor/reference/tables/containerregistryrepositoryevents
"""

from __future__ import annotations

from dataclasses import replace

from keyless.evidence.logs.category import Category, Columns
from keyless.evidence.logs.expressions import guid

_REGISTRY_ID = "nullif(regexp_extract({resource}, '(?i)^(/.*/registries/[^/]+)', 1), '')"
_REGISTRY = f"lower(regexp_extract({_REGISTRY_ID}, '([^/]+)$', 1))"
_IS_PERSON = "contains(coalesce({who}, ''), '@')"
_STATUS = "lower(coalesce({result}, '') || ' ' || coalesce({detail}, ''))"

_COLUMNS = Columns(
    time="{time}",
    operation="replace({operation}, ' ', '')",
    scope=_REGISTRY_ID,
    outcome=(
        f"CASE WHEN regexp_matches({_STATUS}, '40[13]|unauthorized|forbidden|denied') THEN 'denied' "
        f"WHEN regexp_matches({_STATUS}, '2[0-9][0-9]|succe') THEN 'allowed' END"
    ),
    app=guid("{who}"),
    key=(
        f"CASE WHEN {{who}} IS NOT NULL AND NOT {_IS_PERSON} AND {guid('{who}')} IS NULL "
        f"THEN 'access-key:' || {_REGISTRY} || ':' || {{who}} END"
    ),
    person=_IS_PERSON,
    event=(
        "CASE WHEN {correlation} IS NOT NULL THEN "
        "lower(concat_ws('|', {correlation}, {operation}, {repository}, {tag}, {digest})) END"
    ),
)

REGISTRY_REPOSITORY = Category(
    name="ContainerRegistryRepository",
    names=frozenset({"containerregistryrepositoryevents"}),
    marks=("LoginServer", "Repository", "Digest"),
    fields={
        "time": ("time", "TimeGenerated"),
        "resource": ("resourceId", "_ResourceId"),
        "operation": ("operationName", "OperationName"),
        "who": ("identity", "properties.identity", "Identity"),
        "result": ("resultType", "ResultType"),
        "detail": ("resultDescription", "ResultDescription"),
        "correlation": ("correlationId", "CorrelationId"),
        "repository": ("properties.repository", "repository", "Repository"),
        "tag": ("properties.tag", "tag", "Tag"),
        "digest": ("properties.digest", "digest", "Digest"),
    },
    columns=_COLUMNS,
)

REGISTRY_LOGIN = replace(
    REGISTRY_REPOSITORY,
    name="ContainerRegistryLogin",
    names=frozenset({"containerregistryloginevents"}),
    marks=("LoginServer", "JwtId"),
)
