"""Which resources of a template are about another one: its children, and what Terraform says by references.

Rules:
- a child names its parent (`parent`, a resource within it), refers to it anywhere in its own body or name
  (`server_id = azurerm_mssql_server.main.id`), or is the child by type of the only resource of that type;
- files of Terraform in one folder are one template.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Expr, Literal, Member, Name, dotted, within
from keyless.assess.syntax.templates import Dialect, Resource


def about(repository: Repository, subject: Deployed, arm_type: str) -> list[Deployed]:
    """The resources of a type that are about ``subject``."""
    of_type = repository.view(by_type).get(arm_type.casefold(), ())
    near = [one for one in of_type if one is not subject and together(one, subject)]
    named = [one for one in near if refers_to(one, subject)]
    if named or subject.template.dialect is not Dialect.ARM:
        return named
    alike = [
        one for one in repository.view(by_type).get(subject.arm_type.casefold(), ()) if together(one, subject)
    ]
    return near if len(alike) == 1 else []


def by_type(repository: Repository) -> dict[str, tuple[Deployed, ...]]:
    """What is deployed, by its type in lower case."""
    found: dict[str, list[Deployed]] = {}
    for one in repository.view(deployed):
        found.setdefault(one.arm_type.casefold(), []).append(one)
    return {key: tuple(value) for key, value in found.items()}


def together(one: Deployed, other: Deployed) -> bool:
    """Whether two resources stand in one template, or one folder of Terraform."""
    return module_of(one) == module_of(other)


def module_of(found: Deployed) -> str:
    """The template: a file, or a folder of Terraform."""
    path = found.template.path
    return str(PurePosixPath(path).parent) if found.template.dialect is Dialect.TERRAFORM else path


def refers_to(found: Deployed, subject: Deployed) -> bool:
    """Whether a resource names another as its parent or anywhere in its body."""
    declared = found.declared
    if isinstance(declared, Resource) and declared.parent is not None and declared.parent == subject.symbol:
        return True
    return any(_is_reference(one, subject) for one in _expressions(found))


def _expressions(found: Deployed) -> Iterator[Expr]:
    declared = found.declared
    if isinstance(declared, Resource):
        for one in (declared.name, declared.scope, declared.body):
            if one is not None:
                yield from within(one)
    else:
        yield from within(declared.arguments)


def _is_reference(expression: Expr, subject: Deployed) -> bool:
    if isinstance(expression, Name):
        return subject.template.dialect is not Dialect.TERRAFORM and expression.id == subject.symbol
    if not isinstance(expression, Member) or subject.template.dialect is not Dialect.TERRAFORM:
        return False
    written = dotted(expression)
    return written in _addresses(subject)


def _addresses(subject: Deployed) -> tuple[str, ...]:
    declared = subject.declared
    if not isinstance(declared, Resource):
        return (f"module.{subject.symbol.rpartition('.')[2]}",)
    name = subject.symbol.rpartition(".")[2]
    return (f"{declared.type}.{name}", f"data.{declared.type}.{name}")


def is_text(expression: Expr | None, wanted: str) -> bool:
    """Whether an expression is a text, without regard to case."""
    return (
        isinstance(expression, Literal)
        and isinstance(expression.value, str)
        and expression.value.casefold() == wanted.casefold()
    )
