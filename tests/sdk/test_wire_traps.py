"""Traps for a naive server: what real clients send or need, and a server easily gets wrong.

Each has its number. Two more, 1 and 6, are about what is not served yet and belong to the issues that bring
it: the body of `az deployment`, which is not JSON, and the padding in the certificate assertions of Python's
asynchronous client.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from sdk_estates import (
    APPLICATION,
    APPLICATION_SECRET,
    DATA_OWNER,
    ENDPOINT,
    MACHINE,
    ON_STORE,
    ON_VAULT,
    SHARED,
    TENANT_ID,
    VAULT_ADMINISTRATOR,
    VAULT_URL,
    WEB,
    many_hosts,
)
from sdk_site import Site
from sdk_wire import TOKEN_PATH, Answer, Wire, claims_of

VAULT = "https://vault.azure.net"
SHOUTED_URL = VAULT_URL.replace("contoso", "Contoso").replace("azure", "AZURE")
METADATA = {"Metadata": "true"}
TOKEN_URL = f"https://login.microsoftonline.com/{TENANT_ID}/oauth2/v2.0/token"
FAST_S = 3.0  # clients that probe give up after one; the machine that tests run on may be busy


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A project whose web app may do everything."""
    site = Site.made(tmp_path_factory.mktemp("traps"))
    roles = (("orders-web", VAULT_ADMINISTRATOR, ON_VAULT), ("orders-web", DATA_OWNER, ON_STORE))
    site.declare(many_hosts(*roles))
    return site


@pytest.fixture(scope="module")
def web(place: Site) -> Iterator[Wire]:
    """The web app's place."""
    with place.inside("orders-web") as environment:
        yield Wire(environment)


@pytest.fixture(scope="module")
def machine(place: Site) -> Iterator[Wire]:
    """The virtual machine's place."""
    with place.inside("orders-vm") as environment:
        yield Wire(environment)


@pytest.fixture(scope="module")
def officer(web: Wire) -> dict[str, str]:
    """The header of the vault's officer."""
    return web.bearer(VAULT)


@pytest.fixture(scope="module")
def owner(web: Wire) -> dict[str, str]:
    """The header of the owner of the store's data."""
    return web.bearer("https://azconfig.io")


# --- 2: JavaScript's Key Vault client escapes the name `api-version`


def test_2_query_names_come_percent_encoded(
    web: Wire, officer: dict[str, str], owner: dict[str, str]
) -> None:
    for url, header in (
        (f"{VAULT_URL}/secrets/greeting?api%2Dversion=7.6", officer),
        (f"{VAULT_URL}/secrets?%61pi%2dversion=7.6&max%72esults=1", officer),
        (f"{ENDPOINT}/kv/colour?api%2Dversion=1.0&lab%65l=%00", owner),
    ):
        assert web.ask("GET", url, header).status == 200


def test_2_a_percent_encoded_name_is_obeyed_and_not_only_let_through(
    web: Wire, officer: dict[str, str]
) -> None:
    answer = web.ask("GET", f"{VAULT_URL}/secrets?api%2Dversion=1.2.3", officer)
    assert (answer.status, answer.json["error"]["code"]) == (400, "BadParameter")
    assert "1.2.3" in answer.json["error"]["message"]


# --- 3: the latest version of a secret is asked for with a trailing slash


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", b"{}")])
def test_3_the_latest_version_is_asked_for_with_a_trailing_slash(
    web: Wire, officer: dict[str, str], method: str, body: bytes | None
) -> None:
    headers = {**officer, "Content-Type": "application/json"}
    slashed = web.ask(method, f"{VAULT_URL}/secrets/greeting/?api-version=7.6", headers, body)
    plain = web.ask(method, f"{VAULT_URL}/secrets/greeting?api-version=7.6", headers, body)
    assert (slashed.status, slashed.json["id"]) == (200, plain.json["id"])


def test_3_a_trailing_slash_that_is_part_of_a_key_is_not_lost(web: Wire, owner: dict[str, str]) -> None:
    headers = {**owner, "Content-Type": "application/json"}
    written = web.ask("PUT", f"{ENDPOINT}/kv/a%2F?api-version=1.0", headers, b'{"value": "1"}')
    assert written.json["key"] == "a/"
    assert web.ask("GET", f"{ENDPOINT}/kv/a?api-version=1.0", owner).status == 404


# --- 4: paths mix case within one session, and answers have the canonical one


@pytest.mark.parametrize(
    "url",
    [
        f"{VAULT_URL}/Secrets/Greeting?api-version=7.6",
        f"{VAULT_URL}/SECRETS/GREETING/?API-VERSION=7.6",
        f"{SHOUTED_URL}/secrets/greeting?Api-Version=7.6",
    ],
)
def test_4_a_vaults_paths_hosts_and_parameters_have_any_case(
    web: Wire, officer: dict[str, str], url: str
) -> None:
    answer = web.ask("GET", url, officer)
    assert (answer.status, answer.json["value"]) == (200, "hello")
    assert answer.json["id"].startswith(f"{VAULT_URL}/secrets/greeting/")


