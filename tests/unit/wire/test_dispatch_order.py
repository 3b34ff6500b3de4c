"""The fixed order of a request: host, precheck, credential, api-version, decision, body, handler.

Each test breaks one step and everything behind it, and sees that the first broken step answers.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any

import pytest

from keyless.wire.call import Authorized
from keyless.wire.errors import Bug

BAD_BODY = b"{"


def code(answer: Any) -> str:
    said = json.loads(answer.body)["error"]
    return str(said["code"])


def headers(answer: Any) -> dict[str, str]:
    return dict(answer.headers)


async def test_a_permitted_request_is_answered(library: Any, reader: str) -> None:
    answer = await library.ask("GET", "/books/dune", token=reader)
    assert (answer.status, json.loads(answer.body)) == (200, {"title": "Dune"})
    assert headers(answer)["content-type"] == "application/json; charset=utf-8"
    assert headers(answer)["x-ms-request-id"]


async def test_an_unknown_host_is_not_found(library: Any) -> None:
    answer = await library.ask("GET", "/books/dune", host="elsewhere.example", x_teapot="1")
    assert (answer.status, code(answer)) == (404, "NotFound")
    assert b"elsewhere.example" in answer.body


@pytest.mark.parametrize(
    "host", ["ORDERS.Books.Example", "orders.books.example:443", "orders.books.example."]
)
async def test_a_host_is_known_in_any_casing_with_a_port_and_a_dot(
    library: Any, reader: str, host: str
) -> None:
    assert (await library.ask("GET", "/books/dune", token=reader, host=host)).status == 200


async def test_a_precheck_goes_before_the_credential(library: Any) -> None:
    answer = await library.ask("GET", "/books/dune", x_teapot="1")
    assert (answer.status, code(answer)) == (400, "BadParameter")


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/books/dune", "api-version=7.4"),
        ("GET", "/books/dune", ""),
        ("GET", "/books/dune", "api-version=1999"),
        ("GET", "/books/dune", "&".join(["x=1"] * 101)),
        ("PUT", "/books/dune", "api-version=7.4"),
        ("PATCH", "/books/dune", "api-version=7.4"),
        ("GET", "/no/such/path", "api-version=7.4"),
    ],
)
async def test_whoever_brings_no_token_is_asked_for_one_before_anything_else(
    library: Any, method: str, path: str, query: str
) -> None:
    answer = await library.ask(method, path, query, body=BAD_BODY)
    assert (answer.status, code(answer)) == (401, "Unauthorized")
    assert headers(answer)["www-authenticate"].startswith("Bearer authorization=")
    assert library.shelf.reached == []


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer x.y.z", "x"])
async def test_what_is_no_bearer_token_is_refused(library: Any, authorization: str) -> None:
    answer = await library.ask("GET", "/books/dune", token=authorization)
    assert answer.status == 401


async def test_a_token_that_does_not_hold_is_refused_before_the_api_version(
    library: Any, reader: str
) -> None:
    answer = await library.ask("GET", "/books/dune", "", token=reader[:-8] + "AAAAAAAA")
    assert answer.status == 401


async def test_a_header_of_ten_thousand_brackets_is_a_bad_token_and_no_bug(library: Any) -> None:
    nested = b'{"alg":"RS256","kid":"x","z":' + b"[" * 6000 + b"]" * 6000 + b"}"
    token = f"Bearer {base64.urlsafe_b64encode(nested).decode().rstrip('=')[:16000]}.e30.AA"
    assert (await library.ask("GET", "/books/dune", token=token)).status == 401


@pytest.mark.parametrize("query", ["", "api-version=", "version=7.4"])
async def test_a_missing_api_version_is_said_to_who_is_authenticated(library: Any, query: str) -> None:
    answer = await library.ask("GET", "/books/dune", query, token=library.token("nobody"))
    assert (answer.status, code(answer)) == (400, "BadParameter")
    assert b"api-version must be specified" in answer.body


async def test_an_unknown_api_version_is_answered_with_the_newest_known_one(library: Any) -> None:
    answer = await library.ask("GET", "/books/dune", "api-version=1999", token=library.token("nobody"))
    assert answer.status == 400
    assert (
        b"version (1999) is not recognized. Consider using the latest supported version (7.5)." in answer.body
    )


async def test_an_api_version_may_come_percent_encoded(library: Any, reader: str) -> None:
    answer = await library.ask("GET", "/books/dune/", "api%2Dversion=7%2E5", token=reader)
    assert answer.status == 200
    assert library.shelf.reached[0].api_version == "7.5"


async def test_too_many_parameters_are_refused_once_the_caller_is_known(library: Any, reader: str) -> None:
    query = "api-version=7.4&" + "&".join(["x=1"] * 100)
    answer = await library.ask("GET", "/books/dune", query, token=reader)
    assert (answer.status, code(answer)) == (400, "BadParameter")
    assert headers(answer)["x-ms-request-id"]


async def test_an_authenticated_caller_learns_that_a_path_is_unknown(library: Any) -> None:
    answer = await library.ask("GET", "/no/such/path", token=library.token("nobody"))
    assert (answer.status, code(answer)) == (404, "NotFound")
    assert b"/no/such/path" in answer.body


async def test_a_known_path_with_another_method_is_not_allowed(library: Any) -> None:
    answer = await library.ask("PATCH", "/books/dune", token=library.token("nobody"))
    assert (answer.status, code(answer)) == (405, "MethodNotAllowed")
    assert b"DELETE, GET, HEAD, POST, PUT" in answer.body


async def test_the_decision_goes_before_the_body(library: Any) -> None:
    answer = await library.ask("PUT", "/books/dune", token=library.token("nobody"), body=BAD_BODY)
    assert (answer.status, code(answer)) == (403, "Forbidden")
    answer = await library.ask("PUT", "/books/dune", token=library.token("nobody"), body=b"x" * 2000)
    assert answer.status == 403


async def test_the_decision_goes_before_whether_the_object_is_there(library: Any) -> None:
    answer = await library.ask("GET", "/books/none", token=library.token("nobody"))
    assert (answer.status, code(answer)) == (403, "Forbidden")
    assert library.missing == []


async def writer(library: Any) -> str:
    await library.assign("alice", "writer")
    await library.assign("alice", "signer")
    return str(library.token("alice"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"title": 1}',
        b'{"name": "x"}',
        b"\xff",
        b'{"title": "\xff"}',
        b'{"t":' + b"[" * 900,
    ],
)
async def test_a_body_that_is_not_what_the_operation_takes_is_refused(library: Any, body: bytes) -> None:
    token = await writer(library)
    answer = await library.ask("PUT", "/books/dune", token=token, body=body)
    assert (answer.status, code(answer)) == (400, "BadParameter")
    assert library.shelf.reached == []


async def test_a_body_nested_too_deeply_is_refused_and_no_bug(library: Any) -> None:
    library.serve(dataclasses.replace(library.plane, max_body_bytes=1_000_000))
    token = await writer(library)
    deep = b'{"z":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answer = await library.ask("PUT", "/books/dune", token=token, body=deep)
    assert (answer.status, code(answer)) == (400, "BadParameter")


async def test_a_body_beyond_the_planes_limit_is_too_large(library: Any) -> None:
    token = await writer(library)
    answer = await library.ask("PUT", "/books/dune", token=token, body=b'{"title": "' + b"x" * 1000 + b'"}')
    assert (answer.status, code(answer)) == (413, "RequestEntityTooLarge")
    answer = await library.ask("POST", "/books/dune", token=token, body=b"x" * 1001)
    assert answer.status == 413


async def test_a_handler_gets_the_body_the_parameters_and_the_caller(library: Any) -> None:
    token = await writer(library)
    answer = await library.ask("PUT", "/books/Emma", token=token, body=b'{"title": "Emma"}')
    assert (answer.status, json.loads(answer.body)) == (201, {"title": "Emma"})
    assert headers(answer)["etag"] == '"1"'
    (call,) = library.shelf.reached
    assert (call.params, call.body.title, call.caller.principal_id) == ({"name": "Emma"}, "Emma", "alice")
    assert call.caller.client_id == "app-of-alice"
    assert call.resource.name == "orders"
    assert call.now == library.now
    assert call.workload is None


async def test_a_handler_without_a_body_type_sees_the_bytes(library: Any) -> None:
    token = await writer(library)
    answer = await library.ask("POST", "/books/dune", token=token, body=b"\xff\x00")
    assert (answer.body, headers(answer)["content-type"]) == (b"\xff\x00", "text/plain")


async def test_an_answer_without_a_body_has_none(library: Any) -> None:
    token = await writer(library)
    answer = await library.ask("DELETE", "/books/dune", token=token)
    assert (answer.status, answer.body) == (204, b"")
    assert "content-type" not in headers(answer)


async def test_a_head_request_gets_status_and_headers_and_no_body(library: Any, reader: str) -> None:
    answer = await library.ask("HEAD", "/books/dune", token=reader)
    assert (answer.status, answer.body) == (200, b"")
    assert headers(answer)["content-type"] == "application/json; charset=utf-8"
    for refused in (
        await library.ask("HEAD", "/books/dune"),
        await library.ask("HEAD", "/books/none", token=reader),
        await library.ask("HEAD", "/nowhere", host="elsewhere.example"),
    ):
        assert (refused.status in {401, 404}, refused.body) == (True, b"")


async def test_every_required_action_must_be_granted(library: Any) -> None:
    token = library.token("alice")
    await library.assign("alice", "writer")
    refused = await library.ask("PUT", "/books/dune", token=token, body=b'{"title": "x"}')
    assert refused.status == 403
    assert b"books/sign/action" in refused.body
    await library.assign("alice", "signer")
    allowed = await library.ask("PUT", "/books/dune", token=token, body=b'{"title": "x"}')
    assert allowed.status == 201


async def test_a_query_parameter_that_names_the_object_is_decided_on(library: Any) -> None:
    await library.assign("alice", "reader", scope=f"{library.shelf_scope}/books/dune")
    token = library.token("alice")
    assert (await library.ask("GET", "/of", "name=dune", token=token)).status == 200
    assert (await library.ask("GET", "/of", "NAME=dune", token=token)).status == 200
    assert (await library.ask("GET", "/of", "name=emma", token=token)).status == 403
    assert (await library.ask("GET", "/of", "", token=token)).status == 403


async def test_a_public_operation_asks_for_nothing(library: Any) -> None:
    answer = await library.ask("GET", "/", "", token="Bearer nonsense")
    assert json.loads(answer.body) == {"about": "books"}
    assert library.shelf.reached[0].caller is None
    assert library.counted() == {}


async def test_a_workloads_endpoint_answers_its_own_workload_alone(library: Any) -> None:
    desk = {"host": "desk.example", "query": "api-version=1"}
    answer = await library.ask("GET", "/who", **desk, x_secret="open sesame")
    assert json.loads(answer.body) == {"who": "web"}
    for secret in ("", "wrong", "open sesame "):
        refused = await library.ask("GET", "/who", **desk, x_secret=secret)
        assert refused.status == 401
    assert (await library.ask("GET", "/who", **desk)).status == 401
    assert (await library.ask("GET", "/who", **desk, token=library.token("alice"))).status == 401
    assert len(library.shelf.reached) == 1


async def test_a_workloads_secret_goes_before_the_api_version(library: Any) -> None:
    assert (await library.ask("GET", "/who", "", host="desk.example")).status == 401
    answer = await library.ask("GET", "/who", "", host="desk.example", x_secret="open sesame")
    assert answer.status == 400


async def test_a_plane_without_tokens_says_at_once_that_a_path_is_unknown(library: Any) -> None:
    answer = await library.ask("GET", "/no/such/path", host="desk.example")
    assert answer.status == 404
    answer = await library.ask("PUT", "/who", host="desk.example")
    assert answer.status == 405


async def test_a_post_may_stand_for_another_method_where_the_plane_allows_it(library: Any) -> None:
    token = await writer(library)
    put = {"token": token, "body": b'{"title": "Emma"}'}
    for override, status in (("PUT", 201), (None, 200), ("put", 201), ("PATCH", 405), (None, 200)):
        given = {"x_http_method": override} if override else {}
        answer = await library.ask("POST", "/books/emma", **put, **given)
        assert answer.status == status, override


async def test_a_method_that_a_post_stands_for_needs_that_methods_role(library: Any, reader: str) -> None:
    assert (await library.ask("POST", "/books/dune", token=reader, x_http_method="GET")).status == 200
    assert (await library.ask("POST", "/books/dune", token=reader, x_http_method="DELETE")).status == 403
    assert (await library.ask("GET", "/books/dune", token=reader, x_http_method="DELETE")).status == 200


async def test_a_post_stands_for_itself_where_the_plane_does_not_allow_more(library: Any) -> None:
    desk = {"host": "desk.example", "query": "api-version=1", "x_secret": "open sesame"}
    assert (await library.ask("POST", "/who", **desk, x_http_method="PUT")).status == 200


def test_only_the_dispatcher_makes_an_authorized_call() -> None:
    parts = dict.fromkeys(("request", "resource", "params", "body", "api_version", "caller", "workload"))
    for mint in (None, object(), True):
        with pytest.raises(Bug, match="dispatcher alone"):
            Authorized(mint, **parts)  # type: ignore[arg-type]
