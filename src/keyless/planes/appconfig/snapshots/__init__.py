"""Snapshots: key-values of a store as they were when the snapshot was made, for as long as it is kept."""
