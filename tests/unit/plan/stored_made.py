"""Secrets and settings to decide about, as a plan is given them."""

from __future__ import annotations

from keyless.catalog.shapes.of_value import shape_of
from keyless.model.resource_id import ResourceId
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.secrets import SecretRules
from keyless.plan.secrets.stored import SecretFacts, StoredKind, StoredValue
from plans_made import planned

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/orders"
VAULT = ResourceId.parse(f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-orders")
STORE = ResourceId.parse(f"{GROUP}/providers/Microsoft.AppConfiguration/configurationStores/contoso-orders")
KEY = "q" * 86 + "=="
STORAGE = f"DefaultEndpointsProtocol=https;AccountName=orders;AccountKey={KEY}"
SQL = "Server=tcp:orders.database.windows.net;Database=shop;User ID=sa;Password=hunter2"


def secret(name, value, **more):
    return StoredValue(container=VAULT, kind=StoredKind.SECRET, name=name, shape=shape_of(value), **more)


def setting(name, value, **more):
    return StoredValue(container=STORE, kind=StoredKind.SETTING, name=name, shape=shape_of(value), **more)


def plan_of(*values, observations=(), subjects=(), places=None, paces=None, rules=None, **given):
    """A plan about some values."""
    facts = SecretFacts(values=values, places=places or {}, paces=paces or {})
    return planned(
        subjects, observations, policy=PlanPolicy(secrets=rules or SecretRules()), secrets=facts, **given
    )


def decided(*values, **given):
    """The plan's decisions about some values, by name."""
    return {one.name: one for one in plan_of(*values, **given).secrets}
