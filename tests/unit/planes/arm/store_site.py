"""Configuration stores on the management plane."""

from __future__ import annotations

from typing import Any

from arm_site import GROUP, SUBSCRIPTION, Answer, ArmSite

from keyless.model.roles import RoleAssignment
from keyless.store.collections import ASSIGNMENTS

PROVIDER = "providers/Microsoft.AppConfiguration"
NEWEST = "2025-08-01-preview"
VERSIONS = ("2022-05-01", "2023-03-01", "2024-05-01", "2024-06-01", "2025-02-01-preview", NEWEST)
STANDARD: dict[str, Any] = {"location": "West Europe", "sku": {"name": "Standard"}}


def store_path(name: str, rest: str = "", group: str = GROUP) -> str:
    """The path of a store, or of something in it."""
    return f"{group}/{PROVIDER}/configurationStores/{name}{rest}"


def deleted_path(name: str, rest: str = "", location: str = "westeurope") -> str:
    """The path of a deleted store."""
    return f"{SUBSCRIPTION}/{PROVIDER}/locations/{location}/deletedConfigurationStores/{name}{rest}"


class StoreSite:
    """Asks the plane, as its owner if no other is named."""

    def __init__(self, arm: ArmSite) -> None:
        self.arm = arm

    async def ask(
        self, method: str, path: str, body: object = None, *, version: str = "2024-06-01", who: str = "owner"
    ) -> Answer:
        """Ask, at an api-version."""
        return await self.arm.ask(method, path, body, version=version, who=who)

    async def make(self, name: str = "contoso", sku: str = "Standard", **properties: Any) -> Answer:
        """Make a store."""
        body = {**STANDARD, "sku": {"name": sku}, "properties": properties}
        answer = await self.ask("PUT", store_path(name), body)
        assert answer.status == 201, answer.raw
        return answer

    async def keys(self, name: str = "contoso") -> list[dict[str, Any]]:
        """A store's access keys."""
        answer = await self.ask("POST", store_path(name, "/listKeys"))
        found: list[dict[str, Any]] = answer.body["value"]
        return found

    async def scopes(self) -> set[str]:
        """Where roles are given."""
        found: list[tuple[Any, RoleAssignment]] = list(await self.arm.store.scan(ASSIGNMENTS))
        return {one.scope for _, one in found}
