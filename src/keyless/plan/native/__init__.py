"""Grants in services' own terms, where Azure RBAC does not reach."""
