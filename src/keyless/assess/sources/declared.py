"""What a template declares, as its reader comes upon it, whatever the language."""

from __future__ import annotations

from dataclasses import dataclass, field

from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.expressions import Entry, Record
from keyless.assess.syntax.templates import (
    Dialect,
    Module,
    Output,
    Resource,
    Template,
    TemplateParameter,
    TemplateVariable,
)


@dataclass(slots=True)
class Declared:
    """What a file declares, as far as it was read."""

    parameters: list[TemplateParameter] = field(default_factory=list)
    variables: list[TemplateVariable] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    modules: list[Module] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    given: list[Entry] = field(default_factory=list)
    given_for: str = ""
    target_scope: str = ""

    def template(self, file: FileText, dialect: Dialect, *, values_only: bool = False) -> Template:
        """The template that the file is; with ``values_only``, a file of values for one."""
        return Template(
            path=file.path,
            dialect=dialect,
            parameters=tuple(self.parameters),
            variables=tuple(self.variables),
            resources=tuple(self.resources),
            modules=tuple(self.modules),
            outputs=tuple(self.outputs),
            given=Record(file.span(0, len(file.data)), tuple(self.given)) if values_only else None,
            given_for=self.given_for,
            target_scope=self.target_scope,
        )
