"""Role assignments that templates and scripts make, in one form."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from keyless.assess.deployed.deployed import Value
from keyless.assess.syntax.expressions import Expr
from keyless.assess.syntax.span import Place
from keyless.model.roles import RoleDefinition


class ScopeKind(enum.StrEnum):
    """At what level an assignment is made."""

    OBJECT = "object"
    """Below a resource: a container, a queue, a secret."""
    RESOURCE = "resource"
    RESOURCE_GROUP = "resource-group"
    SUBSCRIPTION = "subscription"
    MANAGEMENT_GROUP = "management-group"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One assignment.

    ``role`` where it is known which of the built-in ones it is, or the template writes it out; ``role_name``
    as it is written or known; ``by_name`` whether the file names it and no id. ``to`` is the symbol of the
    resource whose identity gets it, empty where it cannot be told (a parameter, a person); ``at`` that of the
    resource that it is made at.
    ``condition`` is whether one narrows it. ``to_path`` and ``at_path`` are the files of those symbols. Where
    the role comes from who uses a module, ``head`` is the head of that module there, and ``place`` what it is
    handed.
    """

    head: Place
    place: Place
    role: RoleDefinition | None
    role_name: str
    by_name: bool
    principal: Expr | None
    principal_type: Value
    to: str
    scope: ScopeKind
    at: str
    condition: bool
    to_path: str = ""
    at_path: str = ""
