"""The Key Vault data plane: what answers under `NAME.vault.azure.net`."""
