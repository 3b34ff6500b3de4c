"""The proxy's own answers: refusals, which say why in the reason phrase and in the body.

Clients print the reason phrase of a refused CONNECT and never its body, so the text is in both. Source:
RFC 9110, section 15; RFC 9112, section 4.
"""

from __future__ import annotations

from collections.abc import Iterable

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"

_MAX_REASON = 300


class Refusal(Exception):
    """A request that the proxy answers itself. The text must hold no secret: it goes to the client."""

    def __init__(self, status: int, text: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = tuple(headers)

    def render(self) -> bytes:
        """The whole answer, which ends the connection."""
        content_type, body = self.body()
        lines = [
            f"HTTP/1.1 {self.status} {_reason(self.text)}",
            *(f"{name}: {value}" for name, value in self.headers),
            f"Content-Type: {content_type}; charset=utf-8",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body

    def body(self) -> tuple[str, bytes]:
        """The body's type, and the body."""
        return "text/plain", f"{self.text}\n".encode()


def _reason(text: str) -> str:
    """A text as a reason phrase: one line of visible ASCII, of bounded length."""
    return "".join(c if " " <= c <= "~" else "?" for c in text)[:_MAX_REASON]


def malformed(why: str) -> Refusal:
    """Not HTTP as a proxy's client must speak it."""
    return Refusal(400, f"malformed request: {why}")


def unauthenticated() -> Refusal:
    """No secret, or not one of a running workload."""
    return Refusal(
        407,
        "this proxy serves what `keyless run` has started: use the whole URL in HTTPS_PROXY, secret and all",
        [("Proxy-Authenticate", 'Basic realm="keyless"')],
    )
