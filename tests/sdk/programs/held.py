"""Holds what the vault answers to these programs to the public documents."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # a program has only its own directory

from vault_schemas import HeldToDocuments

__all__ = ["HeldToDocuments"]
