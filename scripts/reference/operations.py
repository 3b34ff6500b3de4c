"""The pages of operations in `docs/reference`: all of every plane, from the declarations that are served.

The management plane and the directory have a page each, the first in sections by resource provider.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keyless.app import build_planes, metadata_signer
from keyless.gateway.authority import Authority
from keyless.gateway.key_files import KeyFiles
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import group_scope, resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, ConfigurationStore, Vault
from keyless.planes.identity import Challenges
from keyless.runtime.world import EstateWorld
from keyless.store.sealing import KEY_BYTES, RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.errors import InvalidGrant, WireError
from keyless.wire.operation import Access, Operation, Requires, WorkloadOnly
from keyless.wire.plane import Plane
from reference.markdown import code, head, one_line, table

_GROUP = group_scope("subscription", "group")
_VAULT = Vault(resource_scope(_GROUP, VAULT_TYPE, "vault").text, "NAME", "westeurope")
_STORE = ConfigurationStore(resource_scope(_GROUP, STORE_TYPE, "store").text, "NAME", "westeurope")
_SCOPES = {
    VAULT_TYPE: "the vault",
    f"{VAULT_TYPE}/secrets": "the secret",
    f"{VAULT_TYPE}/keys": "the key",
    f"{VAULT_TYPE}/certificates": "the certificate",
    STORE_TYPE: "the store",
    f"{STORE_TYPE}/keyValues": "the key-value",
    f"{STORE_TYPE}/snapshots": "the snapshot",
}
_CHANGE = "the operation's declaration in src/keyless/planes"
_PAGES = {"resource-manager": "management-operations.md", "graph": "directory-operations.md"}
"""The planes that have a page of their own."""
_READ_FIRST = "How to read this page stands at the head of [Operations](operations.md)."
_PARAMETER = re.compile(r"\{(\w+)\*?\}")
_STATUSES: dict[type[WireError], str] = {InvalidGrant: "400 or 401"}
"""Of errors whose status depends on what is wrong."""

_TEXT = """
What the local plane serves. Any other path is answered with 404, another method with 405. An operation is
declared once, beside its handler: this page, the router, the check of access and the evidence all read that.

A request is judged in this order: host, caller, api-version, permission, body. So a caller who is not let in
learns nothing about what is there. [Divergences](../divergences.md) says where a plane differs from Azure.

*requires* names the actions that the caller needs, all of them, and the scope that they are decided on. Such
an operation answers 401 where there is no token or one that does not hold, and 403 where no role assignment
grants the action. An operation with api-versions answers 400 where the request names none of them. The errors
listed come on top of these.

The [management plane](management-operations.md) and the [directory](directory-operations.md) have their own
pages.
"""


@dataclass(frozen=True, slots=True)
class _Words:
    """What the page says of a plane, and a resource to ask its declarations about."""

    title: str
    about: str
    resource: object = None


_PLANES = {
    "key-vault": _Words(
        "Key Vault: secrets", "At `https://NAME.vault.azure.net`, for every vault of the estate.", _VAULT
    ),
    "app-configuration": _Words(
        "App Configuration", "At `https://NAME.azconfig.io`, for every store of the estate.", _STORE
    ),
    "entra": _Words(
        "Entra: discovery and tokens",
        """At `https://login.microsoftonline.com` and its other names: `login.windows.net`,
        `login.microsoft.com`, `sts.windows.net` and `REGION.login.microsoft.com`.""",
    ),
    "resource-manager": _Words(
        "Resource Manager: the management plane",
        """At `https://management.azure.com` and `https://management.core.windows.net`. What is decided here
        is decided on the actions of roles, never on their data actions.""",
    ),
    "graph": _Words(
        "Microsoft Graph: the directory",
        """At `https://graph.microsoft.com`. What is decided here is decided on the actions of the directory's
        own roles, never on those of Azure's: [manage the directory](../how-to/manage-the-directory.md).""",
    ),
    "imds": _Words(
        "Managed identity: the metadata address",
        "At `http://169.254.169.254`, which the proxy leads to the plane.",
    ),
    "instance-metadata": _Words(
        "Instance metadata",
        'At the same address. An error is `{"error"}`; a wrong api-version is told the newest ones.',
    ),
    "app-service-identity": _Words(
        "Managed identity: App Service",
        """At the address that `IDENTITY_ENDPOINT` holds, on loopback. What `IDENTITY_HEADER` holds goes into
        the header `X-IDENTITY-HEADER`, or `secret` for api-version 2017-09-01.""",
    ),
    "machine-learning-identity": _Words(
        "Managed identity: Azure Machine Learning",
        """At the address that `MSI_ENDPOINT` holds, on loopback. What `MSI_SECRET` holds goes into the header
        `secret`.""",
    ),
    "arc-identity": _Words(
        "Managed identity: Azure Arc",
        """At the address that `IDENTITY_ENDPOINT` holds, on loopback. A first request is answered with 401
        and the path of a file, whose content the second brings: `Authorization: Basic CONTENT`.""",
    ),
    "cloud-shell-identity": _Words(
        "Managed identity: Cloud Shell",
        "At the address that `MSI_ENDPOINT` holds, on loopback; the parameters are a form's.",
    ),
    "service-fabric-identity": _Words(
        "Managed identity: Service Fabric",
        """At the address that `IDENTITY_ENDPOINT` holds, on loopback and over TLS. What `IDENTITY_HEADER`
        holds goes into the header `Secret`.""",
    ),
}


