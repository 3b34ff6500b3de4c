"""How a compute resource is given an identity, how one is taken from it, and how its code learns which.

Rules:
- App Service, virtual machines, scale sets and container apps have commands of their own, which leave the
  other identities of the resource alone; all others are patched through Azure Resource Manager;
- code has to be told the client id of a user-assigned identity (`AZURE_CLIENT_ID`): by an app setting, by an
  environment variable of a container app, elsewhere by hand;
- pods of a cluster have their identity by a federated credential, not from the cluster.

Sources: https://learn.microsoft.com/azure/app-service/overview-managed-identity,
https://learn.microsoft.com/azure/container-apps/managed-identity and
https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-configure-managed-identities
"""

from __future__ import annotations

import json

from keyless.catalog.services import api_version
from keyless.model.hosts import HostKind, host_kind_of_type
from keyless.model.resource_id import ResourceId
from keyless.plan.results.identities import IdentityChoice
from keyless.plan.results.stages import Command
from keyless.plan.staging.words import az, az_rest, client_id_word, of_resource

SYSTEM = "[system]"
"""Stands for the system-assigned identity, as the Azure CLI has it."""
SETTING = "AZURE_CLIENT_ID"
_SITE, _SLOT = "microsoft.web/sites", "microsoft.web/sites/slots"
_CONTAINER_APP = "microsoft.app/containerapps"
_GROUPS = {
    _SITE: "webapp",
    _SLOT: "webapp",
    "microsoft.compute/virtualmachines": "vm",
    "microsoft.compute/virtualmachinescalesets": "vmss",
}


def attach(host: ResourceId, identity: str, *, keeps: str = "") -> Command | None:
    """Give a resource an identity: an id, or ``SYSTEM``; none where no command can.

    ``keeps`` are the types of identity that it has besides (`SystemAssigned, UserAssigned`), which only those
    that are patched must be told.
    """
    kind = _type(host)
    if kind in _GROUPS:
        return az(_GROUPS[kind], "identity", "assign", *_named(host), "--identities", identity)
    if kind == _CONTAINER_APP:
        return az("containerapp", "identity", "assign", *of_resource(host), *_of_container_app(identity))
    own = "SystemAssigned" if identity == SYSTEM else "UserAssigned"
    return _patched(host, ", ".join(sorted({own, *keeps.split(", ")} - {""})), identity, {})


def detach(host: ResourceId, identity: str, *, keeps: str = "") -> Command | None:
    """Take an identity from a resource that ``keeps`` others of a type, or none."""
    kind = _type(host)
    if kind in _GROUPS:
        return az(_GROUPS[kind], "identity", "remove", *_named(host), "--identities", identity)
    if kind == _CONTAINER_APP:
        return az("containerapp", "identity", "remove", *of_resource(host), *_of_container_app(identity))
    return _patched(host, keeps or "None", identity, None)


def tell_client_id(host: ResourceId, identity_id: str) -> Command | None:
    """Set `AZURE_CLIENT_ID` to the client id of an identity; none where no command can."""
    word = client_id_word(identity_id, f"{SETTING}=")
    if _type(host) in {_SITE, _SLOT}:
        return az("webapp", "config", "appsettings", "set", *_named(host), "--settings", word)
    if _type(host) == _CONTAINER_APP:
        return az("containerapp", "update", *of_resource(host), "--set-env-vars", word)
    return None


def forget_client_id(host: ResourceId) -> Command | None:
    """Take `AZURE_CLIENT_ID` away again."""
    if _type(host) in {_SITE, _SLOT}:
        words = ("webapp", "config", "appsettings", "delete", *_named(host), "--setting-names", SETTING)
        return az(*words)
    if _type(host) == _CONTAINER_APP:
        return az("containerapp", "update", *of_resource(host), "--remove-env-vars", SETTING)
    return None


def is_pods(choice: IdentityChoice) -> bool:
    """Whether code on a resource is pods, which get an identity by a federated credential."""
    return choice.service_account != "" or is_cluster(ResourceId.parse(choice.resource))


def is_cluster(host: ResourceId) -> bool:
    """Whether a resource is a cluster."""
    return host_kind_of_type(host.resource_type or "") is HostKind.AKS


def _type(host: ResourceId) -> str:
    return (host.resource_type or "").casefold()


def _named(host: ResourceId) -> tuple[str, ...]:
    """The options that name a site, or a slot of one."""
    if _type(host) == _SLOT:
        return (*of_resource(host.parent), "--slot", host.name)
    return of_resource(host)


def _of_container_app(identity: str) -> tuple[str, ...]:
    return ("--system-assigned",) if identity == SYSTEM else ("--user-assigned", identity)


def _patched(host: ResourceId, kind: str, identity: str, value: dict[str, str] | None) -> Command | None:
    version = api_version(host.resource_type or "")
    if version is None or is_cluster(host):
        return None
    named = {} if identity == SYSTEM else {"userAssignedIdentities": {identity: value}}
    body = json.dumps({"identity": {"type": kind, **named}}, ensure_ascii=False)
    return az_rest("patch", f"{host.text}?api-version={version}", body)
