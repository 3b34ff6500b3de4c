"""The activity log: what is written into it, and what of it is shown to whom."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from arm_site import DAY_S, GROUP, NOW, SUBSCRIPTION, TENANT_ID, ArmSite

from keyless.planes.arm.moments import moment
from keyless.planes.arm.service import Arm
from keyless.store.collections import ACTIVITY_LOG
from wire_schemas import check

SITE = f"{GROUP}/providers/Microsoft.Web/sites/web"
WHERE = {"location": "westeurope"}
PATH = f"{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"
CORRELATION = "4d5b2d1e-0000-4000-8000-000000000001"


async def events(
    arm: ArmSite, more: str = "", who: str = "owner", since: float = NOW - DAY_S, query: str = ""
) -> list[dict[str, Any]]:
    filtered = f"eventTimestamp ge {moment(since)} and eventTimestamp le '{moment(NOW + 400 * DAY_S)}'{more}"
    asked = "&".join(filter(None, (f"$filter={quote(filtered)}", query)))
    answer = await arm.ask("GET", PATH, who=who, version="2015-04-01", query=asked)
    check("GET", PATH, "api-version=2015-04-01", answer.status, answer.headers, answer.raw)
    found: list[dict[str, Any]] = answer.body["value"]
    return found


async def test_a_write_is_in_the_log_with_who_did_it_and_by_which_right(arm: ArmSite) -> None:
    headers = {"x-ms-correlation-request-id": CORRELATION, "x-ms-client-request-id": "mine-1"}
    await arm.ask("PUT", SITE, {**WHERE, "properties": {"text": "hunter2"}}, headers=headers)
    (event,) = await events(arm)
    assert event["operationName"]["value"] == "Microsoft.Web/sites/write"
    assert event["resourceProviderName"]["value"] == "Microsoft.Web"
    assert (event["resourceId"], event["resourceGroupName"]) == (SITE, "Shop")
    assert event["resourceType"]["value"] == "Microsoft.Web/sites"
    assert (event["status"]["value"], event["subStatus"]["value"]) == ("Succeeded", "Created")
    assert (event["caller"], event["correlationId"], event["level"]) == (
        "owner",
        CORRELATION,
        "Informational",
    )
    assert event["authorization"] == {"action": "Microsoft.Web/sites/write", "scope": SITE}
    assert event["properties"]["roleAssignmentId"] == f"owner-owner-{SUBSCRIPTION}"
    assert event["httpRequest"]["method"] == "PUT"
    assert event["httpRequest"]["clientRequestId"] == "mine-1"
    assert event["claims"]["http://schemas.microsoft.com/identity/claims/tenantid"] == TENANT_ID
    assert event["eventTimestamp"] == "2027-01-15T08:00:00.0000000Z"
    assert "hunter2" not in repr(event)
    assert "hunter2" not in repr(await arm.store.scan(ACTIVITY_LOG))


async def test_what_was_refused_or_has_failed_is_in_the_log_too(arm: ArmSite) -> None:
    await arm.ask("DELETE", SITE, who="reader")
    arm.now += 1
    await arm.ask("PUT", SITE, {"location": 3})
    newest, oldest = await events(arm, " and status eq 'Failed'")
    assert (oldest["caller"], oldest["subStatus"]["value"]) == ("reader", "Forbidden")
    assert oldest["authorization"]["action"] == "Microsoft.Web/sites/delete"
    assert oldest["level"] == "Error"
    assert (newest["subStatus"]["value"], newest["properties"]["errorCode"]) == (
        "BadRequest",
        "InvalidRequestContent",
    )


async def test_reads_and_strangers_leave_no_event(arm: ArmSite) -> None:
    await arm.ask("GET", GROUP)
    await arm.ask("PUT", SITE, WHERE, version="")
    assert await events(arm) == []


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("", 3),
        (" and resourceGroupName eq 'shop'", 2),
        (f" and resourceUri eq '{SITE.lower()}'", 1),
        (" and resourceProvider eq 'microsoft.WEB'", 1),
        (f" and correlationId eq '{CORRELATION}'", 1),
        (" and caller eq 'owner' and status eq 'Succeeded'", 3),
        (" and caller eq 'somebody'", 0),
        (" and levels eq 'Critical,Error'", 0),
        (" and eventChannels eq 'Admin, Operation'", 3),
        (" and operationName eq 'Microsoft.Web/sites/write'", 1),
        (" and resourceType eq 'Microsoft.Web/sites'", 1),
        (f" and eventTimestamp lt {moment(NOW)}", 0),
        (f" and eventTimestamp gt {moment(NOW - 1)}", 3),
    ],
)
async def test_events_are_found_by_what_they_are_of(arm: ArmSite, more: str, count: int) -> None:
    await arm.ask("PUT", SITE, WHERE, headers={"x-ms-correlation-request-id": CORRELATION})
    await arm.ask("PATCH", GROUP, {"tags": {}})
    await arm.ask("PUT", f"{SUBSCRIPTION}/resourceGroups/Other", WHERE)
    assert len(await events(arm, more)) == count


@pytest.mark.parametrize(
    "filtered",
    [
        "",
        "status eq 'Failed'",
        "eventTimestamp ge 'yesterday'",
        f"eventTimestamp ge {moment(NOW)} or status eq 'Failed'",
        f"eventTimestamp ge {moment(NOW)} and colour eq 'red'",
        f"eventTimestamp ge {moment(NOW)} and status ne 'Failed'",
    ],
)
async def test_a_filter_that_the_log_does_not_take_is_refused(arm: ArmSite, filtered: str) -> None:
    answer = await arm.ask("GET", PATH, version="2015-04-01", query=f"$filter={quote(filtered)}")
    assert (answer.status, answer.code) == (400, "InvalidFilterInQueryString")


async def test_events_are_shown_to_whoever_may_read_where_they_were(arm: ArmSite) -> None:
    await arm.ask("PUT", SITE, WHERE)
    await arm.ask("PUT", f"{SUBSCRIPTION}/resourceGroups/Other", WHERE)
    await arm.grant("guest", "reader", GROUP)
    await arm.grant("web-admin", "websites", GROUP)
    assert [event["resourceId"] for event in await events(arm, who="guest")] == [SITE]
    refused = await arm.ask("GET", PATH, who="web-admin", version="2015-04-01")
    assert refused.code == "AuthorizationFailed"


async def test_chosen_fields_and_pages(arm: ArmSite) -> None:
    for n in range(3):
        arm.now = NOW + n
        await arm.ask("PATCH", GROUP, {"tags": {}})
    only = await events(arm, query="$select=eventTimestamp,status")
    assert {tuple(sorted(event)) for event in only} == {("eventTimestamp", "status")}
    assert [event["eventTimestamp"][17:19] for event in only] == ["02", "01", "00"]
    filtered = quote(f"eventTimestamp ge {moment(NOW)}")
    first = await arm.ask("GET", PATH, version="2015-04-01", query=f"$filter={filtered}&$top=2")
    second = await arm.ask("GET", first.body["nextLink"])
    assert [len(one.body["value"]) for one in (first, second)] == [2, 1]


async def test_events_are_forgotten_after_ninety_days(arm: ArmSite) -> None:
    await arm.ask("PATCH", GROUP, {"tags": {}})
    arm.now += 90 * DAY_S + 1
    assert await events(arm, since=NOW) == []
    await arm.ask("PATCH", GROUP, {"tags": {}})
    assert len(await arm.store.scan(ACTIVITY_LOG)) == 1


async def test_what_is_done_above_subscriptions_is_listed_for_the_tenant(arm: ArmSite) -> None:
    await arm.ask("PATCH", GROUP, {"tags": {}})
    await arm.grant("root", "reader", "/")
    path = "/providers/Microsoft.Insights/eventtypes/management/values"
    query = f"$filter={quote(f'eventTimestamp ge {moment(NOW - DAY_S)}')}"
    answer = await arm.ask("GET", path, who="root", version="2015-04-01", query=query)
    check("GET", path, "api-version=2015-04-01", answer.status, answer.headers, answer.raw)
    assert answer.body["value"] == []
    assert (await arm.ask("GET", path, version="2015-04-01", query=query)).status == 403
    categories = await arm.ask(
        "GET", "/providers/Microsoft.Insights/eventcategories", who="root", version="2015-04-01"
    )
    assert categories.body["value"][0]["value"] == "Administrative"


async def test_a_write_that_cannot_be_kept_in_the_log_is_not_answered_as_done(
    arm: ArmSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Arm) -> str:
        raise OSError("the disk is full")

    monkeypatch.setattr(Arm, "new_guid", property(fail), raising=False)
    answer = await arm.ask("PATCH", GROUP, {"tags": {}})
    assert (answer.status, answer.code) == (500, "InternalServerError")
