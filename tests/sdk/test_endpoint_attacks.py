"""Attacks on the identity endpoints of a running plane, from processes that are nobody's workload.

This process is one: it has not been started by `keyless run`. The environment that a workload is given serves
it to find the endpoints, and, where a test says so, as what was stolen from it.
"""

from __future__ import annotations

import base64
import http.client
import os
import ssl
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sdk_estates import GROUP
from sdk_site import Site, SkipLoudly
from sdk_wire import Answer, _exchange

NAMES = ("arc", "other-arc", "shell", "fabric", "ml", "web", "machine")
VAULT = "https://vault.azure.net"
METADATA = {"Metadata": "true"}
_GROUP_NAME = GROUP.rsplit("/", 1)[1]
ESTATE = f"""
version: 1
resourceGroups:
  {_GROUP_NAME}:
    compute:
      arc: {{type: Microsoft.HybridCompute/machines, identity: {{systemAssigned: true}}}}
      other-arc: {{type: Microsoft.HybridCompute/machines, identity: {{systemAssigned: true}}}}
      shell: {{type: Microsoft.Web/sites, hostKind: cloud-shell, identity: {{systemAssigned: true}}}}
      fabric: {{type: Microsoft.ServiceFabric/clusters, identity: {{systemAssigned: true}}}}
      ml: {{type: Microsoft.MachineLearningServices/workspaces, identity: {{systemAssigned: true}}}}
      web: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      machine: {{type: Microsoft.Compute/virtualMachines, identity: {{systemAssigned: true}}}}
"""


