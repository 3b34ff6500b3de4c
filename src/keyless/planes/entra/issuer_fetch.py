"""Fetching what an issuer publishes, over https and within limits.

Rules:
- the certificate is verified against this machine's authorities (`SSL_CERT_FILE` counts), for the name asked
  for;
- the connection goes to an address that was looked at (`issuer_addresses`), so that a name which means
  another address a moment later leads nowhere; no proxy is used;
- only 200 is an answer: a redirect is none; at most 256 KiB, within ten seconds.

Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from keyless.planes.entra.issuer_addresses import AddressRefused, Place, place_of

LONGEST_BYTES = 256 * 1024
WITHIN_S = 10.0
_CHUNK = 16 * 1024
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
_FETCHERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="issuer-keys")
"""Threads of their own: slow issuers keep nothing else waiting."""


class FetchFailed(Exception):
    """Nothing could be fetched; the message says why."""


async def fetch(url: str, *, loopback: bool) -> bytes:
    """What is published at a URL; ``loopback`` says that it may be on this machine.

    Raises:
        FetchFailed: it is not to be asked, does not answer, or not as it should.
    """
    running = Fetching(url, loopback=loopback)
    try:
        asked = asyncio.get_running_loop().run_in_executor(_FETCHERS, running.run)
        return await asyncio.wait_for(asked, WITHIN_S + 1)
    except TimeoutError:
        running.abort()
        raise FetchFailed(f"`{url}` did not answer within {WITHIN_S:.0f} seconds") from None
    except AddressRefused as refused:
        raise FetchFailed(str(refused)) from refused


class Fetching:
    """One fetch, which runs in a thread of its own and can be ended from another."""

    def __init__(self, url: str, *, loopback: bool) -> None:
        self._url, self._loopback = url, loopback
        self._connection: _Pinned | None = None

    def run(self) -> bytes:
        """Fetch; raises AddressRefused or FetchFailed."""
        deadline = time.monotonic() + WITHIN_S
        place = place_of(self._url, _lookup, loopback=self._loopback)
        self._connection = connection = _Pinned(place, deadline)
        try:
            connection.request("GET", place.path, headers=_HEADERS)
            with contextlib.closing(connection.getresponse()) as answer:
                if answer.status != http.HTTPStatus.OK:
                    raise FetchFailed(
                        f"`{self._url}` answered with status {answer.status}, and only 200 counts"
                    )
                return _body(answer, self._url, deadline)
        except ssl.SSLCertVerificationError as error:
            raise FetchFailed(
                f"the certificate of `{place.host}` does not verify: {error.verify_message}"
            ) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise FetchFailed(f"`{self._url}` cannot be fetched ({type(error).__name__})") from error
        finally:
            connection.close()

    def abort(self) -> None:
        """End it: somebody who answers a byte at a time would hold the thread for hours otherwise."""
        connected = self._connection.sock if self._connection is not None else None
        if connected is not None:
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)


def _body(answer: http.client.HTTPResponse, url: str, deadline: float) -> bytes:
    parts, size = [], 0
    while chunk := answer.read1(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > LONGEST_BYTES:
            raise FetchFailed(f"`{url}` is longer than {LONGEST_BYTES // 1024} KiB")
        if time.monotonic() > deadline:
            raise FetchFailed(f"`{url}` did not answer within {WITHIN_S:.0f} seconds")
    return b"".join(parts)


def _lookup(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for _, _, _, _, address in found]


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address, with the certificate of the name."""

    def __init__(self, place: Place, deadline: float) -> None:
        self._context_of_place = ssl.create_default_context()
        super().__init__(place.host, place.port, context=self._context_of_place)
        self._place, self._deadline = place, deadline

    def connect(self) -> None:
        """Connect to the address that was looked at."""
        left = max(0.1, self._deadline - time.monotonic())
        plain = socket.create_connection((self._place.address, self._place.port), timeout=left)
        try:
            self.sock = self._context_of_place.wrap_socket(plain, server_hostname=self._place.host)
        except BaseException:
            plain.close()
            raise
