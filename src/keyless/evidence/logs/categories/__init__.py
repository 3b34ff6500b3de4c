"""Every category of log that the import knows, in the order in which they are asked whose a row is.

Any row may stand for many events: the queries of ``keyless.evidence.logs.kql`` count in the workspace, and
say in two columns of their own how many there were and when the last was.
"""

from __future__ import annotations

from dataclasses import replace

from keyless.evidence.logs.categories.activity import ACTIVITY
from keyless.evidence.logs.categories.app_configuration import (
    APP_CONFIGURATION_AUDIT,
    APP_CONFIGURATION_REQUEST,
)
from keyless.evidence.logs.categories.container_registry import REGISTRY_LOGIN, REGISTRY_REPOSITORY
from keyless.evidence.logs.categories.cosmos import COSMOS
from keyless.evidence.logs.categories.key_vault import KEY_VAULT
from keyless.evidence.logs.categories.messaging import RUNTIME_AUDIT
from keyless.evidence.logs.categories.sign_ins import MANAGED_IDENTITIES, SERVICE_PRINCIPALS
from keyless.evidence.logs.categories.storage import STORAGE
from keyless.evidence.logs.category import Category
from keyless.evidence.logs.kql.query import EVENTS, LAST


def _counted(one: Category) -> Category:
    """The category, of which a row may have been counted already."""
    columns = replace(
        one.columns,
        count=f"coalesce(try_cast({{counted_events}} AS DOUBLE), {one.columns.count})",
        until="{counted_last}",
    )
    fields = {**one.fields, "counted_events": (EVENTS,), "counted_last": (LAST,)}
    return replace(one, columns=columns, fields=fields)


CATEGORIES: tuple[Category, ...] = tuple(
    map(
        _counted,
        (
            ACTIVITY,
            KEY_VAULT,
            MANAGED_IDENTITIES,
            SERVICE_PRINCIPALS,
            STORAGE,
            APP_CONFIGURATION_REQUEST,
            APP_CONFIGURATION_AUDIT,
            RUNTIME_AUDIT,
            COSMOS,
            REGISTRY_REPOSITORY,
            REGISTRY_LOGIN,
        ),
    )
)
