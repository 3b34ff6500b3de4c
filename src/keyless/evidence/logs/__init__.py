"""Exports of Azure's logs, read into evidence: files, categories, counts."""
