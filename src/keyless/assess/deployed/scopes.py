"""What names mean in templates: what each file, or folder of Terraform, declares, is given, and calls.

Rules:
- files of Terraform in one folder are one scope; every other template is one of its own;
- a module's source that is a path leads to the scope of that file or folder; modules of registries lead
  nowhere;
- values for parameters come from `.bicepparam` files that name the template, from files of parameters beside
  it that have its name or stand for the only template there, and from `.tfvars` in the folder or below it;
- names compare without case, as ARM has it.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePosixPath

from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Expr, text_of
from keyless.assess.syntax.templates import (
    Dialect,
    Module,
    Output,
    Resource,
    Template,
    TemplateParameter,
    TemplateVariable,
)


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a file of parameters gives."""

    template: Template
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """A module of this repository where it is used: by ``scope``, in the file of ``template``."""

    scope: Scope
    template: Template
    module: Module
    target: Scope


@dataclass(slots=True, eq=False)
class Scope:
    """A file, or a folder of Terraform: everything by name in lower case, with the file that it stands in."""

    path: str
    dialect: Dialect
    templates: list[Template] = field(default_factory=list)
    parameters: dict[str, tuple[TemplateParameter, Template]] = field(default_factory=dict)
    variables: dict[str, tuple[TemplateVariable, Template]] = field(default_factory=dict)
    outputs: dict[str, tuple[Output, Template]] = field(default_factory=dict)
    resources: dict[str, tuple[Resource, Template]] = field(default_factory=dict)
    modules: dict[str, tuple[Module, Template]] = field(default_factory=dict)
    given: dict[str, list[Given]] = field(default_factory=lambda: defaultdict(list))
    uses: dict[str, Use] = field(default_factory=dict)
    """The modules that lead to a scope of the repository, by their symbol."""
    used_by: list[Use] = field(default_factory=list)
    loops: dict[str, list[Resource | Module]] = field(default_factory=dict)
    """What is made several times, by the path of the file."""

    def add(self, template: Template) -> None:
        """Take in what a file declares."""
        self.templates.append(template)
        declared: Iterator[Resource | Module] = chain(template.resources, template.modules)
        self.loops[template.path] = [one for one in declared if one.repeated is not None]
        for parameter in template.parameters:
            self.parameters.setdefault(parameter.name.casefold(), (parameter, template))
        for variable in template.variables:
            self.variables.setdefault(variable.name.casefold(), (variable, template))
        for output in template.outputs:
            self.outputs.setdefault(output.name.casefold(), (output, template))
        for resource in template.resources:
            self.resources.setdefault(resource.symbol.casefold(), (resource, template))
        for module in template.modules:
            self.modules.setdefault(module.symbol.casefold(), (module, template))


@dataclass(frozen=True, slots=True)
class Scopes:
    """Every scope, by the path of each file in it, and by its own."""

    by_file: dict[str, Scope]
    by_path: dict[str, Scope]
    in_folder: dict[str, list[Scope]]
    """Files of Bicep and ARM, by their folder."""

    def of(self, template: Template) -> Scope | None:
        """The scope that a file belongs to; none for a file of parameters."""
        return self.by_file.get(template.path)


def scopes(repository: Repository) -> Scopes:
    """What every template declares: `repository.view(scopes)`."""
    found = Scopes({}, {}, defaultdict(list))
    for template in repository.templates:
        if template.given is None:
            path = _scope_path(template)
            scope = found.by_path.get(path)
            if scope is None:
                scope = found.by_path[path] = Scope(path, template.dialect)
                if template.dialect is not Dialect.TERRAFORM:
                    found.in_folder[posixpath.dirname(path)].append(scope)
            scope.add(template)
            found.by_file[template.path] = scope
    for scope in found.by_path.values():
        for use in _uses(scope, found):
            scope.uses.setdefault(use.module.symbol.casefold(), use)
            use.target.used_by.append(use)
    for template in repository.templates:
        if template.given is not None:
            _give(template, found)
    return found


def _scope_path(template: Template) -> str:
    if template.dialect is Dialect.TERRAFORM:
        return posixpath.dirname(template.path) or "."
    return template.path


def _uses(scope: Scope, found: Scopes) -> Iterator[Use]:
    for template in scope.templates:
        for module in template.modules:
            target = found.by_path.get(source_path(template, module.source))
            if target is not None and target is not scope:
                yield Use(scope, template, module, target)


def source_path(template: Template, source: str) -> str:
    """The path from the root that a module's source leads to; empty for one that is no path."""
    is_path = source.startswith(".") or source.endswith((".bicep", ".json"))
    if not is_path or ":" in source.partition("/")[0]:
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(template.path), source))


def _give(template: Template, found: Scopes) -> None:
    for scope in _meant_by(template, found):
        for entry in template.given.entries if template.given is not None else ():
            name = (text_of(entry.key) or "").casefold()
            scope.given[name].append(Given(template, entry.value))


def _meant_by(template: Template, found: Scopes) -> list[Scope]:
    if template.given_for:
        named = found.by_path.get(template.given_for)
        return [named] if named is not None else []
    if template.dialect is Dialect.TERRAFORM:
        return _folder_above(template, found)
    return _beside(template, found)


def _folder_above(template: Template, found: Scopes) -> list[Scope]:
    for folder in PurePosixPath(template.path).parents:
        scope = found.by_path.get(str(folder))
        if scope is not None and scope.dialect is Dialect.TERRAFORM:
            return [scope]
    return []


def _beside(template: Template, found: Scopes) -> list[Scope]:
    """The template of that name in the folder or, for a folder of parameters, above it; or the only one."""
    folder, name = posixpath.split(template.path)
    stem = name.partition(".")[0].casefold()
    for place in (folder, posixpath.dirname(folder)):
        near = found.in_folder.get(place, ())
        named = [one for one in near if posixpath.basename(one.path).partition(".")[0].casefold() == stem]
        if named or len(near) == 1:
            return named or list(near)
    return []
