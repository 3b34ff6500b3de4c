"""Credentials that are stored although what they open takes identities: one record for each flow."""
