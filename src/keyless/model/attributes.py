"""What conditions look at: attributes of a request, of the resource, of the caller and of its surroundings.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format#attributes
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


class AttributeSource(enum.StrEnum):
    """Where an attribute comes from, as a condition writes it after the `@`."""

    REQUEST = "Request"
    RESOURCE = "Resource"
    PRINCIPAL = "Principal"
    ENVIRONMENT = "Environment"


@dataclass(frozen=True, slots=True)
class Beginning:
    """Every text that begins so: what a listing by prefix asks for, all at once. Never empty."""

    text: str

    def __str__(self) -> str:
        return f"{self.text}*"


Scalar: TypeAlias = str | int | float | bool | Beginning
Value: TypeAlias = Scalar | tuple[Scalar, ...] | None
"""A value, or several; None: it is known that there is none. Date-times are texts in ISO 8601, with a `Z`."""

Attributes: TypeAlias = Mapping[AttributeSource, Mapping[str, Value]]
"""By source, and then by the attribute's whole name, such as
``Microsoft.Authorization/roleAssignments:RoleDefinitionId``."""

NO_ATTRIBUTES: Attributes = {}
