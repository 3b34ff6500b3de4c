"""Writes the reduced schemas that tests hold the answers of Key Vault's data plane to.

    python scripts/build_vault_schemas.py SPECS

SPECS is a checkout of https://github.com/Azure/azure-rest-api-specs as it was at the end of 2024, with the
documents of every version up to 7.5 in JSON. What is written to ``tests/vault_schemas`` is one file for each
api-version of `wire_documents/vaults.py`, in the form of `build_wire_schemas.py`, with request bodies.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from build_wire_schemas import needed, text
from wire_documents.swagger import Reducer
from wire_documents.vaults import VaultVersion, versions

Json = dict[str, Any]

OUT_DIR = Path(__file__).resolve().parent.parent / "tests" / "vault_schemas"
OBJECTS = re.compile(r"/(deleted)?(secrets|keys|certificates)(/|$)|/rng$")


def main(specs: Path) -> None:
    """Write every reduced document."""
    OUT_DIR.mkdir(exist_ok=True)
    for version in versions():
        (OUT_DIR / f"{version.api_version}.json").write_text(text(reduced(version, specs / "specification")))


def reduced(version: VaultVersion, specs: Path) -> Json:
    """The operations on secrets, keys and certificates at one api-version."""
    reducer = Reducer(requests=True)
    paths = [(specs / document).resolve() for document in version.documents]
    found = [operation for path in paths for operation in reducer.operations(path, ("",))]
    operations = [operation for operation in found if OBJECTS.match(operation["path"])]
    definitions = dict(reducer.definitions)
    for added in version.added:
        operations += added.operations
        definitions |= added.definitions
        for name, members in added.members.items():
            old = definitions[name]
            definitions[name] = {**old, "properties": {**old["properties"], **members}}
    return {
        "apiVersion": version.api_version,
        "documents": list(version.documents),
        "operations": sorted(operations, key=lambda operation: (operation["id"], operation["path"])),
        "definitions": needed(operations, definitions),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
