"""Queries and headers as clients really send them."""

from __future__ import annotations

import pytest

from keyless.wire.errors import InvalidRequest
from keyless.wire.request import HeaderMap, Query, Request


@pytest.mark.parametrize(
    "raw",
    ["api-version=7.4", "api%2Dversion=7.4", "API-Version=7.4", "%61pi-version=7%2e4", "x=1&api-version=7.4"],
)
def test_a_name_is_found_however_it_is_encoded_and_cased(raw: str) -> None:
    assert Query(raw).get("api-version") == "7.4"


def test_the_first_of_several_values_counts_and_all_can_be_had() -> None:
    query = Query("tags=a&Tags=b&tags=c&other=d")
    assert query.get("tags") == "a"
    assert query.all("tags") == ["a", "b", "c"]


def test_an_absent_name_is_none_and_an_empty_value_is_empty() -> None:
    query = Query("$select=&x")
    assert query.get("$select") == ""
    assert query.get("x") == ""
    assert query.get("y") is None
    assert query.all("y") == []
    assert Query("").get("x") is None


def test_values_are_percent_decoded_as_utf_8() -> None:
    query = Query("label=%00&key=caf%C3%A9%2Fx&resource=https://vault.azure.net&plus=a+b%2Bc&bad=%ff")
    assert query.get("label") == "\x00"
    assert query.get("key") == "café/x"
    assert query.get("resource") == "https://vault.azure.net"
    assert query.get("plus") == "a b+c"
    assert query.get("bad") == "\ufffd"


def test_a_semicolon_is_part_of_a_value() -> None:
    assert Query("a=1;b=2").get("a") == "1;b=2"


def test_the_raw_text_is_kept() -> None:
    assert Query("b=2&a=%31").raw == "b=2&a=%31"


def test_a_hundred_parameters_are_enough() -> None:
    assert len(Query("&".join(["tags=x"] * 100)).all("tags")) == 100
    with pytest.raises(InvalidRequest, match="more than 100 parameters"):
        Query("&".join(["tags=x"] * 101))


def test_a_requests_query_is_read_once() -> None:
    request = Request("GET", "h", "/", "a=1", HeaderMap({}), 0, "id")
    assert request.query is request.query
    assert request.query.get("a") == "1"


def test_headers_are_found_by_their_lower_case_name() -> None:
    headers = HeaderMap({"Content-Type": "text/plain"})
    assert headers.get("content-type") == "text/plain"
    assert headers.get("accept") is None
    assert headers.get("accept", "*/*") == "*/*"
