"""The proxy, byte by byte: who may use it, where things go, and how it says no."""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import threading

import pytest
from proxy_world import OFFLINE_SECRET, SECRET, Loop, RunningLease, Site, World, credentials

from keyless.gateway.proxy.leases import Fronts, TimeLimits
from keyless.gateway.proxy.server import CannotListen, ProxyServer
from keyless.model.hosts import HostKind

IMDS = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://x"


def body_of(answer: str) -> dict[str, str]:
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 "), answer
    found: dict[str, str] = json.loads(body)
    return found


def request(url: str, *headers: str, method: str = "GET", secret: str | None = None) -> str:
    lines = "".join(f"{header}\r\n" for header in headers)
    proof = credentials(secret) if secret else credentials()
    return f"{method} {url} HTTP/1.1\r\nHost: wrong.example\r\n{proof}{lines}\r\n"


# --- who may use it


@pytest.mark.parametrize(
    "header",
    [
        "",
        credentials("another"),
        credentials(""),
        "Proxy-Authorization: Bearer s3cret-of_the~lease\r\n",
        "Proxy-Authorization: Basic !!!\r\n",
        "Proxy-Authorization: Basic c2VjcmV0\r\n",
        "Proxy-Authorization: Basic gIA6gIA=\r\n",
        credentials() + credentials(),
    ],
)
@pytest.mark.parametrize("line", ["CONNECT contoso.vault.azure.net:443", f"GET {IMDS}"])
def test_without_the_secret_of_a_lease_nothing_is_let_through(world: World, line: str, header: str) -> None:
    answer = world.start().ask(f"{line} HTTP/1.1\r\nHost: x\r\n{header}\r\n")
    assert answer.startswith("HTTP/1.1 407 ")
    assert 'Proxy-Authenticate: Basic realm="keyless"' in answer
    assert "HTTPS_PROXY" in answer.splitlines()[0]
    assert not world.asked
    assert not world.plain.heads
    assert not world.lease.hosts


def test_every_proven_request_counts_as_contact(world: World) -> None:
    world.start()
    world.connect("Contoso.Vault.Azure.NET:443")[0].socket.close()
    world.ask(request(IMDS))
    assert world.lease.hosts == ["contoso.vault.azure.net", "169.254.169.254"]


def test_a_secret_is_worth_nothing_once_its_lease_is_over(world: World) -> None:
    world.start()
    world.leases.leases.clear()
    assert world.connect("contoso.vault.azure.net:443")[1].startswith("HTTP/1.1 407 ")


# --- CONNECT


def test_a_host_of_the_clouds_own_is_answered_by_the_tls_front(world: World) -> None:
    client, answer = world.start().connect("contoso.vault.azure.net:443")
    assert answer == "HTTP/1.1 200 Connection established\r\n\r\n"
    assert "tls front" in world.ask_inside(client, "contoso.vault.azure.net")
    assert world.asked == [("contoso.vault.azure.net", "web")]


def test_bytes_sent_before_the_tunnel_stands_are_not_lost(world: World) -> None:
    world.start()
    target = f"127.0.0.1:{world.outside.port}"
    answer = world.ask(f"CONNECT {target} HTTP/1.1\r\n{credentials()}\r\nGET /early HTTP/1.1\r\n\r\n")
    assert answer.startswith("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK")
    assert "GET /early" in answer


def test_a_server_that_speaks_first_is_heard(world: World) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")

    world.start()
    site = world.add(Site("greeting", handler=greet))
    client, answer = world.connect(f"localhost:{site.port}")
    assert answer.startswith("HTTP/1.1 200 ")
    assert client.hear_all() == "220 ready\r\n"
    client.socket.close()


def test_a_host_that_is_not_admitted_is_refused_with_the_reason(world: World) -> None:
    client, answer = world.start().connect("absent.vault.azure.net:443")
    assert answer.startswith("HTTP/1.1 502 the estate has no vault `absent.vault.azure.net`\r\n")
    assert client.hear_all() == "the estate has no vault `absent.vault.azure.net`\n"
    client.socket.close()


def test_a_hook_that_fails_is_an_answer_and_a_line_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    client, answer = world.start().connect("broken.vault.azure.net:443")
    assert answer.startswith("HTTP/1.1 502 the local plane failed")
    assert "LookupError" in caplog.text
    client.socket.close()


