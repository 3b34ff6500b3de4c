"""A server under Azure Arc: its identity endpoint, and the files that its challenges lie in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from identity_site import ORDERS, VAULT_AUDIENCE, Answer, Site

from keyless.planes.identity import Challenges

PATH = "/metadata/identity/oauth2/token"
HEADERS = {"Metadata": "true", "x-keyless-workload": ORDERS.secret}


@dataclass(frozen=True)
class ArcSite:
    """The endpoint, its challenges, and where they lie."""

    site: Site
    challenges: Challenges
    keys: Path

    async def ask(
        self,
        headers: Mapping[str, str] = HEADERS,
        *,
        answer: str | None = None,
        version: str = "2020-06-01",
        names: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request, with the answer to a challenge where there is one."""
        given = dict(headers) | ({"Authorization": f"Basic {answer}"} if answer is not None else {})
        query = {"api-version": version, "resource": VAULT_AUDIENCE, **(names or {})}
        return await self.site.get("127.0.0.1:40342", PATH, query, given)

    def key(self, challenged: Answer) -> Path:
        """The file that a challenge names."""
        assert challenged.status == 401, challenged
        scheme, _, path = challenged.headers["www-authenticate"].partition("=")
        assert scheme == "Basic realm"
        return self.keys / Path(path).name

    async def token(
        self, headers: Mapping[str, str] = HEADERS, names: Mapping[str, str] | None = None
    ) -> Answer:
        """Meet the challenge, as a client does."""
        key = self.key(await self.ask(headers, names=names))
        return await self.ask(headers, answer=key.read_text(), names=names)
