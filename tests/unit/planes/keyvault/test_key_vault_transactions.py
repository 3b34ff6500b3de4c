"""Each operation counts where Azure says, and keys weigh what the stated rates make of them."""

from __future__ import annotations

import pytest

from keyless.catalog.limits import limits
from keyless.model.resources import VAULT_TYPE, Vault
from keyless.planes.keyvault.plane import OPERATIONS
from keyless.planes.keyvault.transactions import (
    CREATES,
    OTHERS,
    counted_at,
    create_weight,
    key_creates,
    key_uses,
    use_weight,
)
from keyless.wire.throttle import Counts, Pool

GROUP = "/subscriptions/S/resourceGroups/g/providers"


async def weightless(asked: object, service: object) -> int:
    return 1


VAULT = Vault(f"{GROUP}/{VAULT_TYPE}/orders", "orders", "westeurope")


def pool(counts: Counts) -> Pool:
    """The one pool that operations of a kind count in."""
    (found,) = counts.pools(VAULT)
    return found


USES = pool(key_uses(weightless))
MAKES = pool(key_creates(weightless))
RATES = limits().key_vault.key_transactions


@pytest.mark.parametrize("kind", sorted(RATES))
def test_a_vault_answers_as_many_transactions_on_keys_of_one_type_as_is_stated(kind: str):
    rates = RATES[kind]
    assert USES.units // use_weight(kind, hsm=False) == rates.software.others_per_window
    assert USES.units // use_weight(kind, hsm=True) == rates.hsm.others_per_window
    assert MAKES.units // create_weight(kind, hsm=False) == rates.software.creates_per_window == 20
    assert MAKES.units // create_weight(kind, hsm=True) == rates.hsm.creates_per_window == 10


def test_the_sum_that_the_documentation_gives_for_an_example_fills_the_pool():
    light, heavy = use_weight("RSA-2048", hsm=True), use_weight("RSA-4096", hsm=True)
    assert heavy == 8 * light
    assert 248 * heavy + 16 * light == USES.units
    assert USES.heaviest == heavy


def test_a_type_for_which_nothing_is_stated_is_as_light_as_can_be():
    assert use_weight("oct-256", hsm=True) == use_weight("P-256", hsm=True)
    assert use_weight("", hsm=False) == 1


def test_secrets_are_made_in_one_pool_and_read_in_another():
    assert (pool(CREATES).units, pool(OTHERS).units) == (300, 4000)
    assert pool(CREATES) != pool(OTHERS)


def test_every_operation_of_the_plane_counts():
    assert [one.id for one in OPERATIONS if one.counts is None] == []
    assert [one.id for one in OPERATIONS if one.counts is CREATES] == [
        "KeyVault.SetSecret",
        "KeyVault.ImportKey",
        "KeyVault.ImportCertificate",
    ]


def test_a_vault_is_counted_by_its_id_and_with_the_others_of_its_subscription_and_region():
    def vault(name: str, region: str) -> Vault:
        return Vault(f"{GROUP}/{VAULT_TYPE}/{name}", name, region)

    orders, invoices = counted_at(vault("Orders", "westeurope")), counted_at(vault("invoices", "WestEurope"))
    assert orders.resource != invoices.resource
    assert orders.subscription == invoices.subscription
    assert counted_at(vault("orders", "northeurope")).subscription != orders.subscription
    assert counted_at(vault("ORDERS", "westeurope")) == orders
