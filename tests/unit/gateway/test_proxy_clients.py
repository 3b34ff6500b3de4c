"""Real clients through the proxy, with nothing but the environment that a child is given."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from proxy_world import NOW, SECRET, World

from keyless.gateway import certificates
from keyless.gateway.environment import Gateway, child_environment
from keyless.gateway.trust import java_trust_store, trust_bundle
from keyless.model.hosts import HostKind

VAULT = "https://contoso.vault.azure.net/secrets/a"
IMDS = "http://169.254.169.254/metadata/instance"

AIOHTTP = """
import asyncio, aiohttp, sys
async def main():
    async with aiohttp.ClientSession(trust_env=True) as session:
        async with session.get(sys.argv[1], headers={"Metadata": "true"}) as answer:
            print(await answer.text())
asyncio.run(main())
"""

NODE = """
const http = require('http'), tls = require('tls');
const proxy = new URL(process.env.HTTPS_PROXY), host = new URL(process.argv[1]).hostname;
const user = Buffer.from(decodeURIComponent(proxy.username + ':' + proxy.password)).toString('base64');
http.request({
  host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: host + ':443',
  headers: {'Proxy-Authorization': 'Basic ' + user},
}).on('connect', (answer, socket) => {
  if (answer.statusCode !== 200) { console.log(answer.statusMessage); process.exit(1); }
  const inside = tls.connect({socket, servername: host}, () => {
    inside.pipe(process.stdout);
    inside.write('GET / HTTP/1.1\\r\\nHost: ' + host + '\\r\\n\\r\\n');
  });
}).end();
"""

GO = """
package main

import ("fmt"; "io"; "net/http"; "os")

func main() {
    answer, err := http.Get(os.Args[1])
    if err != nil { fmt.Println(err); os.Exit(1) }
    body, _ := io.ReadAll(answer.Body)
    fmt.Print(string(body))
}
"""

JAVA = """
import java.net.*;
import java.net.http.*;

public class Get {
    public static void main(String[] arguments) throws Exception {
        URI proxy = URI.create(System.getenv("HTTPS_PROXY"));
        String[] user = URLDecoder.decode(proxy.getUserInfo(), "UTF-8").split(":", 2);
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        HttpClient client = HttpClient.newBuilder()
            .proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())))
            .authenticator(new Authenticator() {
                protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication(user[0], user[1].toCharArray());
                }
            }).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
        System.out.print(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
"""


@pytest.fixture
def environment(world: World, tmp_path: Path) -> dict[str, str]:
    """What a child of this machine's environment is given."""
    world.start()
    directory = world.authority.directory
    bundle = trust_bundle(directory, world.authority.ca_path, os.environ)
    java = java_trust_store(bundle.path)
    gateway = Gateway(world.url, bundle.path, bundle.additions, java, HostKind.VM, {}, tmp_path)
    return child_environment(os.environ, gateway).variables


def run(argv: list[str], environment: dict[str, str], *, timeout_s: int = 60) -> str:
    said = subprocess.run(
        argv, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False
    )
    return said.stdout + said.stderr


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"there is no {program} here")


@pytest.mark.parametrize(("url", "site"), [(VAULT, "tls front"), (IMDS, "plain front")])
def test_requests(environment: dict[str, str], url: str, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert requests.get(url, timeout=10).json()["site"] == site


def test_requests_is_told_why_a_host_is_refused(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(requests.exceptions.ProxyError, match=r"the estate has no vault `absent\.vault"):
        requests.get("https://absent.vault.azure.net/", timeout=10)


@pytest.mark.parametrize(("url", "site"), [(VAULT, "tls front"), (IMDS, "plain front")])
def test_aiohttp(environment: dict[str, str], url: str, site: str) -> None:
    assert json.loads(run([sys.executable, "-c", AIOHTTP, url], environment))["site"] == site


@needs("curl")
@pytest.mark.parametrize(("url", "site"), [(VAULT, "tls front"), (IMDS, "plain front")])
def test_curl(environment: dict[str, str], url: str, site: str) -> None:
    assert json.loads(run(["curl", "-sS", url], environment))["site"] == site


@needs("node")
def test_node(environment: dict[str, str]) -> None:
    assert '"site": "tls front"' in run(["node", "-e", NODE, VAULT], environment)
    refused = run(["node", "-e", NODE, "https://absent.vault.azure.net/"], environment)
    assert refused.strip() == "the estate has no vault `absent.vault.azure.net`"


@needs("go")
def test_go(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "main.go").write_text(GO)
    for url, site in ((VAULT, "tls front"), (IMDS, "plain front")):
        answer = run(["go", "run", str(tmp_path / "main.go"), url], environment, timeout_s=150)
        assert json.loads(answer)["site"] == site


@needs("java")
def test_java(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "Get.java").write_text(JAVA)
    answer = run(["java", str(tmp_path / "Get.java"), VAULT], environment, timeout_s=150)
    assert '"site": "tls front"' in answer
    assert SECRET not in answer


@needs("openssl")
def test_a_certificate_for_another_site_is_worth_nothing(world: World) -> None:
    """Were the authority's key stolen, it could still not speak for others: clients check its limits."""
    authority = world.authority
    key = certificates.new_key()
    names = certificates.Names(("example.com",))
    leaf = certificates.make_leaf(authority.certificate, authority._pair.key, key.public_key(), names, NOW)
    assert certificates.is_issued_by(leaf, authority.certificate)
    path = authority.directory / "other.pem"
    path.write_bytes(certificates.pem([leaf]))
    answer = run(["openssl", "verify", "-CAfile", str(authority.ca_path), str(path)], dict(os.environ))
    assert "permitted subtree violation" in answer