def test_4_a_deleted_secret_is_found_in_any_case(web: Wire, officer: dict[str, str]) -> None:
    headers = {**officer, "Content-Type": "application/json"}
    web.ask("PUT", f"{VAULT_URL}/secrets/Mixed?api-version=7.6", headers, b'{"value": "1"}')
    web.ask("DELETE", f"{VAULT_URL}/secrets/mIXED?api-version=7.6", officer)
    answer = web.ask("GET", f"{VAULT_URL}/deletedSecrets/MIXED?api-version=7.6", officer)
    assert (answer.status, answer.json["recoveryId"]) == (200, f"{VAULT_URL}/deletedsecrets/Mixed")


def test_4_a_stores_paths_have_any_case_and_its_keys_do_not(web: Wire, owner: dict[str, str]) -> None:
    assert web.ask("GET", f"{ENDPOINT}/KV/colour?api-version=1.0", owner).status == 200
    assert web.ask("GET", f"{ENDPOINT}/kv/COLOUR?api-version=1.0", owner).status == 404


def test_4_an_identity_is_named_in_any_case_and_its_token_has_the_canonical_one(machine: Wire) -> None:
    named = SHARED.resource_id.replace("resourceGroups", "resourcegroups").upper()
    query = urlencode({"api-version": "2018-02-01", "resource": VAULT, "msi_res_id": named})
    answer = machine.metadata(f"{TOKEN_PATH.upper()}?{query}", METADATA)
    assert claims_of(answer.json["access_token"])["xms_mirid"] == SHARED.resource_id


# --- 5: the clients ask for App Configuration by different names


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("resource", ["https://azconfig.io", "https://appconfig.azure.com", ENDPOINT])
def test_5_app_configuration_goes_by_three_names(web: Wire, resource: str, slash: str) -> None:
    header = web.bearer(resource + slash)
    assert claims_of(header["Authorization"])["aud"] == resource + slash
    assert web.ask("GET", f"{ENDPOINT}/kv/colour?api-version=1.0", header).status == 200
    refused = web.ask("GET", f"{VAULT_URL}/secrets/greeting?api-version=7.6", header)
    assert refused.status == 401


def test_5_a_token_for_the_vault_is_not_one_for_the_store(web: Wire, officer: dict[str, str]) -> None:
    answer = web.ask("GET", f"{ENDPOINT}/kv/colour?api-version=1.0", officer)
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


# --- 7: the resource comes without being escaped


def test_7_the_resource_of_a_token_comes_unescaped(web: Wire, machine: Wire) -> None:
    query = f"api-version=2018-02-01&resource={VAULT}"
    answer = machine.metadata(f"{TOKEN_PATH}?{query}", METADATA)
    assert (answer.json["resource"], claims_of(answer.json["access_token"])["aud"]) == (VAULT, VAULT)
    assert claims_of(answer.json["access_token"])["oid"] == MACHINE.principal_id
    answer = web.identity(f"resource={VAULT}&api-version=2019-08-01")
    assert claims_of(answer.json["access_token"])["oid"] == WEB.principal_id


# --- 8: DefaultAzureCredential probes the metadata service


@pytest.mark.parametrize("tunnel", [False, True], ids=["absolute form", "tunnel"])
@pytest.mark.parametrize(
    ("target", "headers"),
    [
        (f"{TOKEN_PATH}?api-version=2018-02-01&resource={VAULT}", {}),
        (TOKEN_PATH, {}),
        (TOKEN_PATH, METADATA),
    ],
    ids=["Python's", "JavaScript's", "without a query"],
)
def test_8_a_probe_of_the_metadata_service_is_a_fast_400(
    machine: Wire, target: str, headers: dict[str, str], tunnel: bool
) -> None:
    began = time.monotonic()
    answer = machine.metadata(target, headers, tunnel=tunnel)
    assert time.monotonic() - began < FAST_S
    assert answer.status == 400
    assert set(answer.json) == {"error", "error_description"}
    if not headers:
        assert answer.json["error"] == "bad_request_102"


# --- 9: JavaScript asks a pod identity's host with a trailing slash


def test_9_the_metadata_path_may_end_with_a_slash(machine: Wire) -> None:
    query = urlencode({"api-version": "2018-02-01", "resource": VAULT})
    answer = machine.metadata(f"{TOKEN_PATH}/?{query}", METADATA)
    assert claims_of(answer.json["access_token"])["oid"] == MACHINE.principal_id


# --- 10: clients print the reason phrase


