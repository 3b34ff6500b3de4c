"""The name service of a run: what clients ask of DNS about the replicas of a store, answered here."""
