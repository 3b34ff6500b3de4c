"""Which resources of a template are about another one: its children, and what Terraform says by references.

Rules:
- a child names its parent (`parent`, a resource within it), refers to it anywhere in its own body or name
  (`server_id = azurerm_mssql_server.main.id`), or, in ARM templates, is the child by type of the only
  resource of that type;
- files of Terraform in one folder are one template;
- who refers to what is looked up once for all: an index by the template and the name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Expr, Literal, Member, Name, dotted, within
from keyless.assess.syntax.templates import Dialect, Resource

Found = tuple[Deployed, ...]


def about(repository: Repository, subject: Deployed, arm_type: str) -> list[Deployed]:
    """The resources of a type that are about ``subject``."""
    wanted = arm_type.casefold()
    named = [one for one in referring(repository, subject) if one.arm_type.casefold() == wanted]
    if named or subject.template.dialect is not Dialect.ARM:
        return named
    of_module = repository.view(by_module_and_type)
    alike = of_module.get((module_of(subject), subject.arm_type.casefold()), ())
    return list(of_module.get((module_of(subject), wanted), ())) if len(alike) == 1 else []


def referring(repository: Repository, subject: Deployed) -> list[Deployed]:
    """What names a resource as its parent, or anywhere in its name, scope or body."""
    index = repository.view(references)
    found = (one for name in _addresses(subject) for one in index.get((module_of(subject), name), ()))
    return list({id(one): one for one in found if one is not subject}.values())


def by_type(repository: Repository) -> dict[str, Found]:
    """What is deployed, by its type in lower case."""
    found: dict[str, list[Deployed]] = defaultdict(list)
    for one in repository.view(deployed):
        found[one.arm_type.casefold()].append(one)
    return {key: tuple(value) for key, value in found.items()}


def by_module_and_type(repository: Repository) -> dict[tuple[str, str], Found]:
    """What is deployed, by its template and its type in lower case."""
    found: dict[tuple[str, str], list[Deployed]] = defaultdict(list)
    for one in repository.view(deployed):
        found[module_of(one), one.arm_type.casefold()].append(one)
    return {key: tuple(value) for key, value in found.items()}


def references(repository: Repository) -> dict[tuple[str, str], list[Deployed]]:
    """Who refers to what, by the template and the name that is referred to."""
    found: dict[tuple[str, str], list[Deployed]] = defaultdict(list)
    for one in repository.view(deployed):
        for name in dict.fromkeys(_names_in(one)):
            found[module_of(one), name].append(one)
    return found


def module_of(found: Deployed) -> str:
    """The template: a file, or a folder of Terraform."""
    path = found.template.path
    return str(PurePosixPath(path).parent) if found.template.dialect is Dialect.TERRAFORM else path


def _names_in(found: Deployed) -> Iterator[str]:
    declared = found.declared
    if isinstance(declared, Resource) and declared.parent is not None:
        yield declared.parent
    terraform = found.template.dialect is Dialect.TERRAFORM
    for one in _expressions(found):
        if not terraform and isinstance(one, Name):
            yield one.id
        elif terraform and isinstance(one, Member):
            yield dotted(one) or ""


def _expressions(found: Deployed) -> Iterator[Expr]:
    declared = found.declared
    if isinstance(declared, Resource):
        for one in (declared.name, declared.scope, declared.body):
            if one is not None:
                yield from within(one)
    else:
        yield from within(declared.arguments)


def _addresses(subject: Deployed) -> tuple[str, ...]:
    """What others call a resource."""
    declared, terraform = subject.declared, subject.template.dialect is Dialect.TERRAFORM
    if not terraform:
        return (subject.symbol,)
    name = subject.symbol.rpartition(".")[2]
    if not isinstance(declared, Resource):
        return (f"module.{name}",)
    return (f"{declared.type}.{name}", f"data.{declared.type}.{name}")


def is_text(expression: Expr | None, wanted: str) -> bool:
    """Whether an expression is a text, without regard to case."""
    return (
        isinstance(expression, Literal)
        and isinstance(expression.value, str)
        and expression.value.casefold() == wanted.casefold()
    )
