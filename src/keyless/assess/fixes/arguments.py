"""Edits that give several arguments of one resource of Terraform their values."""

from __future__ import annotations

from collections.abc import Mapping

from keyless.assess.deployed.deployed import Deployed
from keyless.assess.findings.finding import Edit
from keyless.assess.fixes.properties import Plain, entries_added, rendered
from keyless.assess.syntax.expressions import Literal, entry_of
from keyless.assess.syntax.templates import Resource


def arguments_set(found: Deployed, wanted: Mapping[str, Plain]) -> tuple[Edit, ...]:
    """The edits after which every argument has its value; none where one takes a person."""
    declared = found.declared
    if not isinstance(declared, Resource):
        return ()
    edits: list[Edit] = []
    missing: dict[tuple[str, ...], Plain] = {}
    for name, value in wanted.items():
        entry = entry_of(declared.body, name)
        if entry is None:
            missing[name,] = value
        elif isinstance(entry.value, Literal):
            text = rendered(found.template.dialect, value)
            edits.append(Edit(found.template.path, entry.value.span.start, entry.value.span.end, text))
        else:
            return ()
    if missing:
        added = entries_added(found.template.path, found.template.dialect, declared.body, missing)
        if not added:
            return ()
        edits.extend(added)
    return tuple(edits)
