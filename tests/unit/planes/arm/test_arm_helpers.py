"""Conditions, pages, tags and times of the management plane."""

from __future__ import annotations

from typing import Any

import pytest
from arm_site import ArmSite

from keyless.model.identities import Principal, PrincipalKind
from keyless.model.resource_id import ResourceId
from keyless.planes.arm.errors import InvalidContent, InvalidName, NotMatching
from keyless.planes.arm.etags import check_conditions, etag_of
from keyless.planes.arm.moments import moment
from keyless.planes.arm.paging import page
from keyless.planes.arm.places import check_group_name
from keyless.planes.arm.system_data import written_by
from keyless.planes.arm.tags import cased_once, check_tags
from keyless.wire.call import MINT, Authorized
from keyless.wire.errors import InvalidRequest
from keyless.wire.moments import read_moment
from keyless.wire.request import HeaderMap, Request

HERE = ResourceId.parse("/subscriptions/s/resourceGroups/g")


def call(query: str = "api-version=2021-04-01", path: str = "/list", **headers: str) -> Authorized[Any]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request("GET", "management.azure.com", path, query, HeaderMap(given), 0, "r")
    return Authorized(MINT, request, None, {}, None, "2021-04-01", None, None)


class TestConditions:
    def test_an_etag_changes_with_the_record_and_with_nothing_else(self) -> None:
        assert etag_of({"a": 1}) == etag_of({"a": 1}) != etag_of({"a": 2})

    @pytest.mark.parametrize(
        "condition", ["*", etag_of("x"), f"W/{etag_of('x')}", f'"other", {etag_of("x")}']
    )
    def test_a_resource_is_as_it_is_told(self, condition: str) -> None:
        check_conditions(call(if_match=condition), HERE, "x")
        with pytest.raises(NotMatching):
            check_conditions(call(if_none_match=condition), HERE, "x")

    @pytest.mark.parametrize("condition", ["*", etag_of("x")])
    def test_what_is_not_there_matches_nothing(self, condition: str) -> None:
        check_conditions(call(if_none_match=condition), HERE, None)
        with pytest.raises(NotMatching):
            check_conditions(call(if_match=condition), HERE, None)

    def test_without_conditions_everything_is_right(self) -> None:
        check_conditions(call(), HERE, None)
        check_conditions(call(), HERE, "x")


class TestPages:
    def test_every_item_is_on_exactly_one_page(self) -> None:
        items, seen, query = [f"{n:03}" for n in range(7)], [], "api-version=2021-04-01&$top=3"
        sizes = []
        while query:
            found = page(call(query), items, str)
            seen += found.value
            sizes.append(len(found.value))
            query = found.next_link.partition("?")[2] if found.next_link else ""
        assert (seen, sizes) == (items, [3, 3, 1])

    def test_the_link_is_absolute_and_keeps_the_filter(self) -> None:
        link = page(call("api-version=2021-04-01&$filter=a%20eq%20'b'&$top=1"), ["1", "2"], str).next_link
        assert link is not None
        assert link.startswith("https://management.azure.com/list?api-version=2021-04-01&$filter=a%20eq%20")

    @pytest.mark.parametrize(
        "query", ["$top=0", "$top=-1", "$top=x", "$skiptoken=nonsense", "$skiptoken=e30"]
    )
    def test_what_no_page_can_be_is_refused(self, query: str) -> None:
        with pytest.raises(InvalidRequest):
            page(call(query), ["1"], str)

    def test_a_token_of_another_list_is_refused(self) -> None:
        link = page(call("$top=1"), ["1", "2"], str).next_link
        assert link is not None
        with pytest.raises(InvalidRequest):
            page(call(link.partition("?")[2], path="/other"), ["1", "2"], str)


class TestTags:
    @pytest.mark.parametrize(
        "tags",
        [
            {f"t{n}": "" for n in range(51)},
            {"": "x"},
            {"n" * 513: "x"},
            {"n": "v" * 257},
            {"a<b": "x"},
            {"a/b": "x"},
            {"a\nb": "x"},
        ],
    )
    def test_tags_that_a_resource_cannot_have_are_refused(self, tags: dict[str, str]) -> None:
        with pytest.raises(InvalidContent):
            check_tags(tags)

    def test_names_that_differ_in_case_alone_are_one(self) -> None:
        check_tags({f"t{n}": "v" * 256 for n in range(50)})
        assert cased_once({"Env": "dev", "env": "prod"}) == {"Env": "prod"}


class TestTimes:
    @pytest.mark.parametrize(
        "text",
        [
            "2027-01-15T08:00:00Z",
            "2027-01-15T08:00:00.0000000Z",
            "2027-01-15T09:00:00+01:00",
            "2027-01-15T08:00:00",
        ],
    )
    def test_a_moment_is_read_in_the_forms_that_clients_send(self, text: str) -> None:
        assert moment(read_moment(text)) == "2027-01-15T08:00:00.0000000Z"

    def test_what_is_no_moment_is_none(self) -> None:
        with pytest.raises(ValueError, match="format"):
            read_moment("yesterday")


class TestNames:
    @pytest.mark.parametrize("name", ["a" * 91, "a.", "a b", "a/b", "a*"])
    def test_a_group_cannot_be_called_that(self, name: str) -> None:
        with pytest.raises(InvalidName):
            check_group_name(name)

    def test_a_group_can_be_called_that(self) -> None:
        check_group_name("Größe_(1).x-y")


def test_system_data_keeps_who_made_a_thing_and_says_who_changed_it_last() -> None:
    ann = Principal("o", "c", "t", "i", PrincipalKind.USER, "ann@example.org")
    made = written_by(ann, 0)
    changed = written_by(Principal("o2", "c2", "t", "i", PrincipalKind.APPLICATION), 60, made)
    assert (changed.created_by, changed.created_by_type) == ("ann@example.org", "User")
    assert (changed.last_modified_by, changed.last_modified_by_type) == ("c2", "Application")
    assert changed.created_at < changed.last_modified_at


async def test_an_unknown_subscription_is_not_found(arm: ArmSite) -> None:
    await arm.grant("owner", "owner", "/")
    answer = await arm.ask("GET", "/subscriptions/00000000-0000-0000-0000-00000000000f", version="2022-12-01")
    assert (answer.status, answer.code) == (404, "SubscriptionNotFound")
