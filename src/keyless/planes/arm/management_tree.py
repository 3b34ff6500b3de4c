"""The tree of management groups: what lies where, and what can't be moved there.

Rules:
- the root group has the tenant's id for a name, and is there without having been made; a group without a
  parent, and a subscription in no group, lie in it;
- a group is in no group below itself, and at most six levels below the root.

Source: https://learn.microsoft.com/azure/governance/management-groups/overview#hierarchy-of-management-groups-and-subscriptions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.model.management import ManagementGroup, management_group_scope
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Tenant
from keyless.planes.arm.errors import InvalidContent
from keyless.planes.arm.service import Arm
from keyless.store.collections import MANAGEMENT_GROUPS
from keyless.store.ports import Reader
from keyless.wire.errors import NotFound

DEEPEST = 6
ROOT_NAME = "Tenant Root Group"


class Tree:
    """Every management group of a tenant, the root group included."""

    def __init__(self, tenant: Tenant, groups: Iterable[ManagementGroup]) -> None:
        self.tenant = tenant
        made = {group.name.casefold(): group for group in groups}
        root = ManagementGroup(tenant.tenant_id, ROOT_NAME)
        self.groups = {tenant.tenant_id.casefold(): root} | made

    @property
    def root(self) -> ManagementGroup:
        """The root group."""
        return self.groups[self.tenant.tenant_id.casefold()]

    def named(self, name: str) -> ManagementGroup:
        """A group by its name in any casing.

        Raises:
            NotFound: there is none.
        """
        found = self.groups.get(name.casefold())
        if found is None:
            raise NotFound(
                f"'/providers/Microsoft.Management/managementGroups/{name[:90]}' not found", code="NotFound"
            )
        return found

    def parent_of(self, group: ManagementGroup) -> ManagementGroup | None:
        """The group that a group lies in; none of the root."""
        if group == self.root:
            return None
        return self.groups.get((group.parent or "").casefold(), self.root)

    def above(self, group: ManagementGroup) -> list[ManagementGroup]:
        """The groups that a group lies in, from the root on."""
        found: list[ManagementGroup] = []
        parent = self.parent_of(group)
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.parent_of(parent)
        return found[::-1]

    def children(self, group: ManagementGroup) -> list[ManagementGroup]:
        """The groups that lie directly in a group, by name."""
        found = [one for one in self.groups.values() if one != group and self.parent_of(one) == group]
        return sorted(found, key=lambda one: one.name.casefold())

    def below(self, group: ManagementGroup) -> Iterator[ManagementGroup]:
        """Every group below a group."""
        for child in self.children(group):
            yield child
            yield from self.below(child)

    def subscriptions(self, group: ManagementGroup) -> list[str]:
        """The subscriptions that lie directly in a group: here that is one, or none."""
        mine = self.tenant.subscription_id
        return [mine] if self.group_of_subscription() == group else []

    def group_of_subscription(self) -> ManagementGroup:
        """The group that the subscription lies in."""
        mine = self.tenant.subscription_id.casefold()
        return next(
            (one for one in self.groups.values() if mine in {each.casefold() for each in one.subscriptions}),
            self.root,
        )

    def check_place(self, group: ManagementGroup, parent: ManagementGroup) -> None:
        """Refuse to put a group where it can't be.

        Raises:
            InvalidContent: it would be in itself, or too deep.
        """
        if parent == group or group in self.above(parent):
            raise InvalidContent(
                f"the management group `{group.name}` can't be in `{parent.name}`, which is in it",
                code="BadRequest",
            )
        height = max((len(self.above(one)) - len(self.above(group)) for one in self.below(group)), default=0)
        if len(self.above(parent)) + 1 + height > DEEPEST:
            raise InvalidContent(
                f"management groups can be {DEEPEST} levels deep below the root", code="BadRequest"
            )


async def tree_of(arm: Arm, reader: Reader) -> Tree:
    """The tree as it is."""
    return Tree(await arm.authority.tenant(), [one for _, one in await reader.scan(MANAGEMENT_GROUPS)])


def scope_of(group: ManagementGroup) -> ResourceId:
    """The scope of a group."""
    return management_group_scope(group.name)
