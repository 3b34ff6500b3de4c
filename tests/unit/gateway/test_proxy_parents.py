"""The user's own proxies: which one is used for what, and how a refusal of theirs is told."""

from __future__ import annotations

import asyncio
import base64
import ssl

import pytest
from proxy_world import NOW, OFFLINE_SECRET, Site, World, credentials

from keyless.gateway.authority import Authority
from keyless.gateway.certificates import Names
from keyless.gateway.proxy.leases import TimeLimits
from keyless.gateway.proxy.parents import ParentProxy, Parents, UnusableProxy

PROXY = {"HTTPS_PROXY": "http://proxy.example:3128"}


def via(environment: dict[str, str], host: str, port: int = 443, scheme: str = "https") -> str | None:
    found = Parents.from_environment(environment).towards(scheme, host, port)
    return None if found is None else str(found)


# --- which proxy


def test_without_variables_there_is_no_proxy() -> None:
    assert via({}, "example.com") is None


def test_each_scheme_has_its_own_proxy_and_all_proxy_is_for_the_rest() -> None:
    environment = {"HTTPS_PROXY": "http://a:1", "ALL_PROXY": "http://b:2"}
    assert via(environment, "example.com") == "a:1"
    assert via(environment, "example.com", 80, "http") == "b:2"


def test_the_lower_case_variable_goes_first_and_an_empty_one_is_none() -> None:
    assert via({"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:2"}, "example.com") == "a:1"
    assert via({"https_proxy": "", "HTTPS_PROXY": "http://b:2"}, "example.com") == "b:2"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("proxy:3128", ParentProxy("proxy", 3128, False)),
        ("http://proxy", ParentProxy("proxy", 80, False)),
        ("https://proxy", ParentProxy("proxy", 443, True)),
        ("http://[::1]:8080/", ParentProxy("::1", 8080, False)),
        ("http://u%40x:p%3Aw@proxy:1", ParentProxy("proxy", 1, False, "Basic dUB4OnA6dw==")),
        ("http://user@proxy:1", ParentProxy("proxy", 1, False, "Basic dXNlcjo=")),
    ],
)
def test_a_proxy_url_is_read(value: str, expected: ParentProxy) -> None:
    assert Parents.from_environment({"HTTPS_PROXY": value}).towards("https", "example.com", 443) == expected


def test_a_password_is_never_shown() -> None:
    parents = Parents.from_environment({"HTTPS_PROXY": "http://user:hunter2@proxy:1"})
    found = parents.towards("https", "example.com", 443)
    encoded = base64.b64encode(b"user:hunter2").decode()
    assert not any(text in f"{parents!r} {found!r} {found}" for text in ("hunter2", encoded))


@pytest.mark.parametrize("value", ["socks5://u:hunter2@proxy:1", "http://", "http://proxy:port", "http://[x"])
def test_an_unusable_proxy_is_an_error_when_it_is_needed_and_not_before(value: str) -> None:
    parents = Parents.from_environment({"ALL_PROXY": value})
    assert parents.towards("https", "localhost", 443) is None
    with pytest.raises(UnusableProxy, match=r"`ALL_PROXY`.*unset it") as raised:
        parents.towards("https", "example.com", 443)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("*", "example.com"),
        ("example.com", "Example.COM."),
        ("example.com", "www.example.com"),
        (".example.com", "www.example.com"),
        ("*.example.com", "www.example.com"),
        ("example.com:443", "example.com"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3:443", "10.1.2.3"),
        ("fd00::/8", "fd00::1"),
        ("[fd00::1]:443", "fd00::1"),
        ("other.example x,example.com", "example.com"),
    ],
)
def test_no_proxy_exempts(entry: str, host: str) -> None:
    assert via(PROXY | {"NO_PROXY": entry}, host) is None


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("example.com", "notexample.com"),
        ("example.com", "example.com.attacker.example"),
        ("example.com:80", "example.com"),
        ("10.0.0.0/8", "11.1.2.3"),
        ("10.0.0.0/8", "10.example"),
        ("fd00::/8", "10.1.2.3"),
        ("example.com", "10.1.2.3"),
        (".", "example.com"),
    ],
)
def test_no_proxy_exempts_nothing_else(entry: str, host: str) -> None:
    assert via(PROXY | {"NO_PROXY": entry}, host) == "proxy.example:3128"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "a.localhost"])
def test_this_machine_is_never_reached_through_a_proxy(host: str) -> None:
    assert via(PROXY, host) is None


# --- going through one


class ParentSite(Site):
    """A proxy of the user's: opens tunnels, and all of them lead to one site."""

    def __init__(self, target: Site, answer: bytes, context: ssl.SSLContext | None = None) -> None:
        super().__init__("parent", context, self._tunnel)
        self._target = target
        self._first_answer = answer

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        writer.write(self._first_answer)
        if b" 200 " not in self._first_answer:
            return
        onwards = await asyncio.open_connection("127.0.0.1", self._target.port)
        onwards[1].write(await reader.readuntil(b"\r\n\r\n"))
        writer.write(await onwards[0].read())
        onwards[1].close()