def test_10_every_answer_has_the_reason_phrase_of_its_status(
    web: Wire, machine: Wire, officer: dict[str, str], owner: dict[str, str]
) -> None:
    setting = f"{ENDPOINT}/kv/phrase?api-version=1.0"
    secret = f"{VAULT_URL}/secrets/phrase"
    key = f"{VAULT_URL}/keys/phrase"
    as_json = {"Content-Type": "application/json"}
    answers: list[Answer] = [
        web.ask("PUT", setting, {**owner, **as_json}, b'{"value": "1"}'),
        web.ask("GET", setting, {**owner, "If-None-Match": "*"}),
        web.ask("PUT", setting, {**owner, **as_json, "If-None-Match": "*"}, b'{"value": "1"}'),
        web.ask("PUT", setting, {**owner, **as_json}, b'{"value": "%s"}' % (b"x" * 11_000)),
        web.ask("DELETE", f"{ENDPOINT}/kv/nobody?api-version=1.0", owner),
        web.ask("POST", f"{key}/create?api-version=7.6", {**officer, **as_json}, b'{"kty": "EC"}'),
        web.ask("POST", f"{key}/release?api-version=7.6", {**officer, **as_json}, b"{}"),
        web.ask("POST", setting, owner, b""),
        web.ask("GET", f"{VAULT_URL}/secrets/greeting"),
        web.ask("GET", f"{VAULT_URL}/secrets/greeting", officer),
        web.ask("GET", f"{VAULT_URL}/secrets/nobody?api-version=7.6", officer),
        web.ask("GET", f"{VAULT_URL}/secrets/greeting?api-version=7.6", machine_bearer(machine)),
        web.ask("PUT", f"{secret}?api-version=7.6", {**officer, **as_json}, b'{"value": "1"}'),
        web.ask("DELETE", f"{secret}?api-version=7.6", officer),
        web.ask("PUT", f"{secret}?api-version=7.6", {**officer, **as_json}, b'{"value": "1"}'),
        machine.metadata(TOKEN_PATH),
    ]
    assert {answer.status for answer in answers} >= {
        200,
        204,
        304,
        400,
        401,
        403,
        404,
        405,
        409,
        412,
        413,
        501,
    }
    for answer in answers:
        names = {HTTPStatus(answer.status).phrase}
        if answer.status == 413:  # which the standards have renamed twice
            names = {"Request Entity Too Large", "Payload Too Large", "Content Too Large"}
        assert answer.reason in names


def machine_bearer(machine: Wire) -> dict[str, str]:
    """The header of somebody without a role."""
    query = urlencode({"api-version": "2018-02-01", "resource": VAULT})
    token = machine.metadata(f"{TOKEN_PATH}?{query}", METADATA).json["access_token"]
    return {"Authorization": f"Bearer {token}"}


# --- 11: the client capability that a request's claims ask for is in the token


@pytest.mark.parametrize(
    ("claims", "repeated"),
    [(None, None), ('{"access_token": {"xms_cc": {"values": ["CP1"]}}}', ["CP1"])],
    ids=["not asked for", "asked for"],
)
def test_11_a_token_has_the_capability_that_its_request_claims(
    web: Wire, claims: str | None, repeated: list[str] | None
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": APPLICATION.client_id,
        "client_secret": APPLICATION_SECRET,
        "scope": f"{VAULT}/.default",
        **({"claims": claims} if claims else {}),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = web.ask("POST", TOKEN_URL, headers, urlencode(form).encode())
    assert claims_of(answer.json["access_token"]).get("xms_cc") == repeated


# --- 12: Key Vault's clients come without a body and without a token first


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/secrets/greeting/?api-version=7.6"),
        ("GET", "/secrets/greeting"),
        ("GET", "/secrets/no_such_name!?api-version=never"),
        ("GET", "/no/such/path"),
        ("PUT", "/secrets/greeting?api-version=7.6"),
        ("PATCH", "/secrets/greeting?api-version=7.6"),
        ("POST", "/secrets/restore?api-version=7.6"),
        ("DELETE", "/deletedsecrets/greeting?api-version=7.6"),
    ],
)
def test_12_without_a_token_the_challenge_comes_before_any_validation(
    web: Wire, method: str, target: str
) -> None:
    answer = web.ask(method, VAULT_URL + target, {"Content-Length": "0"})
    assert (answer.status, answer.json["error"]["code"]) == (401, "Unauthorized")
    scheme, _, parameters = answer.headers["www-authenticate"].partition(" ")
    pairs = [part.strip().split("=") for part in parameters.split(",")]  # as clients take it apart
    assert scheme == "Bearer"
    assert pairs == [
        ["authorization", f'"https://login.microsoftonline.com/{TENANT_ID}"'],
        ["resource", f'"{VAULT}"'],
    ]
