"""Fetching over real TLS, from a server on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyless.planes.entra import issuer_fetch
from keyless.planes.entra.issuer_fetch import FetchFailed, Fetching, fetch
from tls_pages import Pages, certified, serving


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    """A server whose certificate this machine trusts."""
    certificate = certified(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(certificate) as running:
        yield running


def url(server: Pages, path: str, host: str = "localhost") -> str:
    return f"https://{host}:{server.server_port}{path}"


async def test_what_is_published_is_fetched(server: Pages) -> None:
    assert await fetch(url(server, "/keys"), loopback=True) == b'{"keys": []}'
    assert await fetch(url(server, "/keys", "127.0.0.1"), loopback=True) == b'{"keys": []}'
    path, headers = server.asked[0]
    assert path == "/keys"
    assert headers["Host"] == f"localhost:{server.server_port}"
    assert "Authorization" not in headers
    assert "Cookie" not in headers


async def test_this_machine_is_not_asked_unless_allowed(server: Pages) -> None:
    with pytest.raises(FetchFailed, match="is this machine"):
        await fetch(url(server, "/keys"), loopback=False)
    assert server.asked == []


async def test_a_redirect_is_not_followed(server: Pages) -> None:
    with pytest.raises(FetchFailed, match="status 302"):
        await fetch(url(server, "/moved"), loopback=True)
    assert [path for path, _ in server.asked] == ["/moved"]


@pytest.mark.parametrize(
    ("path", "why"), [("/missing", "status 404"), ("/long", "longer than"), ("/endless", "longer than")]
)
async def test_an_answer_that_is_no_use_is_told_as_such(server: Pages, path: str, why: str) -> None:
    with pytest.raises(FetchFailed, match=why):
        await fetch(url(server, path), loopback=True)


async def test_a_slow_answer_ends_in_time(server: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_fetch, "WITHIN_S", -1.0)
    with pytest.raises(FetchFailed, match="did not answer within"):
        await fetch(url(server, "/endless"), loopback=True)


async def test_a_certificate_that_is_not_trusted_ends_it(
    server: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(FetchFailed, match="does not verify"):
        await fetch(url(server, "/keys"), loopback=True)
    assert server.asked == []


async def test_a_certificate_of_another_name_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certified(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(certificate) as server:
        assert await fetch(url(server, "/keys", "127.0.0.1"), loopback=True)
        with pytest.raises(FetchFailed, match="does not verify"):
            await fetch(url(server, "/keys"), loopback=True)
        assert len(server.asked) == 1


async def test_where_nobody_listens_nothing_is_fetched(server: Pages) -> None:
    with pytest.raises(FetchFailed, match="cannot be fetched"):
        await fetch("https://localhost:1/keys", loopback=True)


async def test_a_fetch_can_be_ended_while_it_waits(server: Pages) -> None:
    running = Fetching(url(server, "/silent"), loopback=True)
    running.abort()
    ended = asyncio.get_running_loop().run_in_executor(None, running.run)
    await asyncio.to_thread(server.silent.wait)
    running.abort()
    with pytest.raises(FetchFailed, match="cannot be fetched"):
        await asyncio.wait_for(ended, 10)
