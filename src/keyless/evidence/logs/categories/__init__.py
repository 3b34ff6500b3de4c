"""Every category of log that the import knows, in the order in which they are asked whose a row is."""

from __future__ import annotations

from keyless.evidence.logs.categories.activity import ACTIVITY
from keyless.evidence.logs.categories.key_vault import KEY_VAULT
from keyless.evidence.logs.categories.sign_ins import MANAGED_IDENTITIES, SERVICE_PRINCIPALS
from keyless.evidence.logs.category import Category

CATEGORIES: tuple[Category, ...] = (ACTIVITY, KEY_VAULT, MANAGED_IDENTITIES, SERVICE_PRINCIPALS)
