"""Every cell of the table of client libraries: whose token it gives, or what it says.

The programs of the libraries run under `keyless run`, once for each source and host; a test looks at its
cell. Those in Go and Java are built by scripts/go_clients.py and scripts/java_clients.py, where the tools
for it are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from identity_matrix import AKS, LIBRARIES, Absent, Cell, Prevented, Refused, Token, Whose, cells
from matrix_site import NAMED, host_of, made_site, named_on, outcomes, runnable
from sdk_estates import APPLICATION, APPLICATION_SECRET, TENANT_ID, Identity
from sdk_site import Once, Site, SkipLoudly

AUDIENCE = "https://vault.azure.net"
Seen = Callable[[Cell], dict[str, str]]


@pytest.fixture(scope="session")
def matrix_site(once: Once) -> dict[str, Any]:
    """The project that all cells are in, and its published keys."""
    found: dict[str, Any] = once("matrix-site", made_site)
    return found


@pytest.fixture
def seen(once: Once, matrix_site: dict[str, Any]) -> Seen:
    """What a cell showed; the first to ask for one of a source runs them all."""
    site = Site(Path(matrix_site["root"]))

    def of(cell: Cell) -> dict[str, str]:
        shown = once(f"matrix-{cell.source.name}", lambda _: outcomes(site, cell.source))
        found: dict[str, str] = shown[cell.id]
        return found

    return of


@pytest.mark.parametrize("cell", list(cells()), ids=lambda cell: cell.id)
def test_cell(cell: Cell, seen: Seen, matrix_site: dict[str, Any], skip_loudly: SkipLoudly) -> None:
    if cell.library not in runnable():
        skip_loudly(f"{LIBRARIES[cell.library]}: `make test` builds its program where the tools for it are")
    shown = seen(cell)
    if "not here" in shown:
        skip_loudly(f"{cell.source.title}: {shown['not here']}")
    match cell.expected:
        case Token(whose, _):
            assert "token" in shown, shown
            claims = verified(shown["token"], matrix_site["keys"])
            assert {name: claims.get(name) for name in EXPECTED} == expected_claims(cell, whose)
        case Refused(says, _) | Prevented(says, _):
            assert says in shown.get("message", ""), shown
            assert shown["error"]
            assert APPLICATION_SECRET not in shown["message"]
        case Absent():
            assert shown == {"absent": "yes"}


EXPECTED = ("oid", "sub", "appid", "appidacr", "tid", "idtyp", "xms_mirid", "xms_az_rid")


def verified(token: str, published: dict[str, Any]) -> dict[str, Any]:
    """The claims of a token that holds under the published keys, for the audience asked for."""
    keys = {key["kid"]: jwt.PyJWK(key) for key in published["keys"]}
    key = keys[jwt.get_unverified_header(token)["kid"]]
    issuer = f"https://sts.windows.net/{TENANT_ID}/"
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=issuer)
    return claims


def expected_claims(cell: Cell, whose: Whose) -> dict[str, Any]:
    """What such a token says of whose it is."""
    host = None if whose is Whose.APPLICATION else host_of(cell.source).system_assigned
    identity: Identity = APPLICATION
    if host is not None:
        found = {Whose.SYSTEM: host, Whose.NAMED: named_on(cell.source), Whose.FIRST: NAMED}
        identity = found[whose]
    return {
        "oid": identity.principal_id,
        "sub": identity.principal_id,
        "appid": identity.client_id,
        "appidacr": "1" if cell.source.name == "client-secret" else "2",
        "tid": TENANT_ID,
        "idtyp": "app",
        "xms_mirid": identity.resource_id or None,
        "xms_az_rid": host.resource_id if host and cell.source is not AKS else None,
    }
