"""What is known of a request when a condition is evaluated.

Rules:
- an attribute that the facts do not name is unknown, and one that they name with None is known to have no
  value; of a source in ``complete`` everything is known, so that what is not named has no value;
- names compare without case (a tag's key that is marked as case-sensitive with it);
- `@Request[subOperation]`, as conditions were written before `SubOperationMatches`, is what
  ``sub_operations`` says.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from keyless.authz.conditions.tree import Attribute, attribute_key
from keyless.model.attributes import NO_ATTRIBUTES, Attributes, AttributeSource, Scalar

SUB_OPERATION = Attribute(AttributeSource.REQUEST, "subOperation")
UTC_NOW = Attribute(AttributeSource.ENVIRONMENT, "UtcNow")


@dataclass(frozen=True, slots=True)
class Facts:
    """The action that is asked for, its sub-operations, and the attributes of each source by name."""

    action: str
    sub_operations: tuple[str, ...] = ()
    attributes: Attributes = field(default_factory=lambda: NO_ATTRIBUTES)
    complete: frozenset[AttributeSource] = frozenset()
    folded_action: str = field(init=False, repr=False, compare=False)
    _values: dict[str, tuple[Scalar, ...]] = field(init=False, repr=False, compare=False)
    _absent: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        values: dict[str, tuple[Scalar, ...]] = {SUB_OPERATION.key: self.sub_operations}
        absent: list[str] = []
        for source, named in self.attributes.items():
            for name, value in named.items():
                key = attribute_key(source, name)
                if value is None:
                    absent.append(key)
                else:
                    values[key] = value if isinstance(value, tuple) else (value,)
        object.__setattr__(self, "folded_action", self.action.casefold())
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_absent", frozenset(absent))

    def values(self, key: str) -> tuple[Scalar, ...] | None:
        """The values of an attribute, by its key; None if it has none or none is known."""
        return self._values.get(key)

    def exists(self, attribute: Attribute) -> bool | None:
        """Whether the attribute has a value; None if that is not known."""
        values = self._values.get(attribute.key)
        if values is not None:
            return bool(values)
        known = attribute.source in self.complete or attribute.key in self._absent
        return False if known else None
