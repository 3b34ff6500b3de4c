"""How the documents of a data plane are named: which there are of each version, and what is added to them.

A checkout's documents may end before the newest api-version; then the operations of later ones are carried
from the last that there is, and what came since is listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
EVERY_PATH = re.compile("/")


@dataclass(frozen=True, slots=True)
class Added:
    """What an api-version adds: members by definition, definitions, operations, parameters by operation."""

    members: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    definitions: Mapping[str, Json] = field(default_factory=dict)
    operations: tuple[Json, ...] = ()
    parameters: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaneVersion:
    """An api-version: its documents (below ``specification``), and what is added to them."""

    api_version: str
    documents: tuple[str, ...]
    added: tuple[Added, ...] = ()


@dataclass(frozen=True, slots=True)
class DataPlane:
    """A plane: the directory below ``tests`` of its reduced documents, its versions, and the paths wanted.

    With ``parameters`` those of queries and headers are kept, and the media types of answers.
    """

    directory: str
    versions: tuple[PlaneVersion, ...]
    paths: re.Pattern[str] = EVERY_PATH
    parameters: bool = False
