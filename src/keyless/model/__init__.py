"""The nouns of the field as frozen values: resource ids, actions, roles, assignments, identities, the estate.

Nothing here does I/O, and nothing here imports another part of Keyless.
"""
