"""The attacks on identity endpoints, each against a plane that runs.

Whatever is refused here is refused with a status of its own, and never with a token or a redirect.
"""

from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from attack_site import IMDS_TARGET, IMDS_URL, LOGIN, SITE_TARGET, VAULT, Place, refused
from attack_wire import proof_of, sent_raw
from sdk_site import Site
from sdk_wire import TOKEN_PATH, Answer, Wire, claims_of

# --- another workload's header


def test_a_workloads_header_gives_its_own_tokens_and_never_anothers(attacked: Place) -> None:
    oids = {}
    for name in ("web", "other"):
        wire = attacked.wire(name)
        answer = wire.identity(f"api-version=2019-08-01&resource={VAULT}")
        oids[name] = claims_of(answer.json["access_token"])["oid"]
    assert oids["web"] != oids["other"]
    wire = attacked.wire("web")
    for parameter in ("client_id", "object_id", "principal_id", "mi_res_id"):
        query = urlencode({"api-version": "2019-08-01", "resource": VAULT, parameter: oids["other"]})
        refused(wire.identity(query), 400)


@pytest.mark.parametrize("header", ["x-identity-header", "secret", "metadata", "authorization", "cookie"])
@pytest.mark.parametrize("guess", ["", "guess", "null", "*", "0" * 43, "ü", "a" * 8000])
def test_a_guessed_header_is_nobodys(attacked: Place, header: str, guess: str) -> None:
    headers = f"Host: 127.0.0.1\r\nMetadata: true\r\n{header}: {guess}\r\nConnection: close\r\n\r\n"
    for target in (
        SITE_TARGET,
        SITE_TARGET.replace("2019-08-01", "2017-09-01"),
        "/msi/auth?api-version=2017-09-01",
    ):
        statuses, heard = sent_raw(attacked.identity_port, f"GET {target} HTTP/1.1\r\n{headers}".encode())
        assert statuses in ([401], [400]), heard
        assert b"access_token" not in heard


def test_a_header_is_worth_nothing_at_another_kind_of_hosts_endpoint(attacked: Place) -> None:
    secret = attacked.environments["web"]["IDENTITY_HEADER"]
    for target in (
        f"/msi/auth?api-version=2017-09-01&resource={VAULT}",
        IMDS_TARGET,
        f"/oauth2/token?resource={VAULT}",
    ):
        text = (
            f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nMetadata: true\r\nsecret: {secret}\r\n"
            f"x-identity-header: {secret}\r\nx-keyless-workload: {secret}\r\nConnection: close\r\n\r\n"
        )
        statuses, heard = sent_raw(attacked.identity_port, text.encode())
        assert len(statuses) == 1
        assert statuses[0] in {400, 401, 403}, heard
        assert b"access_token" not in heard


def test_the_header_of_a_run_that_has_ended_is_nobodys(attacked: Place) -> None:
    site = Site(attacked.root)
    with site.inside("other") as environment:
        ended = Wire(environment)
        assert ended.identity(f"api-version=2019-08-01&resource={VAULT}").status == 200
    refused(ended.identity(f"api-version=2019-08-01&resource={VAULT}"), 401)
    statuses, _ = sent_raw(
        attacked.proxy_port,
        b"GET "
        + IMDS_URL.encode()
        + b" HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n"
        + proof_of(environment)
        + b"\r\n",
    )
    assert statuses == [407]


# --- Azure Arc's challenge


ARC_TARGET = f"{TOKEN_PATH}?api-version=2020-06-01&resource={VAULT}"


def asked(attacked: Place, server: str, key: str | None = None) -> Answer:
    """What a server's endpoint answers to a request, with a challenge's answer where there is one."""
    authorization = {} if key is None else {"Authorization": f"Basic {key}"}
    return attacked.wire(server).plain(
        attacked.identity_port, ARC_TARGET, {"Metadata": "true", **authorization}
    )


def challenged(attacked: Place, server: str) -> tuple[Path, str]:
    """A new challenge: the file that it names, and what it holds, as the server's own user reads it."""
    answer = asked(attacked, server)
    assert answer.status == 401
    scheme, _, path = answer.headers["www-authenticate"].partition(" realm=")
    assert scheme == "Basic"
    (found,) = attacked.root.rglob(Path(path).name)
    return found, found.read_text()


def test_an_answer_to_a_challenge_is_good_once_and_for_nobody_else(attacked: Place) -> None:
    _, key = challenged(attacked, "server")
    refused(asked(attacked, "neighbour", key), 403)
    assert asked(attacked, "server", key).status == 200
    refused(asked(attacked, "server", key), 403)
    refused(asked(attacked, "neighbour", key), 403)


def test_a_challenges_file_is_its_owners_alone_and_as_small_as_clients_want_it(attacked: Place) -> None:
    found, key = challenged(attacked, "server")
    mode = found.stat()
    assert stat.S_IMODE(mode.st_mode) & 0o077 == 0
    assert stat.S_IMODE(found.parent.stat().st_mode) & 0o077 == 0
    assert found.suffix == ".key"
    assert 32 <= mode.st_size <= 4096
    assert asked(attacked, "server", key).status == 200
    assert not found.exists()


def test_a_challenges_file_that_somebody_wrote_is_worth_nothing(attacked: Place) -> None:
    found, _ = challenged(attacked, "server")
    planted = found.with_name("keyless-planted.key")
    planted.write_text("planted")
    try:
        for content in ("planted", "", "\t", "a" * 5000, str(planted), f"../{found.name}"):
            refused(asked(attacked, "server", content), 403, 400)
    finally:
        planted.unlink()


# --- forged forwarding headers


