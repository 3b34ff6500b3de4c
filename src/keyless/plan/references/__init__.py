"""Key Vault references: key-values that point to a secret, what becomes of them, and who can follow them."""