def pages() -> dict[str, str]:
    """Every page, by its file's name."""
    served = planes()
    others = "".join(_section(plane) for plane in served if plane.name not in _PAGES)
    made = {"operations.md": head("Operations", _CHANGE, _TEXT) + others}
    for plane in served:
        if plane.name in _PAGES:
            made[_PAGES[plane.name]] = _own_page(plane)
    return made


def _own_page(plane: Plane) -> str:
    """The page of one plane, in sections by who provides its operations, where these say so."""
    words = _PLANES[plane.name]
    about = "\n\n".join((one_line(words.about), _READ_FIRST, *_shared(plane, words.resource, alike=False)))
    by_provider: dict[str, list[Operation]] = {}
    for one in plane.operations:
        by_provider.setdefault(_provider(one), []).append(one)
    if len(by_provider) == 1:
        return head(words.title, _CHANGE, about) + "".join(
            _operation(one, None, with_versions=True) for one in plane.operations
        )
    sections = (
        f"\n## {provider}\n" + "".join(_operation(one, None, with_versions=True) for one in operations)
        for provider, operations in by_provider.items()
    )
    return head(words.title, _CHANGE, about) + "".join(sections)


def _provider(one: Operation) -> str:
    """The resource provider whose operation it is: the first of its actions tells, else its route."""
    if isinstance(one.access, Requires) and one.access.actions:
        named = one.access.actions[0].partition("/")[0]
        return "Resources of any type" if named.startswith("{") else named
    return "For every caller"


def planes() -> tuple[Plane, ...]:
    """The planes as they are served."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "store.db", RootKey(bytes(KEY_BYTES), "the reference"))
        challenges = Challenges(KeyFiles(Path(folder)))
        authority = Authority.open(Path(folder) / "tls", dt.datetime.now(dt.UTC))
        try:
            world = EstateWorld(store, "reference", lambda: 0.0)
            built = build_planes(store, world, challenges, metadata_signer(authority))
        finally:
            store.close()
    return (*built.tls, *built.plain)


def _section(plane: Plane) -> str:
    words = _PLANES[plane.name]
    alike = len({one.api_versions for one in plane.operations}) == 1
    operations = (_operation(one, words.resource, with_versions=not alike) for one in plane.operations)
    about = "\n\n".join((one_line(words.about), *_shared(plane, words.resource, alike=alike)))
    return f"\n## {words.title}\n\n{about}\n" + "".join(operations)


def _shared(plane: Plane, resource: object, *, alike: bool) -> Sequence[str]:
    """What is the same for every operation of a plane."""
    audiences = code(sorted(plane.audiences(resource)))
    versions = code(plane.operations[0].api_versions.known)
    return (
        *([f"Audiences of tokens: {audiences}."] if audiences else []),
        *([f"Api-versions: {versions}."] if alike else []),
    )


def _operation(one: Operation, resource: object, *, with_versions: bool) -> str:
    routes = code(f"{method} {template}" for method, template in one.routes)
    rows = [
        ("api-versions", "any" if one.api_versions.open else code(one.api_versions.known) or "none"),
        _access(one, one.access, resource),
        ("errors", "; ".join(_error(error) for error in one.errors) or "none"),
        ("specification", f"<{one.spec}>"),
    ]
    body = table(("routes", routes), rows if with_versions else rows[1:])
    return f"\n### `{one.id}`\n\n{one.summary}\n\n{body}"


def _access(one: Operation, access: Access, resource: object) -> tuple[str, str]:
    if isinstance(access, Requires):
        if not access.actions:
            return "any caller", access.reason
        return "requires", f"{code(access.actions)}, at {_scope(one, access, resource)}"
    if isinstance(access, WorkloadOnly):
        return "workload only", access.reason
    return "public", access.reason


def _scope(one: Operation, access: Requires, resource: object) -> str:
    """What kind of thing is decided on: the declaration is asked, with every parameter called `name`."""
    named = (name for _, template in one.routes for name in _PARAMETER.findall(template))
    if access.plane is not ActionPlane.DATA:
        return _scope_in_path(access, tuple(named))
    scope = access.scope(resource, dict.fromkeys((*named, *one.query_params), "name"))
    return _SCOPES[scope.resource_type or ""]


def _scope_in_path(access: Requires, named: Sequence[str]) -> str:
    """The scope of an operation whose path names it, in the path's own parameters."""
    if "scope" in named:
        return "the scope in the path"
    if "resource" in named:
        return "the resource in the path"
    scope = access.scope(None, {name: f"{{{name}}}" for name in named})
    where = f"`{scope.text}`"
    return f"{where} or anywhere below it" if access.below else where


def _error(error: type[WireError]) -> str:
    """An error's status, and the first clause of what it is."""
    clause = re.split(r"[.;:](?:\s|$)", one_line(error.__doc__ or ""), maxsplit=1)[0]
    return f"{_STATUSES.get(error, str(error.status))} ({clause[0].lower()}{clause[1:]})"
