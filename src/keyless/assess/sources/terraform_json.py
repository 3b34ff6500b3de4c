"""Values for variables of Terraform that are written in JSON (`*.tfvars.json`)."""

from __future__ import annotations

from keyless.assess.sources.arm_values import from_outside
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.expressions import Entry, Expr, Record
from keyless.assess.syntax.templates import Dialect, Template


def values_of(file: FileText, root: Expr) -> Template:
    """The values that a file gives."""
    entries = root.entries if isinstance(root, Record) else ()
    given = tuple(Entry(one.span, one.key, from_outside(one.value)) for one in entries)
    return Template(path=file.path, dialect=Dialect.TERRAFORM, given=Record(root.span, given))
