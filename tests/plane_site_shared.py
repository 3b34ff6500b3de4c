"""A plane's site for the tests of a module that leave it as it was: made once, and asked synchronously."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from keyless.store.ports import Collection
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from plane_site import Answer, PlaneSite


class SharedSite:
    """A site on a loop of its own."""

    def __init__(self, site: PlaneSite, runner: asyncio.Runner) -> None:
        self.site = site
        self.runner = runner
        runner.run(site.fill())

    def ask(self, method: str, path: str, body: object = None, **options: Any) -> Answer:
        """Ask, as `PlaneSite.ask` does."""
        return self.runner.run(self.site.ask(method, path, body, **options))

    def send(self, method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a request as it is written."""
        return self.runner.run(self.site.send(method, path, query, body, headers))

    def kept(self, *collections: Collection[Any]) -> list[Any]:
        """Everything that the store holds in these collections."""
        return [self.runner.run(self.site.store.scan(collection, ())) for collection in collections]


@contextmanager
def shared_site(file: Path, make: Callable[[SqliteStore], PlaneSite]) -> Iterator[SharedSite]:
    """A site over a store in a file."""
    with (
        closing(SqliteStore(file, RootKey(bytes(range(32)), "the test"))) as store,
        asyncio.Runner() as runner,
    ):
        yield SharedSite(make(store), runner)


class SiteApp:
    """A site as an application of WSGI; ``answered`` are the statuses that it gave."""

    def __init__(self, shared: SharedSite) -> None:
        self.answered: list[int] = []
        self.shared = shared

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, as PEP 3333 has it."""
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        body = environ["wsgi.input"].read()
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or (name == "CONTENT_TYPE" and value)
        }
        headers.pop("authorization", None)  # the officer's own is sent
        found = self.shared.send(environ["REQUEST_METHOD"], path, environ["QUERY_STRING"], body, headers)
        self.answered.append(found.status)
        start_response(f"{found.status} {HTTPStatus(found.status).phrase}", list(found.headers.items()))
        return [found.raw]
