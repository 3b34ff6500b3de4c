"""Routing: from a method and a path to one operation and its parameters."""

from __future__ import annotations

import pytest

from keyless.wire.operation import ApiVersions, Operation, Public, operation
from keyless.wire.request import Query
from keyless.wire.routing import Router


def declared(name: str, *routes: str) -> Operation:
    async def handler(call: object, service: object) -> object:
        """Do nothing."""
        return None

    return operation(
        id=name, route=routes, api_versions=ApiVersions(), access=Public("a test"), spec="https://e.x"
    )(handler)


ROUTER = Router(
    [
        declared("version", "GET /secrets/{name}/{version}"),
        declared("versions", "GET /secrets/{name}/versions"),
        declared("secret", "GET /secrets/{name}", "PUT /secrets/{name}"),
        declared("restore", "POST /secrets/restore"),
        declared("backup", "POST /secrets/{name}/backup"),
        declared("list", "GET /secrets"),
        declared("kv", "GET|HEAD /kv/{key*}"),
        declared("kvs", "GET /kv"),
        declared("snapshot's kvs", "GET|HEAD /kv?snapshot"),
        declared("root", "GET /"),
        declared("resource", "GET /subscriptions/{id}/providers/{provider}/{rest*}"),
        declared("vault", "GET /subscriptions/{id}/providers/Ms.KeyVault/vaults/{name}"),
        declared(
            "lock", "GET /{scope*}/providers/Ms.Auth/locks/{name}", "GET /providers/Ms.Auth/locks/{name}"
        ),
    ]
)


def found(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    match = ROUTER.match(method, path)
    return (match.operation.id, match.params) if match else None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/secrets", ("list", {})),
        ("/secrets/", ("list", {})),
        ("/secrets/db", ("secret", {"name": "db"})),
        ("/secrets/db/", ("secret", {"name": "db"})),
        ("/secrets/db/1", ("version", {"name": "db", "version": "1"})),
        ("/secrets/db/1/", ("version", {"name": "db", "version": "1"})),
        ("/secrets/db/versions", ("versions", {"name": "db"})),
        ("/", ("root", {})),
        ("", ("root", {})),
    ],
)
def test_a_path_finds_its_operation(path: str, expected: tuple[str, dict[str, str]]) -> None:
    assert found("GET", path) == expected


def test_literals_compare_without_case_and_parameters_keep_theirs() -> None:
    assert found("GET", "/SECRETS/Db/VERSIONS") == ("versions", {"name": "Db"})


def test_a_template_with_a_literal_earlier_goes_first() -> None:
    assert found("GET", "/secrets/db/Versions") == ("versions", {"name": "db"})
    assert found("POST", "/secrets/restore") == ("restore", {})
    assert found("POST", "/secrets/restore/backup") == ("backup", {"name": "restore"})


@pytest.mark.parametrize(
    "path", ["/secrets//", "/secrets//1", "/secrets/db//", "/secrets/db/1/2", "/nothing"]
)
def test_what_fits_no_template_is_not_found(path: str) -> None:
    assert found("GET", path) is None


def test_a_parameter_with_a_star_takes_the_rest_of_the_path_as_it_is() -> None:
    for key in ("a", "a/b", "a/b/c", "/a", "a//b", "A:b c", "secrets/db"):
        assert found("GET", f"/kv/{key}") == ("kv", {"key": key})


def test_a_keys_trailing_slash_is_part_of_the_key() -> None:
    assert found("GET", "/kv/orders/") == ("kv", {"key": "orders/"})
    assert found("GET", "/kv//") == ("kv", {"key": "/"})


def test_a_parameter_with_a_star_is_not_empty() -> None:
    assert found("GET", "/kv/") == ("kvs", {})
    assert found("HEAD", "/kv/") is None


def test_several_methods_and_routes_lead_to_one_operation() -> None:
    assert found("HEAD", "/kv/a") == found("GET", "/kv/a")
    assert found("PUT", "/secrets/db") == found("GET", "/secrets/db")
    assert found("PATCH", "/secrets/db") is None


def test_the_other_methods_of_a_path_are_known() -> None:
    assert sorted(ROUTER.other_methods("/secrets/db")) == ["GET", "PUT"]
    assert ROUTER.other_methods("/nothing") == []


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyless.wire.routing._REMEMBERED", 10)
    router = Router([declared("kv", "GET /kv/{key*}")])
    for number in range(100):
        match = router.match("GET", f"/kv/{number}")
        assert match is not None
        assert match.params == {"key": str(number)}
        assert router.match("GET", f"/nothing/{number}") is None
    assert len(router._remembered) <= 10


def test_an_operation_is_summed_up_by_the_first_line_of_its_handler() -> None:
    assert declared("x", "GET /").summary == "Do nothing."


def test_api_versions_know_their_members() -> None:
    assert "7.4" in ApiVersions(("7.4",))
    assert "7.5" not in ApiVersions(("7.4",))
    assert "" not in ApiVersions()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/subscriptions/s/providers/ms.keyvault/Vaults/v", ("vault", {"id": "s", "name": "v"})),
        (
            "/subscriptions/s/providers/Ms.Web/sites/w",
            ("resource", {"id": "s", "provider": "Ms.Web", "rest": "sites/w"}),
        ),
        ("/subscriptions/s/providers/Ms.Auth/locks/l", ("lock", {"scope": "subscriptions/s", "name": "l"})),
        (
            "/subscriptions/s/providers/Ms.KeyVault/vaults/v/providers/Ms.Auth/locks/l/",
            ("lock", {"scope": "subscriptions/s/providers/Ms.KeyVault/vaults/v", "name": "l"}),
        ),
        ("/providers/Ms.Auth/locks/l", ("lock", {"name": "l"})),
        ("/subscriptions/s/locks", None),
    ],
)
def test_what_hangs_below_a_scope_of_any_kind_is_found_before_what_the_scope_could_be(
    path: str, expected: tuple[str, dict[str, str]] | None
) -> None:
    assert found("GET", path) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "kvs"),
        ("key=a&label=snapshot", "kvs"),
        ("snapshot=one", "snapshot's kvs"),
        ("key=a&Snapshot=", "snapshot's kvs"),
    ],
)
def test_a_query_parameter_that_a_template_names_decides_what_is_meant(query: str, expected: str) -> None:
    match = ROUTER.match("GET", "/kv")
    assert match is not None
    assert match.asked_with(Query(query)).operation.id == expected


def test_a_path_that_is_only_known_with_a_query_parameter_is_nothing_without() -> None:
    assert ROUTER.match("HEAD", "/kv") is None
