"""What resources are called in messages."""

from __future__ import annotations

import pytest

from keyless.assess.deployed.subject import in_words


@pytest.mark.parametrize(
    ("symbol", "said"),
    [
        ("store", "store"),
        ("azurerm_key_vault.main", "azurerm_key_vault.main"),
        ("Microsoft.KeyVault/vaults/variables('keyVaultName')", "keyVaultName"),
        ("Microsoft.Web/sites/config/parameters('site')", "site"),
        ("variables('a')", "a"),
        ("Microsoft.Web/sites/concat(parameters('a'), '-web')", "concat(parameters('a'), '-web')"),
        ("Microsoft.Web/sites/orders", "orders"),
    ],
)
def test_a_symbol_of_arm_is_the_name_that_the_file_has_for_it(symbol: str, said: str) -> None:
    assert in_words(symbol) == said