FORWARDED = {
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Host": "169.254.169.254",
    "X-Forwarded-Proto": "https",
    "Forwarded": "for=127.0.0.1;host=169.254.169.254",
    "X-Real-IP": "127.0.0.1",
    "Via": "1.1 localhost",
    "X-Original-URL": TOKEN_PATH,
    "X-HTTP-Method-Override": "GET",
    "True-Client-IP": "127.0.0.1",
}


@pytest.mark.parametrize("name", FORWARDED)
def test_a_forwarding_header_proves_nothing(attacked: Place, name: str) -> None:
    headers = {"Metadata": "true", name: FORWARDED[name]}
    text = "".join(f"{one}: {value}\r\n" for one, value in headers.items())
    for target in (IMDS_TARGET, SITE_TARGET, f"/oauth2/token?resource={VAULT}"):
        for host in ("169.254.169.254", "127.0.0.1"):
            request = f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{text}Connection: close\r\n\r\n"
            statuses, heard = sent_raw(attacked.identity_port, request.encode())
            assert statuses, heard
            assert statuses[0] in {400, 401, 403, 404}
            assert b"access_token" not in heard


@pytest.mark.parametrize("hidden", [False, True])
def test_a_request_that_was_forwarded_is_refused_even_with_its_proof(attacked: Place, hidden: bool) -> None:
    connection = {"Connection": "X-Forwarded-For"} if hidden else {}  # as if it were for one hop alone
    forwarded = {"Metadata": "true", "X-Forwarded-For": "10.0.0.9", **connection}
    refused(attacked.wire("machine").metadata(IMDS_TARGET, forwarded), 400)


@pytest.mark.parametrize("name", ["x-keyless-workload", "X-KEYLESS-WORKLOAD"])
def test_nobody_but_the_proxy_says_which_workload_it_is(attacked: Place, name: str) -> None:
    theirs = urlsplit(attacked.environments["machine"]["HTTPS_PROXY"]).password
    assert theirs
    text = (
        f"GET {IMDS_TARGET} HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\n"
        f"{name}: {theirs}\r\nConnection: close\r\n\r\n"
    )
    statuses, heard = sent_raw(attacked.proxy_port, text.encode())
    assert statuses == [401], heard
    own = attacked.wire("machine").metadata(IMDS_TARGET, {"Metadata": "true", name: "somebody"})
    assert own.status == 200  # the proxy's word counts, and not the client's own


# --- redirects


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "/\\evil.example",
        "/%2f%2fevil.example",
        "/msi",
        "/msi/token/..",
        "/.",
        "/?resource=//e",
    ],
)
def test_no_answer_sends_anyone_elsewhere(attacked: Place, target: str) -> None:
    for port in (attacked.proxy_port, attacked.identity_port):
        for host in ("127.0.0.1", "169.254.169.254", "evil.example"):
            text = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nMetadata: true\r\nConnection: close\r\n\r\n"
            statuses, heard = sent_raw(port, text.encode())
            assert all(status >= 400 for status in statuses), heard
            assert b"location:" not in heard.lower()
    answer = attacked.wire("web").ask("GET", f"{LOGIN}{target}")
    refused(answer, 400, 404, 405)


# --- calls that somebody else's server was led to make


@pytest.mark.parametrize("tunnel", [False, True], ids=["absolute form", "tunnel"])
@pytest.mark.parametrize(
    "headers", [{}, {"Metadata": "1"}, {"Metadata": "false"}, {"Metadata": ""}, {"X-Meta": "true"}]
)
def test_a_url_alone_gets_no_token_of_a_machine(
    attacked: Place, headers: dict[str, str], tunnel: bool
) -> None:
    refused(attacked.wire("machine").metadata(IMDS_TARGET, headers, tunnel=tunnel), 400)


def test_a_url_alone_gets_no_token_of_any_endpoint(attacked: Place) -> None:
    secret = attacked.environments["web"]["IDENTITY_HEADER"]
    for target in (
        SITE_TARGET,
        f"{SITE_TARGET}&X-IDENTITY-HEADER={secret}",
        f"{SITE_TARGET}&secret={secret}",
        f"{SITE_TARGET}&x-keyless-workload={secret}",
        f"{IMDS_TARGET}&Metadata=true",
        f"/oauth2/token?resource={VAULT}",
        f"/msi/auth?api-version=2017-09-01&resource={VAULT}&secret={secret}",
    ):
        text = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        statuses, heard = sent_raw(attacked.identity_port, text.encode())
        assert statuses[0] in {400, 401, 403, 404}, heard
        assert b"access_token" not in heard


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "HEAD"])
def test_a_metadata_token_is_had_by_get_alone(attacked: Place, method: str) -> None:
    proof = proof_of(attacked.environments["machine"]).decode()
    text = (
        f"{method} {IMDS_URL} HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\n"
        f"{proof}Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    statuses, heard = sent_raw(attacked.proxy_port, text.encode())
    assert statuses[0] >= 400, heard
    assert b"access_token" not in heard


# --- more than anyone needs


def test_oversized_requests_to_an_identity_endpoint_are_refused(attacked: Place) -> None:
    for text in (
        f"GET {SITE_TARGET} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-IDENTITY-HEADER: {'a' * 500_000}\r\n\r\n",
        f"GET {SITE_TARGET}&x={'a' * 500_000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /msi/token HTTP/1.1\r\nHost: 127.0.0.1\r\n" + "X: y\r\n" * 5000 + "\r\n",
        f"GET {SITE_TARGET}{'&resource=x' * 500} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ):
        for port in (attacked.identity_port, attacked.proxy_port):
            statuses, heard = sent_raw(port, text.encode())
            assert len(statuses) <= 1
            assert all(status >= 400 for status in statuses), heard
            assert b"access_token" not in heard
    assert attacked.wire("web").identity(f"api-version=2019-08-01&resource={VAULT}").status == 200
