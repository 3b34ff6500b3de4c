"""Requests, certificates and bundles, from what a policy says. Pure: keys and times enter as values."""