@pytest.mark.parametrize(
    "target",
    ["contoso.vault.azure.net:8443", "contoso.vault.azure.net:80", "169.254.169.254:443", "2852039166:8080"],
)
def test_a_host_of_the_clouds_own_never_goes_out_on_another_port(world: World, target: str) -> None:
    client, answer = world.start().connect(target)
    assert answer.startswith("HTTP/1.1 502 `")
    assert "on port 443" in answer
    client.socket.close()


def test_what_is_not_the_clouds_own_goes_out_unchanged(world: World) -> None:
    world.start()
    client, answer = world.connect(f"127.0.0.1:{world.outside.port}")
    assert answer.startswith("HTTP/1.1 200 ")
    client.say("GET /a HTTP/1.1\r\nX-Keyless-Workload: mine\r\n\r\n")
    assert "X-Keyless-Workload: mine" in body_of(client.hear_all())["head"]
    assert not world.asked
    client.socket.close()


def test_the_planes_own_tls_port_cannot_be_asked_for(world: World) -> None:
    world.start()
    for name in ("localhost", "127.0.0.1", "127.1", "0.0.0.0", "web.localhost"):
        client, answer = world.connect(f"{name}:{world.tls.port}")
        assert answer.startswith("HTTP/1.1 403 "), name
        assert "leads back to the local plane" in answer
        client.socket.close()


def test_nothing_listening_is_a_plain_reason(world: World) -> None:
    world.start()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening
        client, answer = world.connect(f"127.0.0.1:{taken.getsockname()[1]}")
    assert answer.startswith("HTTP/1.1 502 cannot connect to `127.0.0.1:")
    assert "connection refused" in answer
    client.socket.close()


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("no-such-host.invalid:443", "no such host is known"),
        ("a..b.example:443", "cannot connect to"),
        (f"{'a' * 70}.example:443", "cannot connect to"),
    ],
)
def test_an_unknown_host_is_a_plain_reason(world: World, target: str, reason: str) -> None:
    client, answer = world.start().connect(target)
    assert answer.startswith("HTTP/1.1 502 ")
    assert reason in answer
    client.socket.close()


def test_a_front_that_does_not_listen_is_said_so(world: World) -> None:
    world.start()
    world.loop.run(world.tls.stop())
    world.sites.remove(world.tls)
    client, answer = world.connect("contoso.vault.azure.net:443")
    assert answer.startswith("HTTP/1.1 502 cannot connect to the local plane: connection refused")
    client.socket.close()


# --- offline


@pytest.mark.parametrize("line", ["CONNECT example.com:443", "GET http://example.com/"])
def test_an_offline_workload_reaches_nothing_outside(world: World, line: str) -> None:
    answer = world.start().ask(f"{line} HTTP/1.1\r\n{credentials(OFFLINE_SECRET)}\r\n")
    assert answer.startswith("HTTP/1.1 403 `example.com:")
    assert "`night` runs with `--offline`" in answer


def test_an_offline_workload_still_reaches_the_plane_and_this_machine(world: World) -> None:
    world.start()
    for target in ("contoso.azconfig.io:443", f"localhost:{world.outside.port}"):
        client, answer = world.connect(target, OFFLINE_SECRET)
        assert answer.startswith("HTTP/1.1 200 "), target
        client.socket.close()


# --- requests for URLs


def test_a_metadata_request_reaches_the_plain_front_with_the_workloads_secret(world: World) -> None:
    answer = world.start().ask(
        request(
            IMDS,
            "Metadata: true",
            "X-Forwarded-For: 10.0.0.1",
            "x-keyless-workload: forged",
            "X-KEYLESS-Workload: forged",
            "Proxy-Connection: keep-alive",
            "Connection: keep-alive, X-Private, X-Forwarded-For",
            "X-Private: 1",
            "Keep-Alive: 300",
            "TE: trailers",
            "Upgrade: h2c",
        )
    )
    head = body_of(answer)["head"]
    lines = head.rstrip("\r\n").split("\r\n")
    assert (
        lines[0] == "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://x HTTP/1.1"
    )
    assert sorted(lines[1:]) == [
        "Connection: close",
        "Host: 169.254.169.254",
        "Metadata: true",
        "X-Forwarded-For: 10.0.0.1",
        "x-keyless-workload: s3cret-of_the~lease",
    ]


def test_any_spelling_of_the_metadata_address_is_the_metadata_address(world: World) -> None:
    world.start()
    for host in ("2852039166", "0xa9fea9fe", "169.254.43518", "[::ffff:169.254.169.254]", "169.254.169.254."):
        answer = world.ask(request(f"http://{host}/metadata/instance"))
        assert body_of(answer)["site"] == "plain front", host


