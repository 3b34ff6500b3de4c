"""Where the subscription lies among the management groups.

Source: https://learn.microsoft.com/rest/api/managementgroups/management-group-subscriptions
"""

from __future__ import annotations

import msgspec

from keyless.model.management import ManagementGroup
from keyless.model.resource_id import subscription_scope
from keyless.planes.arm.api_versions import MANAGEMENT_GROUPS as VERSIONS
from keyless.planes.arm.errors import SubscriptionNotFound
from keyless.planes.arm.management_group_moves import ONE, demand_move, of_management_group
from keyless.planes.arm.management_group_views import TYPE, Json, subscription_shown
from keyless.planes.arm.management_tree import Tree, tree_of
from keyless.planes.arm.scopes import needs
from keyless.planes.arm.service import Arm
from keyless.store.collections import MANAGEMENT_GROUPS
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

_SUBSCRIPTIONS = f"{ONE}/subscriptions"
_SPEC = "https://learn.microsoft.com/rest/api/managementgroups/"


@operation(
    id="ManagementGroupSubscriptions.Create",
    route=f"PUT {_SUBSCRIPTIONS}/{{subscription_id}}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/subscriptions/write", of_management_group),
    errors=(NotFound,),
    spec=_SPEC + "management-group-subscriptions/create",
)
async def put_subscription(call: Authorized[None], arm: Arm) -> Json:
    """Put the subscription into a management group."""
    async with arm.store.transaction() as transaction:
        tree = await tree_of(arm, transaction)
        check_subscription(tree, call.params["subscription_id"])
        group, before = tree.named(call.params["group_id"]), tree.group_of_subscription()
        if group != before:
            demand_move(call, tree, subscription_scope(tree.tenant.subscription_id), before, group)
            await place_subscription(transaction, tree, group)
        return subscription_shown(await tree_of(arm, transaction))


@operation(
    id="ManagementGroupSubscriptions.Delete",
    route=f"DELETE {_SUBSCRIPTIONS}/{{subscription_id}}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/subscriptions/delete", of_management_group),
    spec=_SPEC + "management-group-subscriptions/delete",
)
async def delete_subscription(call: Authorized[None], arm: Arm) -> Reply:
    """Take the subscription out of a management group: it lies in the root group then."""
    async with arm.store.transaction() as transaction:
        tree = await tree_of(arm, transaction)
        check_subscription(tree, call.params["subscription_id"])
        group = tree.named(call.params["group_id"])
        if group != tree.group_of_subscription() or group == tree.root:
            return Reply(status=204)
        demand_move(call, tree, subscription_scope(tree.tenant.subscription_id), group, tree.root)
        await place_subscription(transaction, tree, tree.root)
    return Reply(status=200)


@operation(
    id="ManagementGroupSubscriptions.GetSubscription",
    route=f"GET {_SUBSCRIPTIONS}/{{subscription_id}}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/subscriptions/read", of_management_group),
    errors=(NotFound,),
    spec=_SPEC + "management-group-subscriptions/get-subscription",
)
async def get_subscription(call: Authorized[None], arm: Arm) -> Json:
    """Return the subscription, where it lies in this management group."""
    tree = await tree_of(arm, arm.store)
    check_subscription(tree, call.params["subscription_id"])
    if tree.named(call.params["group_id"]) != tree.group_of_subscription():
        raise SubscriptionNotFound(call.params["subscription_id"])
    return subscription_shown(tree)


@operation(
    id="ManagementGroupSubscriptions.GetSubscriptionsUnderManagementGroup",
    route=f"GET {_SUBSCRIPTIONS}",
    api_versions=VERSIONS,
    access=needs(f"{TYPE}/subscriptions/read", of_management_group),
    errors=(NotFound,),
    spec=_SPEC + "management-group-subscriptions/get-subscriptions-under-management-group",
)
async def list_subscriptions(call: Authorized[None], arm: Arm) -> Json:
    """List the subscriptions that lie directly in a management group."""
    tree = await tree_of(arm, arm.store)
    here = tree.subscriptions(tree.named(call.params["group_id"]))
    return {"value": [subscription_shown(tree) for _ in here]}


async def place_subscription(transaction: Transaction, tree: Tree, place: ManagementGroup) -> None:
    """Let the subscription lie in one group, and in no other."""
    mine = tree.tenant.subscription_id
    for group in tree.groups.values():
        others = tuple(one for one in group.subscriptions if one.casefold() != mine.casefold())
        wanted = (*others, mine) if group == place and group != tree.root else others
        if wanted != group.subscriptions:
            kept = msgspec.structs.replace(group, subscriptions=wanted)
            await transaction.put(MANAGEMENT_GROUPS, (group.name.casefold(),), kept)


def check_subscription(tree: Tree, subscription_id: str) -> None:
    """Make sure that a subscription is the one there is; raises SubscriptionNotFound."""
    if subscription_id.casefold() != tree.tenant.subscription_id.casefold():
        raise SubscriptionNotFound(subscription_id)


OPERATIONS: tuple[Operation, ...] = (
    put_subscription,
    delete_subscription,
    get_subscription,
    list_subscriptions,
)
