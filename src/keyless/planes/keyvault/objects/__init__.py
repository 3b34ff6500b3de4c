"""What secrets, keys and certificates of a vault have in common: heads and versions, soft delete, backups."""
