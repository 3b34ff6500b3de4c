"""Writes the reduced schemas that tests hold the answers of the data planes to.

    python scripts/build_plane_schemas.py SPECS

SPECS is a checkout of https://github.com/Azure/azure-rest-api-specs as it was at the end of 2024, with the
documents of Key Vault up to 7.5 and of App Configuration up to 2023-11-01 in JSON. What is written below
``tests`` is one file for each api-version of a plane of `wire_documents`, in the form of
`build_wire_schemas.py`, with request bodies.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from build_wire_schemas import needed, text
from wire_documents import configuration, vaults
from wire_documents.data_planes import Added, DataPlane, PlaneVersion
from wire_documents.swagger import Reducer

Json = dict[str, Any]

TESTS = Path(__file__).resolve().parent.parent / "tests"
PLANES = (vaults.PLANE, configuration.PLANE)


def main(specs: Path) -> None:
    """Write every reduced document."""
    for plane in PLANES:
        directory = TESTS / plane.directory
        directory.mkdir(exist_ok=True)
        for version in plane.versions:
            whole = reduced(plane, version, specs / "specification")
            (directory / f"{version.api_version}.json").write_text(text(whole))


def reduced(plane: DataPlane, version: PlaneVersion, specs: Path) -> Json:
    """A plane's operations at one api-version."""
    reducer = Reducer(requests=True, parameters=plane.parameters)
    paths = [(specs / document).resolve() for document in version.documents]
    found = [operation for path in paths for operation in reducer.operations(path, ("",))]
    operations = [operation for operation in found if plane.paths.match(operation["path"])]
    definitions = dict(reducer.definitions)
    for added in version.added:
        add(added, operations, definitions)
    return {
        "apiVersion": version.api_version,
        "documents": list(version.documents),
        "operations": sorted(operations, key=lambda operation: (operation["id"], operation["path"])),
        "definitions": needed(operations, definitions),
    }


def add(added: Added, operations: list[Json], definitions: Json) -> None:
    """Add what an api-version has beside the documents that it is carried from."""
    operations += added.operations
    definitions |= added.definitions
    for name, members in added.members.items():
        old = definitions[name]
        definitions[name] = {**old, "properties": {**old["properties"], **members}}
    for operation in operations:
        more = added.parameters.get(operation["id"], ())
        if more:
            kept = {found["name"]: found for found in (*operation["parameters"], *more)}
            operation["parameters"] = sorted(kept.values(), key=lambda found: str(found["name"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
