"""Queries for Log Analytics that count there what would be counted here, for logs too large to move."""
