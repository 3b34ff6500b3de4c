"""Another vault as a source, where it cannot be read: why is told, and what to do."""

from __future__ import annotations

import sys

import pytest

from keyless.deploy.sources import Choice, NotASource
from keyless.deploy.vaults.azure import read_vault
from keyless.deploy.vaults.found import Making
from keyless.model.resources import Vault

VAULT = Vault("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", "v", "here")
MAKING = Making(1_800_000_000, lambda: "0" * 32)


@pytest.mark.parametrize(
    "address", ["http://v.vault.azure.net", "https://", "https://v.vault.azure.net/secrets/db", "https://u@v"]
)
def test_what_is_no_address_of_a_vault_is_refused(address: str) -> None:
    with pytest.raises(NotASource, match=r"such as `https://NAME\.vault\.azure\.net`"):
        read_vault(address, VAULT, Choice(), MAKING)


@pytest.mark.parametrize("missing", ["azure.identity", "azure.keyvault.keys", "azure.keyvault.secrets"])
def test_without_the_client_libraries_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(NotASource, match=rf"needs `{missing}`.*pip install 'keyless\[vault\]'"):
        read_vault("https://v.vault.azure.net", VAULT, Choice(), MAKING)


def test_with_none_of_the_client_libraries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("azure", "azure.core", "azure.core.exceptions", "azure.identity"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(NotASource, match=r"needs `azure.*pip install 'keyless\[vault\]'"):
        read_vault("https://v.vault.azure.net", VAULT, Choice(), MAKING)


def test_a_vault_that_cannot_be_reached_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setattr("azure.core.pipeline.policies.RetryPolicy.sleep", lambda *given: None)
    with pytest.raises(NotASource, match=r"^the vault cannot be read: ") as refused:
        read_vault("https://v.vault.azure.net", VAULT, Choice(), MAKING)
    assert "\n" not in str(refused.value)
