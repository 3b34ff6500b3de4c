"""Writes the reduced schemas that tests hold the management plane's answers to.

    python scripts/build_wire_schemas.py SPECS BICEP_TYPES

SPECS is a checkout of https://github.com/Azure/azure-rest-api-specs, BICEP_TYPES one of
https://github.com/Azure/bicep-types-az. What is written to ``tests/wire_schemas`` is one file for each
provider and api-version of `wire_documents/wanted.py`: structure only, one operation or definition a line,
sorted, so that a later run shows in a diff what changed in Azure.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from wire_documents.bicep_types import BicepTypes
from wire_documents.swagger import Reducer
from wire_documents.wanted import Wanted, wanted

Json = dict[str, Any]

OUT_DIR = Path(__file__).resolve().parent.parent / "tests" / "wire_schemas"
COMMON = "common-types/resource-management/v4/types.json"
COMMON_DEFINITIONS = ("ErrorResponse", "OperationStatusResult")


def main(specs: Path, bicep_types: Path) -> None:
    """Write every reduced document."""
    for one in wanted():
        path = OUT_DIR / one.provider / f"{one.api_version}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(reduced(one, specs / "specification", bicep_types / "generated")))
    (OUT_DIR / "common.json").write_text(text(common(specs / "specification")))


def reduced(one: Wanted, specs: Path, bicep_types: Path) -> Json:
    """One provider's operations at one api-version."""
    reducer = Reducer()
    paths = [(specs / document).resolve() for document in one.documents]
    operations = [found for path in paths for found in reducer.operations(path, one.operations)]
    definitions = reducer.definitions
    if one.bodies:
        definitions = definitions | carried_bodies(one, bicep_types)
    return {
        "provider": one.provider,
        "apiVersion": one.api_version,
        "documents": list(one.documents),
        **({"carriedFrom": one.carried_from, "typesVersion": one.types_version} if one.carried_from else {}),
        "operations": sorted(operations, key=lambda found: (found["id"], found["path"])),
        "definitions": needed(operations, definitions),
    }


def carried_bodies(one: Wanted, bicep_types: Path) -> Json:
    """The definitions that stand in for those of the document that the operations were carried from."""
    out: Json = {}
    version = one.types_version
    for path in sorted(bicep_types.glob(f"*/{one.provider.lower()}/{version}/types.json")):
        types = BicepTypes(path)
        for definition, resource_type in (one.bodies or {}).items():
            body = types.body(resource_type)
            if body:
                out[definition] = {"$ref": f"#/definitions/{body}"}
        out |= types.definitions
    return out


def common(specs: Path) -> Json:
    """What every provider's answers have in common."""
    reducer = Reducer()
    path = (specs / COMMON).resolve()
    for name in COMMON_DEFINITIONS:
        reducer.schema(path, {"$ref": f"#/definitions/{name}"})
    return {"documents": [COMMON], "operations": [], "definitions": reducer.definitions}


def needed(operations: Iterable[Json], definitions: Json) -> Json:
    """The definitions that operations reach."""
    reached: Json = {}
    waiting = list(references(list(operations)))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = definitions[name]
            waiting.extend(references(reached[name]))
    return reached


def references(node: object) -> Iterator[str]:
    """The names of the definitions that a node refers to."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for value in node.values():
            yield from references(value)


def text(document: Json) -> str:
    """A document with one operation or definition a line."""
    head = {key: value for key, value in document.items() if key not in {"operations", "definitions"}}
    operations = ",\n".join(compact(found) for found in document["operations"])
    definitions = ",\n".join(
        f"{compact(name)}:{compact(said)}" for name, said in sorted(document["definitions"].items())
    )
    return f'{compact(head)[:-1]},\n"operations":[\n{operations}\n],\n"definitions":{{\n{definitions}\n}}}}\n'


def compact(node: object) -> str:
    """A node as JSON without spaces, its keys sorted."""
    return json.dumps(node, separators=(",", ":"), sort_keys=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
