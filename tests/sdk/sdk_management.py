"""The official management clients, unmodified, from a running workload's place; every answer is held to the
public OpenAPI documents on its way."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.identity import ManagedIdentityCredential
from sdk_estates import SUBSCRIPTION_ID
from sdk_site import Site
from sdk_wire import Answer, Wire

from wire_schemas import ValidatedByOpenApi

MANAGEMENT = "https://management.azure.com"


@contextmanager
def running_managers(site: Site, estate: str, names: Iterable[str]) -> Iterator[dict[str, Manager]]:
    """What each of the workloads ``orders-NAME`` of an estate can do, all of them running."""
    site.declare(estate)
    with ExitStack() as running:
        yield {one: Manager(running.enter_context(site.inside(f"orders-{one}"))) for one in names}


_numbers = itertools.count(1)


def fresh_name(kind: str = "made") -> str:
    """A name that no test has used."""
    return f"{kind}-{next(_numbers)}"


class CredentialOf:
    """`ManagedIdentityCredential` in a workload's place: it looks at its environment on every call."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._own = {name: environment[name] for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER")}
        with patch.dict(os.environ, self._own):
            self._credential = ManagedIdentityCredential()

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token of the workload's own."""
        with patch.dict(os.environ, self._own):
            return self._credential.get_token(*scopes, **options)


class Manager:
    """What a workload can do with the management plane, as the identity that it has."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.wire = Wire(environment)
        self.validator = ValidatedByOpenApi()
        self.credential = CredentialOf(environment)

    def client(self, kind: Any, **options: Any) -> Any:
        """A client of any of the management libraries."""
        return kind(self.credential, SUBSCRIPTION_ID, **(self.connection() | options))

    def connection(self) -> dict[str, Any]:
        """How a client reaches the plane, and what looks at its answers."""
        return {
            "proxies": {"https": self.environment["HTTPS_PROXY"]},
            "connection_verify": self.environment["REQUESTS_CA_BUNDLE"],
            "per_call_policies": [self.validator],
            "retry_total": 0,
        }

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Send a request as it is written; ``path`` with its query."""
        headers = self.wire.bearer(f"{MANAGEMENT}/")
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self.wire.ask(method, f"{MANAGEMENT}{path}", headers, body)


@contextmanager
def refused(status: int, code: str) -> Iterator[Any]:
    """A call that fails with just this status and code; gives the error's message in ``value.message``."""
    with pytest.raises(HttpResponseError) as caught:
        yield caught
    error = caught.value
    assert (error.status_code, error.error.code if error.error else None) == (status, code), error
