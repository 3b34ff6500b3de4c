"""Requests that two readers might understand differently, through the proxy and straight to the endpoints.

At most one answer comes back, and it is a refusal.
"""

from __future__ import annotations

import pytest
from attack_site import IMDS_URL, SITE_TARGET, Place
from attack_wire import KEPT_OPEN_S, proof_of, sent_raw

SMUGGLED = f"GET {SITE_TARGET} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SMUGGLING = {
    "a length and chunks": f"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "chunks and a length": f"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
    "a length with a sign": f"Content-Length: +0\r\n\r\n{SMUGGLED}",
    "a length in a list": f"Content-Length: 0, {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
    "chunks under another name": f"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "chunks twice": f"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a space before the colon": f"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a tab in the value": f"Transfer-Encoding:\tchunked, identity\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a folded line": f"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a bare line feed": f"X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a bare carriage return": f"X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a zero byte": f"X: \x00\r\n\r\n{SMUGGLED}",
    "two hosts": f"Host: 169.254.169.254\r\n\r\n{SMUGGLED}",
    "a negative chunk": f"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n{SMUGGLED}",
    "a chunk's extension with a line feed": f"Transfer-Encoding: chunked\r\n\r\n0;x\n\r\n\r\n{SMUGGLED}",
    "a chunk of another size": f"Transfer-Encoding: chunked\r\n\r\n1;e=1\r\nab\r\n0\r\n\r\n{SMUGGLED}",
    "a huge chunk": f"Transfer-Encoding: chunked\r\n\r\n{'f' * 17}\r\n{SMUGGLED}",
}


@pytest.mark.parametrize("trick", SMUGGLING)
@pytest.mark.parametrize("form", ["absolute form", "a path alone"])
def test_nothing_is_smuggled_through_the_proxy(attacked: Place, trick: str, form: str) -> None:
    absolute = form == "absolute form"
    target = IMDS_URL if absolute else SITE_TARGET
    proof = proof_of(attacked.environments["web"]).decode() if absolute else ""
    head = f"POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nMetadata: true\r\n{proof}"
    statuses, heard = sent_raw(
        attacked.proxy_port, (head + SMUGGLING[trick]).encode("latin-1"), patience_s=KEPT_OPEN_S
    )
    assert len(statuses) <= 1, heard
    assert all(status >= 400 for status in statuses)
    assert b"access_token" not in heard


@pytest.mark.parametrize("trick", SMUGGLING)
def test_an_identity_endpoint_takes_no_such_request(attacked: Place, trick: str) -> None:
    head = f"POST {SITE_TARGET} HTTP/1.1\r\nHost: 127.0.0.1\r\nMetadata: true\r\n"
    statuses, heard = sent_raw(
        attacked.identity_port, (head + SMUGGLING[trick]).encode("latin-1"), patience_s=KEPT_OPEN_S
    )
    assert all(status >= 400 for status in statuses), heard
    assert b"access_token" not in heard


def test_an_upgrade_to_http_2_gives_no_way_past_the_proxy(attacked: Place) -> None:
    proof = proof_of(attacked.environments["web"]).decode()
    text = (
        f"GET {IMDS_URL} HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\n{proof}"
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n\r\n"
    )
    statuses, heard = sent_raw(attacked.proxy_port, text.encode())
    assert statuses == [401], heard  # the web app is no machine
    assert b"101 " not in heard


def test_in_absolute_form_the_url_says_where_and_never_the_host_header(attacked: Place) -> None:
    proof = proof_of(attacked.environments["machine"]).decode()
    for host in ("127.0.0.1", "evil.example", "contoso-orders.vault.azure.net"):
        text = (
            f"GET {IMDS_URL} HTTP/1.1\r\nHost: {host}\r\nMetadata: true\r\n{proof}Connection: close\r\n\r\n"
        )
        statuses, heard = sent_raw(attacked.proxy_port, text.encode())
        assert statuses == [200]
        assert b'"access_token"' in heard
        text = text.replace("169.254.169.254/", "evil.example/", 1).replace(
            f"Host: {host}", "Host: 169.254.169.254"
        )
        statuses, heard = sent_raw(attacked.proxy_port, text.encode())
        assert statuses[0] >= 400  # out of the machine, which an offline workload may not
        assert b"access_token" not in heard
