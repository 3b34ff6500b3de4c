"""Request heads, read and written without I/O.

Rules:
- lines end with CRLF, names are tokens, values have no control characters, nothing is folded: what another
  reader might understand otherwise is refused, not repaired;
- the three forms of a target are told apart here (CONNECT's authority, an absolute http URL, a path);
- what is passed on has no header that was meant for the proxy alone, and `Connection: close`, so that one
  connection carries one request;
- headers that a decision rests on (`X-Forwarded-For` above all) cannot be declared hop-by-hop.

Source: RFC 9112, sections 2.2, 3 and 5; RFC 9110, section 7.6.1.
"""

from __future__ import annotations

import base64
import binascii
import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from keyless.gateway.hosts import ip_address
from keyless.gateway.proxy.answers import Refusal, malformed

MAX_HEAD_BYTES = 64 * 1024
WORKLOAD_HEADER = "x-keyless-workload"

_END = b"\r\n\r\n"
_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/(1\.[01])")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
_HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,253}[A-Za-z0-9_.])?")
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "te", "upgrade"})
_NEVER_HOP_BY_HOP = frozenset({"content-length", "host", "metadata", "transfer-encoding", "x-forwarded-for"})
_DEFAULT_HTTP_PORT = 80

Headers = tuple[tuple[str, str], ...]


class Form(enum.Enum):
    """The forms of a request's target."""

    CONNECT = "authority"
    ABSOLUTE = "absolute"
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Authority:
    """A host, without brackets, and a port."""

    host: str
    port: int

    @property
    def host_header(self) -> str:
        """As it stands in a Host header of plain HTTP: the default port is left out."""
        return self._bracketed if self.port == _DEFAULT_HTTP_PORT else str(self)

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    def __str__(self) -> str:
        return f"{self._bracketed}:{self.port}"


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request's head. ``authority`` is none for a target that is only a path; ``path`` has the query."""

    method: str
    form: Form
    authority: Authority | None
    path: str
    version: str
    headers: Headers

    def all(self, name: str) -> list[str]:
        """The values of every header of a (lower-case) name."""
        return [value for found, value in self.headers if found.lower() == name]

    def __repr__(self) -> str:
        return f"RequestHead({self.method} {self.form.value})"


def split_head(buffer: bytes | bytearray) -> tuple[bytes, bytes] | None:
    """A head that has arrived in full, without its end, and what came after it; none while it has not.

    Raises:
        Refusal: it is larger than ``MAX_HEAD_BYTES``.
    """
    start = len(buffer) - len(buffer.lstrip(b"\r\n"))  # empty lines before a request are to be ignored
    end = buffer.find(_END, start, start + MAX_HEAD_BYTES)
    if end >= 0:
        return bytes(buffer[start:end]), bytes(buffer[end + len(_END) :])
    if len(buffer) >= MAX_HEAD_BYTES:
        raise Refusal(431, f"the request's head is larger than {MAX_HEAD_BYTES} bytes")
    return None


def parse_head(head: bytes) -> RequestHead:
    """Read a head; raises Refusal (400) for anything that is not exactly one."""
    first, *lines = head.decode("latin-1").split("\r\n")
    found = _REQUEST_LINE.fullmatch(first)
    if found is None:
        raise malformed("the first line is not `METHOD TARGET HTTP/1.1`")
    method, target, version = found.groups()
    headers = tuple(_parse_header(line) for line in lines)
    form, authority, path = _parse_target(method, target)
    return RequestHead(method, form, authority, path, version, headers)


def _parse_header(line: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(line)
    if found is None:
        raise malformed("a header line is not `name: value`")
    return found[1], found[2]


def _parse_target(method: str, target: str) -> tuple[Form, Authority | None, str]:
    if method == "CONNECT":
        return Form.CONNECT, parse_authority(target, None), ""
    if target.startswith("/"):
        return Form.ORIGIN, None, target
    try:
        url = urlsplit(target)
    except ValueError as error:
        raise malformed("the target is not a URL") from error
    if url.scheme.lower() != "http" or not url.netloc:
        raise malformed("the target must be an `http://` URL; use CONNECT for anything else")
    path = target[target.index("//") + 2 + len(url.netloc) :].partition("#")[0]
    return Form.ABSOLUTE, parse_authority(url.netloc, _DEFAULT_HTTP_PORT), _with_slash(path)


def _with_slash(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def parse_authority(text: str, default_port: int | None) -> Authority:
    """Read `host:port`; raises Refusal (400) where there is no host, or no port and none to fall back to."""
    host, colon, digits = text.rpartition(":")
    if not colon or digits.endswith("]"):
        host, digits = text, "" if default_port is None else str(default_port)
    if not digits.isascii() or not digits.isdigit() or not 0 < int(digits[:6]) < 65536 or len(digits) > 5:
        raise malformed("the target has no port between 1 and 65535")
    if host.startswith("[") and host.endswith("]") and ip_address(host) is not None:
        return Authority(host[1:-1], int(digits))
    if not _HOST_NAME.fullmatch(host):
        raise malformed("the target has no host name")
    return Authority(host, int(digits))


def proxy_secret(head: RequestHead) -> str | None:
    """The password in `Proxy-Authorization: Basic`; none where there is not exactly one to be read."""
    values = head.all("proxy-authorization")
    scheme, _, credentials = values[0].partition(" ") if len(values) == 1 else ("", "", "")
    if scheme.lower() != "basic":
        return None
    try:
        user_and_password = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    _, colon, password = user_and_password.partition(":")
    return password if colon else None


def passed_on(head: RequestHead, host: str, extra: Iterable[tuple[str, str]] = ()) -> Headers:
    """The headers that go on to the next server, for a request to ``host``."""
    named = {name.strip().lower() for value in head.all("connection") for name in value.split(",")}
    dropped = _HOP_BY_HOP | (named - _NEVER_HOP_BY_HOP) | {"host"}
    kept = [
        (name, value)
        for name, value in head.headers
        if name.lower() not in dropped and not name.lower().startswith("proxy-")
    ]
    return (("Host", host), *kept, *extra, ("Connection", "close"))


def without_workload(headers: Headers) -> Headers:
    """Headers without any that speaks for a workload: only the proxy may say who is calling."""
    return tuple((name, value) for name, value in headers if name.lower() != WORKLOAD_HEADER)


def render_head(method: str, target: str, headers: Headers) -> bytes:
    """A request head as bytes."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1") + _END


def parse_status(head: bytes) -> tuple[int, str]:
    """The status and reason of a response's head; raises ValueError for anything else."""
    found = re.match(rb"HTTP/1\.[01] ([0-9]{3})(?: ([^\r\n]*))?(?:\r\n|$)", head)
    if found is None:
        raise ValueError("not an HTTP response")
    return int(found[1]), (found[2] or b"").decode("latin-1")
