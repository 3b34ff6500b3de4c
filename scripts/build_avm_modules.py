"""Writes the catalog's table of public Bicep modules (AVM) from a copy of their sources.

    python scripts/build_avm_modules.py MODULES_DIR

MODULES_DIR is a checkout of https://github.com/Azure/bicep-registry-modules. What is written to
``src/keyless/catalog/data/avm_modules.json`` is, for each module of a single resource, which parameter stands
for which property of ARM, and what the property is without it: one module a line, so that a later run shows
in a diff what changed. Only properties that are plain values are kept, and no text of the modules.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keyless.assess.sources.bicep import read
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Expr,
    Literal,
    Member,
    Name,
    Other,
    Record,
    dotted,
    text_of,
    within,
)
from keyless.assess.syntax.templates import Resource, Template

Json = dict[str, Any]

TARGET = Path(__file__).resolve().parent.parent / "src" / "keyless" / "catalog" / "data" / "avm_modules.json"
SOURCE = "https://github.com/Azure/bicep-registry-modules"
BESIDE = (
    "microsoft.authorization/",
    "microsoft.resources/deployments",
    "microsoft.insights/diagnosticsettings",
)
NOT_KEPT = frozenset({"name", "location", "tags", "zones", "extendedLocation", "plan"})
DEEPEST = 5
OPAQUE: Json = {}
# What stands in a part of a body that is worked out under conditions which do not matter here; and names
# that parameters had before.
BY_HAND: dict[str, dict[str, Json]] = {
    "avm/res/document-db/database-account": {
        "properties.disableLocalAuth": {
            "of": "disableLocalAuthentication",
            "once": ["disableLocalAuth"],
            "default": True,
        }
    },
    "avm/res/web/site": {
        "properties.siteConfig.appSettings": {"of": "siteConfig.appSettings"},
    },
}


def main(root: Path) -> None:
    """Write the table."""
    modules = sorted(root.glob("avm/res/**/main.bicep"))
    found = {}
    for path in modules:
        if (path.parent / "version.json").exists():
            name = path.parent.relative_to(root).as_posix()
            row = module_row(read(path.name, path.read_text("utf-8-sig")).template)
            if row is not None:
                row["properties"] |= BY_HAND.get(name, {})
                found[name] = row
    lines = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(found.items())]
    TARGET.write_text(f'{{\n "source": "{SOURCE}",\n "modules": {{\n' + ",\n".join(lines) + "\n }\n}\n")
    print(f"{len(found)} modules, {TARGET.stat().st_size} bytes")


def module_row(template: Template | None) -> Json | None:
    """What a module makes; none for one without a resource of its own."""
    if template is None:
        return None
    own = [one for one in template.resources if is_own(one)]
    if not own:
        return None
    main_resource = next((one for one in own if isinstance(one.name, Name) and one.name.id == "name"), own[0])
    teller = Teller(template)
    properties = {}
    for path, expression in leaves(main_resource.body, teller.variables):
        told = teller.told_by(expression)
        if told is not None:
            properties[path] = told
    return {"arm": main_resource.type, "apiVersion": main_resource.api_version, "properties": properties}


def is_own(one: Resource) -> bool:
    """Whether a resource is what the module is for."""
    return not one.existing and one.parent is None and not one.type.casefold().startswith(BESIDE)


def leaves(
    record: Record, variables: dict[str, Expr], before: str = "", depth: int = 0
) -> Iterator[tuple[str, Expr]]:
    """The properties that are no records, by their paths."""
    for entry in record.entries:
        key = text_of(entry.key)
        if key is None:
            yield f"{before}*", Other(entry.span, "opaque")
            continue
        if not before and key in NOT_KEPT:
            continue
        value = entry.value
        if isinstance(value, Name) and isinstance(variables.get(value.id), Record):
            value = variables[value.id]
        if isinstance(value, Record) and depth < DEEPEST:
            yield from leaves(value, variables, f"{before}{key}.", depth + 1)
        else:
            yield f"{before}{key}", value


class Teller:
    """Says what tells a property of one module: a parameter with a default, or a value; ``OPAQUE`` if it is
    worked out otherwise; none where it is null."""

    def __init__(self, template: Template) -> None:
        self.parameters = {one.name: one for one in template.parameters}
        self.variables = {one.name: one.value for one in template.variables}

    def told_by(self, one: Expr, depth: int = 0) -> Json | None:
        """What tells the property that has this value."""
        if isinstance(one, Literal):
            return None if one.value is None else {"is": one.value}
        if depth > DEEPEST:
            return OPAQUE
        if isinstance(one, Record):
            return {"records": True} if not one.entries else OPAQUE
        if isinstance(one, Name | Member):
            return self.named(one, depth)
        return self.made(one, depth)

    def named(self, one: Name | Member, depth: int) -> Json | None:
        """A parameter, a member of one, or a variable."""
        path = dotted(one) or ""
        first = path.partition(".")[0]
        if first in self.parameters:
            return {"of": path} | (self.default_of(first) if path == first else {})
        return self.told_by(self.variables[path], depth + 1) if path in self.variables else OPAQUE

    def default_of(self, name: str) -> Json:
        """The default of a parameter, where it is plain."""
        default = self.parameters[name].default
        if isinstance(default, Record):
            return {"default": plain_entries(default)}
        if isinstance(default, Literal) and default.value not in {None, ""}:
            return {"default": default.value}
        return {}

    def made(self, one: Expr, depth: int) -> Json | None:
        """What is made of a parameter."""
        if isinstance(one, Other) and one.kind == "!":
            return negated(self.told_by(one.parts[0], depth + 1) or OPAQUE)
        if isinstance(one, Call) and dotted(one.callee) == "any":
            return self.told_by(one.arguments[0].value, depth + 1)
        if isinstance(one, Call) and dotted(one.callee) == "union":
            return self.merged(one, depth)
        return self.chosen(one, depth) if isinstance(one, Choice) else OPAQUE

    def chosen(self, one: Choice, depth: int) -> Json | None:
        """`p ?? d`, `!empty(p) ? p : d`: the parameter, and what holds without it."""
        sides = [self.told_by(side, depth + 1) for side in one.alternatives]
        first = sides[0]
        if first is None or "of" not in first or "negated" in first or len(sides) != 2:
            return OPAQUE
        asked = (
            {part.id for part in within(one.condition) if isinstance(part, Name)} if one.condition else set()
        )
        if asked - {first["of"].split(".")[0], "empty"}:
            return OPAQUE
        second = sides[1]
        if second is None or "records" in second:
            return first
        if "is" in second and second["is"] != "":
            return {"of": first["of"], "default": second["is"]}
        return {"of": first["of"], "unsure": True}

    def merged(self, one: Call, depth: int) -> Json:
        """`union({ … }, p ?? {})`: the parameter, with what is plain beside it."""
        given = [argument.value for argument in one.arguments]
        plain = [plain_entries(part) for part in given if isinstance(part, Record)]
        others = [self.told_by(part, depth + 1) for part in given if not isinstance(part, Record)]
        told = others[0] if len(others) == 1 else None
        if told is None or "of" not in told or len(plain) != 1:
            return OPAQUE
        return {"of": told["of"], "default": plain[0] | told.get("default", {})}


def negated(inner: Json) -> Json:
    """The opposite of what a parameter says."""
    if "of" not in inner:
        return OPAQUE
    turned = {key: not value for key, value in inner.items() if key == "default" and isinstance(value, bool)}
    return {"of": inner["of"], "negated": True, **turned}


def plain_entries(record: Record) -> Json:
    """The entries of a record that are plain values."""
    return {
        text_of(one.key) or "": one.value.value
        for one in record.entries
        if isinstance(one.value, Literal) and one.value.value is not None
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