def parent(
    world: World, answer: bytes = b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\n", **kind: ssl.SSLContext
) -> Site:
    return world.add(ParentSite(world.outside, answer, **kind))


def through(world: World, site: Site, target: str = "example.com:8443") -> str:
    """Ask for a tunnel where the environment names this parent, and for a page inside it."""
    world.start({"HTTPS_PROXY": f"http://user:pw@127.0.0.1:{site.port}"})
    return world.ask(f"CONNECT {target} HTTP/1.1\r\n{credentials()}\r\nGET /in HTTP/1.1\r\n\r\n")


def test_what_goes_out_goes_through_the_users_own_proxy(world: World) -> None:
    world.loop.run(world.outside.start())
    site = parent(world)
    answer = through(world, site)
    assert "GET /in" in answer
    assert site.heads[0].split("\r\n")[:3] == [
        "CONNECT example.com:8443 HTTP/1.1",
        "Host: example.com:8443",
        "Proxy-Authorization: Basic dXNlcjpwdw==",
    ]


def test_a_proxy_over_tls_is_gone_through_and_must_be_trusted(
    world: World, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = Authority.open(authority.directory / "other", NOW, Names(("localhost",)))
    leaf = named.issue_leaf(["localhost"], [], NOW)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf.chain)
    world.loop.run(world.outside.start())
    site = parent(world, context=context)
    world.start({"HTTPS_PROXY": f"https://localhost:{site.port}"})
    head = f"CONNECT example.com:443 HTTP/1.1\r\n{credentials()}\r\n"
    assert "certificate is not trusted" in world.ask(head)
    monkeypatch.setenv("SSL_CERT_FILE", str(named.ca_path))
    assert "GET /in" in world.ask(f"{head}GET /in HTTP/1.1\r\n\r\n")


def test_a_plain_request_goes_through_it_as_a_url_with_its_own_credentials(world: World) -> None:
    site = world.add(Site("parent"))
    world.start({"HTTP_PROXY": f"http://user:pw@127.0.0.1:{site.port}"})
    answer = world.ask(f"GET http://example.com:8080/a?b HTTP/1.1\r\nHost: x\r\n{credentials()}\r\n")
    assert '"site": "parent"' in answer
    assert site.heads[0].split("\r\n")[:4] == [
        "GET http://example.com:8080/a?b HTTP/1.1",
        "Host: example.com:8080",
        "Connection: close",
        "Proxy-Authorization: Basic dXNlcjpwdw==",
    ]


def test_hosts_of_the_clouds_own_never_go_to_it(world: World) -> None:
    site = parent(world)
    world.start(
        {"HTTPS_PROXY": f"http://127.0.0.1:{site.port}", "HTTP_PROXY": f"http://127.0.0.1:{site.port}"}
    )
    client, _ = world.connect("contoso.vault.azure.net:443")
    assert "tls front" in world.ask_inside(client, "contoso.vault.azure.net")
    assert "plain front" in world.ask(f"GET http://169.254.169.254/ HTTP/1.1\r\n{credentials()}\r\n")
    assert not site.heads


def test_an_offline_workload_does_not_get_out_through_it(world: World) -> None:
    site = parent(world)
    world.start({"HTTPS_PROXY": f"http://127.0.0.1:{site.port}"})
    client, answer = world.connect("example.com:443", OFFLINE_SECRET)
    assert answer.startswith("HTTP/1.1 403 ")
    assert not site.heads
    client.socket.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 407 Who are you\r\n\r\n", "refused `example.com:8443`: 407 Who are you"),
        (b"SSH-2.0-x\r\n\r\n", "did not answer as an HTTP proxy does"),
        (b"", "did not answer as an HTTP proxy does"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000, "did not answer as an HTTP proxy does"),
    ],
)
def test_a_proxy_that_refuses_is_named_with_its_reason(world: World, answer: bytes, reason: str) -> None:
    world.loop.run(world.outside.start())
    site = parent(world, answer)
    told = through(world, site)
    assert told.startswith(f"HTTP/1.1 502 your proxy `127.0.0.1:{site.port}` {reason}")


def test_a_proxy_that_says_nothing_is_given_up(world: World) -> None:
    async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    site = world.add(Site("silent", handler=say_nothing))
    world.start({"HTTPS_PROXY": f"http://127.0.0.1:{site.port}"}, TimeLimits(connect_s=0.2))
    client, answer = world.connect("example.com:443")
    assert answer.startswith(f"HTTP/1.1 502 your proxy `127.0.0.1:{site.port}` did not answer in 0.2 s")
    client.socket.close()


@pytest.mark.parametrize("line", ["CONNECT example.com:443", "GET http://example.com/"])
def test_a_proxy_of_another_kind_is_refused_by_name(world: World, line: str) -> None:
    world.start({"ALL_PROXY": "socks5://127.0.0.1:1080"})
    answer = world.ask(f"{line} HTTP/1.1\r\n{credentials()}\r\n")
    assert answer.startswith("HTTP/1.1 502 `ALL_PROXY` names a `socks5` proxy")
