"""A resource that a template deploys, in one form for Bicep, ARM templates, Terraform and public modules.

Rules:
- properties go by ARM's paths (`properties.disableLocalAuth`, `identity.type`, `sku.name`), whatever the
  language calls them: a table says which argument of `azurerm_*`, and which parameter of a public module
  (AVM), stands for which path, and whether it says the opposite (`local_auth_enabled`);
- a value is followed through parameters with defaults, variables, locals, and what modules are given; where
  files of parameters give others, it is unknown; where it cannot be told, it is unknown, and rules that want
  certainty leave it;
- what is not written is absent, with the place of the resource's head.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from keyless.assess.syntax.expressions import Expr
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Module, Resource, Template


class Told(enum.StrEnum):
    """What is known of a property."""

    WRITTEN = "written"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Value:
    """A property's value.

    ``literal`` where it is written and plain; ``expression`` as it stands in the resource, and ``entry`` the
    place of the whole `key: value`, for fixes; ``means`` is the record or list that it comes to, where it is
    one.
    """

    told: Told
    place: Place
    literal: str | int | float | bool | None = None
    expression: Expr | None = None
    entry: Place | None = None
    negated: bool = False
    """Whether the language says the opposite: ``literal`` is then turned round already, as ARM has it."""
    means: Expr | None = None

    def is_(self, wanted: str | bool | int) -> bool:
        """Whether it is written, and just this."""
        found = self.literal
        if self.told is not Told.WRITTEN:
            return False
        if isinstance(wanted, str):
            return isinstance(found, str) and found.casefold() == wanted.casefold()
        return type(found) is type(wanted) and found == wanted


@dataclass(frozen=True, slots=True)
class Deployed:
    """One resource. ``arm_type`` is ARM's (`Microsoft.Storage/storageAccounts`), children in full.

    ``head`` is the place of its declaration, ``symbol`` what the file calls it, ``name`` its name where it is
    plain. ``value`` gives a property by ARM's path. ``existing`` ones are only referred to.
    """

    template: Template
    declared: Resource | Module
    arm_type: str
    symbol: str
    name: str
    head: Place
    existing: bool
    value: Callable[[str], Value]