def test_a_metadata_request_through_a_tunnel_is_the_same(world: World) -> None:
    client, answer = world.start().connect("169.254.169.254:80")
    assert answer.startswith("HTTP/1.1 200 ")
    client.say("GET /metadata/x HTTP/1.1\r\nHost: 169.254.169.254\r\nx-keyless-workload: forged\r\n\r\n")
    head = body_of(client.hear_all())["head"]
    assert head.count("x-keyless-workload: s3cret-of_the~lease\r\n") == 1
    assert "forged" not in head
    client.socket.close()


def test_a_request_that_comes_with_its_tunnel_is_read(world: World) -> None:
    answer = world.start().ask(
        f"CONNECT 169.254.169.254:80 HTTP/1.1\r\n{credentials()}\r\nGET /both HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    assert "200 Connection established" in answer
    assert "GET /both" in answer


@pytest.mark.parametrize("line", ["CONNECT example.com:443", "GET http://example.com/"])
def test_inside_such_a_tunnel_there_is_no_way_elsewhere(world: World, line: str) -> None:
    client, _ = world.start().connect("169.254.169.254:80")
    client.say(f"{line} HTTP/1.1\r\n{credentials()}\r\n")
    assert client.hear_all().startswith("HTTP/1.1 400 ")
    client.socket.close()


def test_other_urls_go_out_without_anything_meant_for_the_proxy(world: World) -> None:
    world.start()
    url = f"http://localhost:{world.outside.port}?q=1#part"
    head = body_of(world.ask(request(url, "X-Keyless-Workload: mine", "Accept: */*")))["head"]
    assert head.split("\r\n")[:3] == [
        "GET /?q=1 HTTP/1.1",
        f"Host: localhost:{world.outside.port}",
        "Accept: */*",
    ]
    assert "keyless" not in head.lower()
    assert "Proxy-" not in head


def test_a_url_of_the_clouds_own_over_plain_http_is_refused(world: World) -> None:
    answer = world.start().ask(request("http://login.microsoftonline.com/x"))
    assert answer.startswith("HTTP/1.1 502 `login.microsoftonline.com:80` is refused")


def test_a_client_that_heeds_no_no_proxy_still_reaches_its_identity_endpoint(world: World) -> None:
    world.start()
    for port in (world.port, world.plain.port):
        url = f"http://127.0.0.1:{port}/msi/token"
        head = body_of(world.ask(request(url, "X-IDENTITY-HEADER: own")))["head"]
        assert "X-IDENTITY-HEADER: own" in head
        assert f"x-keyless-workload: {SECRET}" in head
        client, _ = world.connect(f"127.0.0.1:{port}")
        client.say("GET /msi/token HTTP/1.1\r\nHost: x\r\nX-IDENTITY-HEADER: own\r\n\r\n")
        assert body_of(client.hear_all())["site"] == "plain front"
        client.socket.close()


def test_in_cloud_shell_the_endpoint_is_where_it_always_is_there(world: World) -> None:
    world.start()
    url = "http://localhost:50342/oauth2/token"
    assert world.ask(request(url)).startswith("HTTP/1.1 502 "), "elsewhere it is a port like any other"
    world.lease.host_kind = HostKind.CLOUD_SHELL
    head = body_of(world.ask(request(url)))["head"]
    assert "Host: localhost:50342" in head
    assert f"x-keyless-workload: {SECRET}" in head


def test_a_direct_request_reaches_the_plain_front_with_its_own_proof(world: World) -> None:
    head = body_of(
        world.start().ask("GET /msi/token HTTP/1.1\r\nHost: 127.0.0.1:9\r\nX-IDENTITY-HEADER: own\r\n\r\n")
    )["head"]
    assert head.startswith("GET /msi/token HTTP/1.1\r\nHost: 127.0.0.1:9\r\nX-IDENTITY-HEADER: own\r\n")
    assert not world.lease.hosts


def test_a_body_of_known_length_is_passed_on(world: World) -> None:
    answer = world.start().ask(request(IMDS, "Content-Length: 5", method="POST") + "hello")
    assert body_of(answer)["body"] == "hello"


def test_a_body_in_chunks_is_passed_on_as_it_is(world: World) -> None:
    client = world.start().client()
    client.say(request(IMDS, "Transfer-Encoding: chunked", method="POST"))
    for piece in ("5\r\nhel", "lo\r\n3;x=y\r\nyou\r", "\n0\r\n\r\n"):
        client.say(piece)
    assert body_of(client.hear_all())["body"] == "5\r\nhello\r\n3;x=y\r\nyou\r\n0\r\n\r\n"
    client.socket.close()


def test_a_second_request_on_the_connection_is_not_passed_on(world: World) -> None:
    """Else it would reach the next server as it was meant for the proxy, with the secret in it."""

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")  # and does not close, as it was told
        seen.put(await reader.read(1000))

    seen: queue.Queue[bytes] = queue.Queue()
    world.start()
    site = world.add(Site("keeping", handler=keep))
    text = request(f"http://localhost:{site.port}/")
    client = world.client()
    client.say(text + text)
    assert client.hear_head().startswith("HTTP/1.1 200 ")
    client.say(text)
    client.socket.close()
    world.loop.run(world.running.stop())
    assert seen.get(timeout=10) == b""


def test_a_broken_chunk_ends_the_exchange(world: World) -> None:
    client = world.start().client()
    client.say(request(IMDS, "Transfer-Encoding: chunked", method="POST") + "5\r\nhello")
    client.say("and more\r\n")
    assert client.hear_end()
    client.socket.close()


def test_a_client_that_leaves_in_the_middle_of_a_body_ends_the_exchange(world: World) -> None:
    client = world.start().client()
    client.say(request(IMDS, "Content-Length: 500", method="POST") + "some")
    client.socket.shutdown(socket.SHUT_WR)
    assert client.hear_all() == ""
    client.socket.close()


def test_a_client_that_half_closes_after_its_request_gets_the_answer(world: World) -> None:
    client = world.start().client()
    client.say(request(IMDS))
    client.socket.shutdown(socket.SHUT_WR)
    assert body_of(client.hear_all())["site"] == "plain front"
    client.socket.close()


def test_an_answer_before_the_body_has_arrived_is_delivered(world: World) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.write_eof()

    world.start()
    site = world.add(Site("refusing", handler=refuse))
    client = world.client()
    client.say(request(f"http://localhost:{site.port}/", "Content-Length: 50000000", method="PUT"))
    client.say(b"x" * 1000)
    assert client.hear_all().startswith("HTTP/1.1 413 Too Large")
    client.socket.close()


# --- malformed input


@pytest.mark.parametrize(
    "text",
    [
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "G\x00T / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\nEvil: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\x00\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET https://example.com/ HTTP/1.1\r\n\r\n",
        "GET ftp://example.com/ HTTP/1.1\r\n\r\n",
        "GET http:example.com HTTP/1.1\r\n\r\n",
        "GET http:// HTTP/1.1\r\n\r\n",
        "GET http://[::1/ HTTP/1.1\r\n\r\n",
        "GET http://user:pw@example.com/ HTTP/1.1\r\n\r\n",
        "GET http://example.com:0/ HTTP/1.1\r\n\r\n",
        "CONNECT example.com HTTP/1.1\r\n\r\n",
        "CONNECT example.com: HTTP/1.1\r\n\r\n",
        "CONNECT example.com:99999 HTTP/1.1\r\n\r\n",
        "CONNECT example.com:4²3 HTTP/1.1\r\n\r\n",
        "CONNECT :443 HTTP/1.1\r\n\r\n",
        "CONNECT /:443 HTTP/1.1\r\n\r\n",
        "CONNECT [::zz]:443 HTTP/1.1\r\n\r\n",
        "CONNECT [::1] HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_malformed_input_is_answered_with_400(
    world: World, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = world.start().ask(text)
    assert answer.startswith("HTTP/1.1 400 malformed request: ")
    assert not caplog.records
    assert not world.plain.heads


def test_a_head_that_is_too_large_is_refused(world: World) -> None:
    world.start()
    answer = world.ask("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a" * 70_000)
    assert answer.startswith("HTTP/1.1 431 ")


def test_a_head_in_small_pieces_after_empty_lines_is_read(world: World) -> None:
    client = world.start().client()
    for piece in ("\r\n\r\n", "GET /a HT", "TP/1.1\r\nHost: x\r", "\n\r", "\n"):
        client.say(piece)
    assert body_of(client.hear_all())["site"] == "plain front"
    client.socket.close()


def test_a_head_that_does_not_arrive_in_time_ends_the_connection(world: World) -> None:
    world.start(limits=TimeLimits(head_s=0.2, linger_s=0.2))
    assert world.ask("GET / HT").startswith("HTTP/1.1 408 the request did not arrive in 0.2 s")
    assert world.ask("") == ""


def test_a_refused_client_that_goes_on_sending_still_hears_why_and_is_then_cut_off(world: World) -> None:
    client = world.start().client()
    client.say("NONSENSE\r\n\r\n")
    assert client.hear_all().startswith("HTTP/1.1 400 ")
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        client.say(b"x" * 20_000_000)
    client.socket.close()


# --- the relay


def test_much_data_passes_in_both_directions_with_bounded_buffers(world: World) -> None:
    async def mirror(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

    world.start()
    site = world.add(Site("mirror", handler=mirror))
    client, _ = world.connect(f"127.0.0.1:{site.port}")
    total = 64 * 1024 * 1024
    client.socket.settimeout(1)
    sent = 0
    block = bytes(range(256)) * 1024
    try:
        while True:  # nobody reads: the way there and back must fill up, and then no more be taken
            sent += client.socket.send(block)
            assert sent < total
    except TimeoutError:
        pass
    client.socket.settimeout(15)
    client.socket.shutdown(socket.SHUT_WR)
    received = client.hear_all()
    assert len(received) == sent
    client.socket.close()


def test_each_direction_ends_by_itself(world: World) -> None:
    async def after_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = await reader.read()
        writer.write(b"you said " + heard)
        await writer.drain()

    world.start()
    site = world.add(Site("late", handler=after_the_end))
    client, _ = world.connect(f"127.0.0.1:{site.port}")
    client.say("all")
    client.socket.shutdown(socket.SHUT_WR)
    assert client.hear_all() == "you said all"
    client.socket.close()


def test_a_reset_is_passed_on(world: World) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.transport.abort()

    world.start()
    site = world.add(Site("reset", handler=reset))
    client, _ = world.connect(f"127.0.0.1:{site.port}")
    client.say("x")
    assert client.hear_end()
    client.socket.close()


def test_a_client_that_leaves_while_it_is_being_connected_leaves_nothing_behind(world: World) -> None:
    begun, go_on = threading.Event(), asyncio.Event()

    async def admit(host: str, lease: RunningLease) -> str | None:
        begun.set()
        await go_on.wait()
        return None

    async def let_go() -> None:
        go_on.set()

    world.admit_with = admit
    world.start()
    client = world.client()
    client.say(f"CONNECT contoso.vault.azure.net:443 HTTP/1.1\r\n{credentials()}\r\n")
    assert begun.wait(10)
    client.reset()
    world.loop.run(let_go())


def test_stopping_ends_what_is_still_being_connected(world: World) -> None:
    begun = threading.Event()

    async def admit(host: str, lease: RunningLease) -> str | None:
        begun.set()
        await asyncio.Event().wait()
        return None

    world.admit_with = admit
    world.start()
    client = world.client()
    client.say(f"CONNECT contoso.vault.azure.net:443 HTTP/1.1\r\n{credentials()}\r\n")
    assert begun.wait(10)
    world.loop.run(world.running.stop())
    assert client.hear_end()
    client.socket.close()


# --- its life


def test_stopping_ends_every_connection(world: World) -> None:
    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    world.start()
    site = world.add(Site("waiting", handler=wait))
    idle, tunnelled = world.client(), world.connect(f"127.0.0.1:{site.port}")[0]
    world.loop.run(world.running.stop())
    for client in (idle, tunnelled):
        assert client.hear_end()
        client.socket.close()


def test_the_connections_of_a_lease_end_with_it_and_others_stay(world: World) -> None:
    world.start()
    mine, _ = world.connect("contoso.vault.azure.net:443")
    other, _ = world.connect("contoso.vault.azure.net:443", OFFLINE_SECRET)

    async def end() -> None:
        world.running.end(world.lease)

    world.loop.run(end())
    assert mine.hear_end()
    assert "tls front" in world.ask_inside(other, "contoso.vault.azure.net")
    mine.socket.close()


def test_a_port_in_use_is_named_with_what_to_do(world: World, loop: Loop) -> None:
    world.start()
    second = ProxyServer(world.leases, Fronts(world.tls.port, world.plain.port), world.admit)
    with pytest.raises(CannotListen, match=f"port {world.port} is in use by another program: .*`--port`"):
        loop.run(second.start(world.port))
    loop.run(second.stop())
