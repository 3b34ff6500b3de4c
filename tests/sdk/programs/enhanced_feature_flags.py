"""Does with feature flags that are resources of their own all that their client can, and prints what it saw.

It runs under the Python of the Azure CLI, whose client knows them.
"""

from __future__ import annotations

import json
import os
from typing import Any

from azure.appconfiguration import (
    FeatureFilter,
    FeatureFlag,
    FeatureFlagAllocation,
    FeatureFlagClient,
    FeatureFlagConditions,
    FeatureFlagTelemetryConfiguration,
    FeatureFlagVariantDefinition,
    PercentileAllocation,
)
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError

OFF = ["page", "prod", False, "who sees it", {"org": "shop"}]
CONNECTION = os.environ["APPCONFIG_CONNECTION_STRING"]


def whole() -> FeatureFlag:
    """A flag with everything that there is."""
    return FeatureFlag(
        name="page",
        enabled=True,
        label="prod",
        description="who sees it",
        conditions=FeatureFlagConditions(
            requirement_type="Any", filters=[FeatureFilter(name="Mine", parameters={"a": "b"})]
        ),
        variants=[
            FeatureFlagVariantDefinition(name="small", value="10"),
            FeatureFlagVariantDefinition(name="big"),
        ],
        allocation=FeatureFlagAllocation(
            default_when_enabled="big",
            percentile=[PercentileAllocation(variant="small", percentile_from=0, percentile_to=50)],
        ),
        telemetry=FeatureFlagTelemetryConfiguration(enabled=True, metadata={"team": "web"}),
        tags={"org": "shop"},
    )


def shown(flag: FeatureFlag | None) -> dict[str, Any] | None:
    """A flag, without what differs from run to run."""
    if flag is None:
        return None
    conditions, allocation, telemetry = flag.conditions, flag.allocation, flag.telemetry
    return {
        "name": [flag.name, flag.label, flag.enabled, flag.description, flag.tags],
        "filters": [[one.name, one.parameters] for one in (conditions.filters if conditions else None) or []],
        "variants": [[one.name, one.value] for one in flag.variants or []],
        "default": allocation.default_when_enabled if allocation else None,
        "telemetry": telemetry.metadata if telemetry else None,
        "known": flag.etag is not None and flag.last_modified is not None,
    }


def status_of(call: Any, *args: Any, **kwargs: Any) -> int | None:
    """The status of the error that a call ends with."""
    try:
        call(*args, **kwargs)
    except HttpResponseError as error:
        return error.status_code
    return None


def work(client: FeatureFlagClient) -> dict[str, Any]:
    """Add, read, change, list and delete."""
    added = client.add_feature_flag(whole())
    again = status_of(client.add_feature_flag, whole())
    same = client.get_feature_flag("page", "prod", added.etag, MatchConditions.IfModified)
    changed = whole()
    changed.enabled = False
    client.set_feature_flag(changed, MatchConditions.IfNotModified, etag=added.etag)
    stale = status_of(client.set_feature_flag, whole(), MatchConditions.IfNotModified, etag=added.etag)
    for number in range(101):
        client.set_feature_flag(FeatureFlag(name=f"many{number:03d}", enabled=True))
    etags = pages_of(client)
    return {
        "added": shown(added),
        "again": again,
        "same": same,
        "stale": stale,
        "named": [[one.name, one.enabled] for one in client.list_feature_flags(name_filter="p*")],
        "tagged": [one.name for one in client.list_feature_flags(tags_filter=["org=shop"])],
        "pages": len(etags),
        "changed pages": len(pages_of(client, match_conditions=etags)),
        "revisions": [one.enabled for one in client.list_feature_flag_revisions(name_filter="page")],
        "labels": [one.name for one in client.list_labels()],
        "deleted": shown(client.delete_feature_flag("page", "prod")) == {**(shown(added) or {}), "name": OFF},
        "deleted again": client.delete_feature_flag("page", "prod"),
        "missing": status_of(client.get_feature_flag, "page", "prod"),
    }


def pages_of(client: FeatureFlagClient, **conditions: Any) -> list[Any]:
    """The etags of the pages that are sent."""
    pages = client.list_feature_flags(name_filter="many*").by_page(**conditions)
    return [pages.etag for page in pages if list(page)]


def main() -> None:
    """Do all of it."""
    with FeatureFlagClient.from_connection_string(CONNECTION) as client:
        seen = work(client)
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
