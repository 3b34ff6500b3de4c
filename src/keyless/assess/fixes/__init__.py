"""Edits that put a thing right without changing anything else."""
