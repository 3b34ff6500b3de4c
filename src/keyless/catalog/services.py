"""Azure services that take Entra tokens, by host name, by audience and by resource type.

Rules:
- a host belongs to the services with the longest matching suffix; Service Bus, Event Hubs and Relay share
  one, as the endpoints of a storage account share an audience, so that look-ups give several;
- a suffix that begins with a dot needs a name before it; one without is a whole host name;
- an audience is compared without case and without a trailing slash; some services also take a token that
  is made out to the address of the very resource (``https://contoso.azconfig.io``).

Sources: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/services-id-authentication-support
and https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-azure-ad
"""

from __future__ import annotations

import enum
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data
from keyless.model.resource_id import ResourceId

KEY_VAULT = "keyvault"
APP_CONFIGURATION = "appconfig"


class Service(msgspec.Struct, frozen=True, rename="camel"):
    """A service, as far as tokens and roles go.

    ``scope`` is what an SDK asks a token for, ``audiences`` what the token may then be made out to;
    ``object_types`` are the types below ``arm_type`` at which the service documents role assignments;
    ``local_auth_off`` is the property, with its value, that turns keys and passwords off.
    """

    key: str
    name: str
    arm_type: str | None = None
    scope: str | None = None
    audiences: tuple[str, ...] = ()
    endpoint_suffixes: tuple[str, ...] = ()
    endpoint_is_audience: bool = False
    object_types: tuple[str, ...] = ()
    local_auth_off: str | None = None

    def suffix_of(self, host: str) -> str | None:
        """The longest suffix by which a lower-case host name is one of this service's; none if it is not."""
        matching = [suffix for suffix in self.endpoint_suffixes if _host_matches(suffix, host)]
        return max(matching, key=len, default=None)

    def accepts_audience(self, audience: str) -> bool:
        """Whether a token made out to ``audience`` is for this service."""
        wanted = _plain(audience)
        if wanted in map(_plain, self.audiences):
            return True
        at_endpoint = self.endpoint_is_audience and wanted.startswith("https://")
        return at_endpoint and self.suffix_of(wanted.removeprefix("https://")) is not None


class IdentitySupport(enum.StrEnum):
    """Which types of managed identity a resource type can have."""

    SYSTEM_ASSIGNED = "S"
    USER_ASSIGNED = "U"
    BOTH = "SU"


class _ServicesFile(msgspec.Struct, frozen=True, rename="camel"):
    services: tuple[Service, ...]
    identity_types: dict[str, IdentitySupport]
    api_versions: dict[str, str]


def services() -> tuple[Service, ...]:
    """Every service of the catalog."""
    return _file().services


def service(key: str) -> Service:
    """The service with that key.

    Raises:
        KeyError: the catalog has none of that key.
    """
    return next((one for one in services() if one.key == key), None) or _no_service(key)


def services_of_host(host: str) -> tuple[Service, ...]:
    """The services whose endpoints are named like ``host`` (without port); empty where none is."""
    wanted = host.rstrip(".").casefold()
    found = [(one, suffix) for one in services() if (suffix := one.suffix_of(wanted)) is not None]
    longest = max((len(suffix) for _, suffix in found), default=0)
    return tuple(one for one, suffix in found if len(suffix) == longest)


def services_of_audience(audience: str) -> tuple[Service, ...]:
    """The services that take a token made out to ``audience``; empty where none does."""
    return tuple(one for one in services() if one.accepts_audience(audience))


def identity_support(resource_type: str) -> IdentitySupport | None:
    """Which managed identities a resource type can have; none where it is not known to have any."""
    return _file().identity_types.get(resource_type.casefold())


def api_version(resource_type: str) -> str | None:
    """A stable API version of a resource type; none where the catalog has no such type."""
    return _file().api_versions.get(resource_type.casefold())


@lru_cache(maxsize=65536)
def container_of(resource: ResourceId, *, objects_of: frozenset[str] = frozenset()) -> ResourceId:
    """The resource at which roles for ``resource`` are assigned.

    That is the vault, store or account that it lies in, or itself where the catalog knows none. For
    the services whose keys are in ``objects_of`` it is the single object, if they document assignments there.
    """
    objects = (kind for one in services() if one.key in objects_of for kind in one.object_types)
    wholes = (one.arm_type for one in services() if one.arm_type)  # several services share the account's type
    for resource_type in (*objects, *wholes):
        found = resource.ancestor_of_type(resource_type)
        if found is not None:
            return found
    return resource


@lru_cache(maxsize=1)
def _file() -> _ServicesFile:
    read = msgspec.json.decode(read_data("services.json"), type=_ServicesFile)
    return _ServicesFile(
        read.services,
        {name.casefold(): support for name, support in read.identity_types.items()},
        {name.casefold(): version for name, version in read.api_versions.items()},
    )


def _no_service(key: str) -> Service:
    raise KeyError(f"the catalog has no service `{key}`")


def _host_matches(suffix: str, host: str) -> bool:
    if suffix.startswith("."):
        return host.endswith(suffix) and not host.startswith(".") and len(host) > len(suffix)
    return host == suffix


def _plain(audience: str) -> str:
    return audience.strip().rstrip("/").casefold()
