"""`az lock`, `az tag`, `az monitor activity-log`, `az account management-group` on the management plane."""

from __future__ import annotations

from azure_cli import Session


def test_a_lock_holds_up_a_delete_until_it_is_taken_away(owner: Session) -> None:
    owner("group", "create", "--name", "locked-rg", "--location", "westeurope")
    made = owner(
        "lock",
        "create",
        "--name",
        "keep",
        "--lock-type",
        "CanNotDelete",
        "--resource-group",
        "locked-rg",
        "--notes",
        "n",
    )
    assert (made["level"], made["notes"]) == ("CanNotDelete", "n")
    assert owner("lock", "list", "--resource-group", "locked-rg", "--query", "[].name") == ["keep"]
    assert "ScopeLocked" in owner.refused("group", "delete", "--name", "locked-rg", "--yes")
    owner("lock", "delete", "--name", "keep", "--resource-group", "locked-rg")
    owner("group", "delete", "--name", "locked-rg", "--yes")
    assert owner("group", "exists", "--name", "locked-rg") is False


def test_tags_are_written_at_a_scope(owner: Session) -> None:
    scope = owner("group", "show", "--name", "orders-rg", "--query", "id")
    owner("tag", "create", "--resource-id", scope, "--tags", "team=orders")
    owner("tag", "update", "--resource-id", scope, "--operation", "merge", "--tags", "cost=7")
    listed = owner("tag", "list", "--resource-id", scope)
    assert listed["properties"]["tags"] == {"team": "orders", "cost": "7"}
    owner("tag", "delete", "--resource-id", scope, "--yes")
    assert "team" not in owner("tag", "list", "--query", "[].tagName")


def test_what_was_written_is_in_the_activity_log(owner: Session) -> None:
    owner("group", "create", "--name", "logged-rg", "--location", "westeurope")
    said = owner(
        "monitor",
        "activity-log",
        "list",
        "--resource-group",
        "logged-rg",
        "--offset",
        "1h",
        "--query",
        "[].[operationName.value, status.value, caller]",
    )
    me = owner("ad", "signed-in-user", "show", "--query", "userPrincipalName")
    assert said == [["Microsoft.Resources/subscriptions/resourceGroups/write", "Succeeded", me]]


def test_the_subscription_is_moved_among_management_groups(owner: Session) -> None:
    subscription = owner("account", "show", "--query", "id")
    group, registered = ("account", "management-group"), "--no-register"  # else it waits 10 s each time
    owner(*group, "create", "--name", "shops", "--display-name", "Shops", registered)
    owner(*group, "create", "--name", "north", "--parent", "shops", registered)
    owner(*group, "subscription", "add", "--name", "north", "--subscription", subscription)
    shown = owner(*group, "show", "--name", "shops", "--expand", "--recurse", registered)
    assert [one["name"] for one in shown["children"]] == ["north"]
    assert {"shops", "north"} <= set(owner(*group, "list", "--query", "[].name", registered))
    owner(*group, "subscription", "remove", "--name", "north", "--subscription", subscription)
    for name in ("north", "shops"):
        owner(*group, "delete", "--name", name, registered)
