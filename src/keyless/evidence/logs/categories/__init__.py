"""Every category of log that the import knows, in the order in which they are asked whose a row is."""

from __future__ import annotations

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

CATEGORIES: tuple[Category, ...] = (
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
)
