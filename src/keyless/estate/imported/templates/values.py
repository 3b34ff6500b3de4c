"""What expressions come to beside plain JSON: a resource, of which only a deployment knows the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from keyless.estate.imported.entry import CannotRead, IdOf
from keyless.model.resource_id import ResourceId


class NotThere(CannotRead):
    """A member of something known that has no such member."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A resource that a template declares or refers to; ``outputs`` are those of a module."""

    id: str
    name: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)

    def member(self, name: str, tenant_id: str) -> Any:  # noqa: ANN401  # any value
        """A member: what can be told of it without deploying.

        Raises:
            CannotRead: only the deployment knows.
        """
        wanted = name.casefold()
        if wanted == "id":
            return self.id
        if wanted == "name":
            return self.name or ResourceId.parse(self.id).name
        if wanted in {"properties", "identity"}:
            return self
        if wanted in {"principalid", "clientid"}:
            return IdOf(self.id, "principalId" if wanted == "principalid" else "clientId")
        if wanted == "tenantid" and tenant_id:
            return tenant_id
        raise CannotRead(f"hangs on `{name}` of a resource, which only the deployment knows")


def id_of_scope(value: object) -> str:
    """The id that a scope is: of a resource, of a group or subscription, or a text."""
    if isinstance(value, Deployed):
        return value.id
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return str(value["id"])
    if isinstance(value, str):
        return value
    raise CannotRead("has a scope that is not understood")


def interleaved(types: str, names: str) -> tuple[str, ...]:
    """The segments of an id from a type and a name with as many parts: `Microsoft.Web/sites`, `web`.

    Raises:
        CannotRead: the parts are not as many.
    """
    provider, *kinds = types.split("/")
    parts = names.split("/")
    if len(kinds) != len(parts) or not all(parts):
        raise CannotRead("has a name with another number of parts than its type")
    pairs = [segment for pair in zip(kinds, parts, strict=True) for segment in pair]
    return ("providers", provider, *pairs)