@dataclass
class Town:
    """The workloads that run now, by name, with the environment of each."""

    root: Path
    environments: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def plain_port(self) -> int:
        """Where the endpoints without TLS are."""
        return urlsplit(self.environments["web"]["IDENTITY_ENDPOINT"]).port or 0

    @property
    def proxy_port(self) -> int:
        """Where the proxy is."""
        return urlsplit(self.environments["web"]["HTTP_PROXY"]).port or 0

    def secret(self, name: str) -> str:
        """A workload's secret, as its proxy has it."""
        return urlsplit(self.environments[name]["HTTP_PROXY"]).password or ""

    def key(self, challenge: str) -> Path:
        """The file that a challenge names, as it is seen from outside."""
        named = Path(challenge.partition("=")[2])
        own = self.root / ".keyless" / "arc" / named.name
        return own if own.exists() else named

    def send(
        self, method: str, port: int, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        """Send a request to a port of this machine."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        return _exchange(connection, method, target, headers, body)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A workload of every kind of host, and two of Azure Arc's."""
    site = Site.made(tmp_path_factory.mktemp("attacks"))
    site.declare(ESTATE)
    with ExitStack() as stack:
        found = {name: stack.enter_context(site.inside(name)) for name in NAMES}
        yield Town(site.root, found)


def token_path(path: str, version: str = "2020-06-01") -> str:
    return f"{path}?{urlencode({'api-version': version, 'resource': VAULT})}"


ARC = token_path("/metadata/identity/oauth2/token")
FORM = urlencode({"resource": VAULT}).encode()
FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


def refused(answer: Answer) -> bool:
    """Whether there is neither a token nor a challenge in an answer."""
    assert b"access_token" not in answer.body
    assert "www-authenticate" not in answer.headers
    assert "location" not in answer.headers
    return answer.status in {400, 401, 403, 404}


@pytest.mark.parametrize("through", ["plain_port", "proxy_port"])
@pytest.mark.parametrize("forged", [{}, {"x-keyless-workload": "forged"}, {"x-keyless-workload": ""}])
def test_a_stranger_gets_no_challenge_and_no_token_from_endpoints_without_a_secret(
    town: Town, through: str, forged: dict[str, str]
) -> None:
    """Through the proxy too, which runs in a process that a `keyless run` has started."""
    port = getattr(town, through)
    assert refused(town.send("GET", port, ARC, METADATA | forged))
    assert refused(town.send("GET", port, ARC, METADATA | forged | {"Authorization": "Basic guessed"}))
    headers = METADATA | FORM_HEADERS | forged
    assert refused(town.send("POST", port, "/oauth2/token", headers, FORM))
    assert not list((town.root / ".keyless" / "arc").glob("*"))


def test_the_metadata_address_is_not_answered_without_a_leases_secret(town: Town) -> None:
    host = METADATA | {"Host": "169.254.169.254"}
    for path in (token_path("/metadata/identity/oauth2/token", "2018-02-01"), "/metadata/versions"):
        for port in (town.plain_port, town.proxy_port):
            assert refused(town.send("GET", port, path, host))
        answer = town.send("GET", town.proxy_port, f"http://169.254.169.254{path}", METADATA)
        assert answer.status == 407


def proxied(town: Town, name: str) -> dict[str, str]:
    """What a workload's requests to the proxy carry."""
    proof = base64.b64encode(f"keyless:{town.secret(name)}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {proof}"}


def test_a_leases_secret_opens_the_endpoint_of_its_own_kind_of_host_alone(town: Town) -> None:
    """A stolen secret of each kind, at each endpoint, in the form that the endpoint takes."""
    fabric = urlsplit(town.environments["fabric"]["IDENTITY_ENDPOINT"])
    trust = ssl.create_default_context(cafile=town.environments["fabric"]["SSL_CERT_FILE"])
    app, old = "/msi/token", "2017-09-01"

    def over_tls(secret: str) -> Answer:
        connection = http.client.HTTPSConnection("localhost", fabric.port, context=trust, timeout=20)
        target = token_path(fabric.path, "2019-07-01-preview")
        return _exchange(connection, "GET", target, {"Secret": secret}, None)

    def at_the_proxy(method: str, url: str, name: str, body: bytes | None = None) -> Answer:
        headers = METADATA | FORM_HEADERS | proxied(town, name)
        return town.send(method, town.proxy_port, url, headers, body)

    here = f"http://127.0.0.1:{town.plain_port}"
    imds = f"http://169.254.169.254{token_path('/metadata/identity/oauth2/token', '2018-02-01')}"
    by_header: dict[str, Callable[[str], Answer]] = {
        "web": lambda name: town.send(
            "GET", town.plain_port, token_path(app, "2019-08-01"), {"X-IDENTITY-HEADER": town.secret(name)}
        ),
        "ml": lambda name: town.send(
            "GET", town.plain_port, token_path("/msi/auth", old), {"secret": town.secret(name)}
        ),
        "fabric": lambda name: over_tls(town.secret(name)),
        "machine": lambda name: at_the_proxy("GET", imds, name),
        "shell": lambda name: at_the_proxy("POST", f"{here}/oauth2/token", name, FORM),
    }
    for own, ask in by_header.items():
        for name in NAMES:
            answer = ask(name)
            assert answer.status == 200 if name == own else refused(answer), (own, name, answer)
    for name in NAMES:
        challenged = at_the_proxy("GET", f"{here}{ARC}", name).status == 401
        assert challenged == (name in {"arc", "other-arc"}), name


def test_a_challenge_is_for_one_workload_and_one_answer(town: Town) -> None:
    url = f"http://127.0.0.1:{town.plain_port}{ARC}"

    def ask(name: str, answer: str | None = None) -> Answer:
        given = {"Authorization": f"Basic {answer}"} if answer else {}
        return town.send("GET", town.proxy_port, url, METADATA | given | proxied(town, name))

    challenge = ask("arc").headers["www-authenticate"]
    assert challenge.count("=") == 1
    key = town.key(challenge)
    assert stat.S_IMODE(key.stat().st_mode) == 0o400
    assert key.stat().st_uid == os.geteuid()
    content = key.read_text()
    assert refused(ask("other-arc", content))
    assert refused(town.send("GET", town.plain_port, ARC, METADATA | {"Authorization": f"Basic {content}"}))
    assert ask("arc", content).status == 200
    assert refused(ask("arc", content))
    assert not key.exists()


def test_another_user_cannot_read_a_challenge(town: Town, skip_loudly: SkipLoudly) -> None:
    if os.geteuid() != 0:
        skip_loudly("a challenge against another user: only root can become one")
    url = f"http://127.0.0.1:{town.plain_port}{ARC}"
    answer = town.send("GET", town.proxy_port, url, METADATA | proxied(town, "arc"))
    path = town.key(answer.headers["www-authenticate"])
    assert path.exists()
    child = os.fork()
    if child == 0:
        code = 3
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            path.read_text()
            code = 0
        except PermissionError:
            code = 13
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 13


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Metadata": "false"},
        {"Metadata": "true", "X-Forwarded-For": "10.0.0.1"},
        {"Metadata": "true", "x-forwarded-for": "127.0.0.1", "Connection": "x-forwarded-for"},
        {"Connection": "Metadata"},
    ],
)
def test_a_forged_request_that_a_workloads_own_server_sends_is_refused(
    town: Town, headers: dict[str, str]
) -> None:
    """Server-side request forgery: the way is the workload's own, and the headers are not."""
    here = f"http://127.0.0.1:{town.plain_port}"
    imds = "http://169.254.169.254"
    for name, url in (("arc", here + ARC), ("machine", imds + ARC), ("machine", f"{imds}/metadata/instance")):
        answer = town.send("GET", town.proxy_port, url, headers | proxied(town, name))
        assert refused(answer)
        assert answer.status == 400
    shell = headers | proxied(town, "shell")
    assert refused(town.send("POST", town.proxy_port, f"{here}/oauth2/token", shell, FORM))


def test_a_request_smuggled_behind_another_is_not_answered(town: Town) -> None:
    """A second request in the body of a first, with a workload's header of its own."""
    smuggled = (
        f"GET {ARC} HTTP/1.1\r\nHost: 127.0.0.1\r\nMetadata: true\r\nx-keyless-workload: x\r\n\r\n".encode()
    )
    headers = METADATA | proxied(town, "machine") | {"Content-Length": str(len(smuggled))}
    url = "http://169.254.169.254/metadata/versions"
    answer = town.send("GET", town.proxy_port, url, headers, smuggled)
    assert answer.status == 200
    assert b"apiVersions" in answer.body
    both = headers | {"Transfer-Encoding": "chunked"}
    assert town.send("GET", town.proxy_port, url, both, smuggled).status == 400
