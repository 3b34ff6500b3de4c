"""Secrets: versions under a name, soft delete, backups; and the operations that serve them."""
