"""Holds what vaults and configuration stores answer to these programs to the public documents."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # a program has only its own directory

from configuration_schemas import HeldToDocuments as ConfigurationHeldToDocuments
from vault_schemas import HeldToDocuments

__all__ = ["ConfigurationHeldToDocuments", "HeldToDocuments"]
