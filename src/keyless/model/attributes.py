"""What conditions look at: attributes of a request, of the resource, of the caller and of its surroundings.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format#attributes
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TypeAlias


class AttributeSource(enum.StrEnum):
    """Where an attribute comes from, as a condition writes it after the `@`."""

    REQUEST = "Request"
    RESOURCE = "Resource"
    PRINCIPAL = "Principal"
    ENVIRONMENT = "Environment"


Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | tuple[Scalar, ...]
"""A value, or several; date-times are texts in ISO 8601."""

Attributes: TypeAlias = Mapping[AttributeSource, Mapping[str, Value]]
"""By source, and then by the attribute's whole name, such as
``Microsoft.Authorization/roleAssignments:RoleDefinitionId``."""

NO_ATTRIBUTES: Attributes = {}
