"""Events told to a webhook: the way that Event Grid does it, with CloudEvents' own handshake.

Rules:
- a webhook is asked once, by whichever process tells it first, whether it wants to be told: it has to answer
  `OPTIONS` with `WebHook-Allowed-Origin`, naming the origin or `*`;
- one event is one `POST`; 200 to 204 within 30 seconds means that it was taken. 400, 401, 403 and 413 mean
  that it never will be, anything else that it is worth another attempt;
- plain http goes to this machine alone, by the address of the connection that was made, not by its name; no
  redirect is followed, no proxy used; certificates are verified against this machine's authorities;
- one that never comes to the end of its answer is hung up on.

Sources: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md,
https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema,
https://learn.microsoft.com/azure/event-grid/delivery-and-retry
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit

from keyless.model.events import EventSubscription, Waiting
from keyless.model.webhooks import is_loopback, problem_with_webhook
from keyless.planes.keyvault.events.cloud_events import CONTENT_TYPE, cloud_event
from keyless.planes.keyvault.events.deliver import Answer

ORIGIN = "eventgrid.azure.net"
WITHIN_S = 30.0
_TAKEN = range(200, 205)
_NEVER = frozenset({400, 401, 403, 413})


class Webhook:
    """Tells events to webhooks."""

    def __init__(self) -> None:
        self._agreed: set[str] = set()

    async def __call__(self, waiting: Waiting, subscription: EventSubscription) -> Answer:
        """Make one attempt to tell an event to the subscription's webhook."""
        url = subscription.webhook or ""
        if problem := problem_with_webhook(url):
            return Answer(f"the webhook cannot be asked: {problem}", final=True)
        try:
            return await asyncio.wait_for(_beside(lambda: self._tell(url, waiting)), WITHIN_S)
        except TimeoutError:
            return Answer(f"it did not answer within {WITHIN_S:.0f} seconds")

    def _tell(self, url: str, waiting: Waiting) -> Answer:
        try:
            if url not in self._agreed and not _agrees(url):
                return Answer("it does not answer `OPTIONS` with `WebHook-Allowed-Origin`")
            self._agreed.add(url)
            status, _ = _asked(url, "POST", _headers(waiting), cloud_event(waiting.event))
        except (OSError, ValueError, http.client.HTTPException) as error:
            return Answer(f"it cannot be reached ({type(error).__name__})")
        if status in _TAKEN:
            return Answer()
        return Answer(f"it answered with status {status}", final=status in _NEVER)


def _beside(tell: Callable[[], Answer]) -> asyncio.Future[Answer]:
    """What a thread of its own comes to; a process that ends does not wait for it."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Answer] = loop.create_future()

    def settle(found: Answer) -> None:
        if not answer.done():  # nobody waits any more
            answer.set_result(found)

    def run() -> None:
        found = tell()
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=run, name="webhook", daemon=True).start()
    return answer


def _headers(waiting: Waiting) -> dict[str, str]:
    return {
        "Content-Type": CONTENT_TYPE,
        "aeg-event-type": "Notification",
        "aeg-subscription-name": waiting.event.vault.upper(),
        "aeg-delivery-count": str(waiting.attempts - 1),
    }


def _agrees(url: str) -> bool:
    """Whether a webhook says that it wants events from here."""
    status, allowed = _asked(url, "OPTIONS", {"WebHook-Request-Origin": ORIGIN}, None)
    origins = {one.strip().lower() for one in allowed.split(",")}
    return status in _TAKEN and bool(origins & {ORIGIN, "*"})


def _asked(url: str, method: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, str]:
    """The status of an answer, and the origins that it allows."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts)
    hanging_up = threading.Timer(WITHIN_S, _hang_up, (connection,))  # a drop now and then is no silence
    hanging_up.daemon = True
    hanging_up.start()
    try:
        connection.request(method, target, body, {"User-Agent": "keyless", **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("WebHook-Allowed-Origin", "")
    finally:
        hanging_up.cancel()
        connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        with contextlib.suppress(OSError):  # it has ended by itself
            connection.sock.shutdown(socket.SHUT_RDWR)


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=WITHIN_S, context=context)
    if not is_loopback(parts):
        raise ValueError("http goes to this machine alone")
    return _Here(host, parts.port, timeout=WITHIN_S)


class _Here(http.client.HTTPConnection):
    """A connection within this machine, whatever its name means elsewhere."""

    def connect(self) -> None:
        """Connect, and look where to."""
        super().connect()
        address = self.sock.getpeername()[0]
        if not ipaddress.ip_address(address).is_loopback:
            self.close()
            raise OSError("the name does not mean this machine")
