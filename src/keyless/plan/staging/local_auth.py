"""Stage 9, the last: keys and passwords are switched off where everything was seen to use an identity.

Rules:
- a service is looked at where the plan gives data access in it, and knows the property that switches it off;
- it is left out where an access key of it was used, where something that was used there is not covered, or
  where a secret that stays may open it: whoever holds that would be shut out. Such a secret shows which one
  it opens, or only a service of its kind;
- what was off before is found off, not touched, and not switched on by undoing;
- only one property is changed. Where the Azure CLI has an option for it, by that; else the resource is read,
  changed and written whole by `az resource update`. A template can't do it: it replaces the resource.

Source: https://learn.microsoft.com/azure/templates/ and https://learn.microsoft.com/cli/azure/resource
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.catalog.services import Service, container_of, services, services_of_host
from keyless.model.access_keys import store_and_key
from keyless.model.actions import ActionPlane
from keyless.model.evidence import SignInMethod
from keyless.model.resource_id import ResourceId
from keyless.plan.result import Plan
from keyless.plan.results.secrets import Fate, SecretDecision
from keyless.plan.results.stages import Command, Step
from keyless.plan.staging.words import asking, az, of_resource

_OPTIONS = {
    "Microsoft.AppConfiguration/configurationStores": (("appconfig",), "--disable-local-auth"),
    "Microsoft.Storage/storageAccounts": (("storage", "account"), "--allow-shared-key-access"),
    "Microsoft.ServiceBus/namespaces": (("servicebus", "namespace"), "--disable-local-auth"),
    "Microsoft.EventHub/namespaces": (("eventhubs", "namespace"), "--disable-local-auth"),
    "Microsoft.SignalRService/signalR": (("signalr",), "--disable-local-auth"),
    "Microsoft.Search/searchServices": (("search", "service"), "--disable-local-auth"),
    "Microsoft.ContainerRegistry/registries": (("acr",), "--admin-enabled"),
    "Microsoft.DBforPostgreSQL/flexibleServers": (("postgres", "flexible-server"), "--password-auth"),
}
"""Types for which the Azure CLI has an option that changes the property alone."""
_SQL = "Microsoft.Sql/servers"
_OPPOSITES = {"true": "false", "false": "true", "Disabled": "Enabled"}
_NOT_HERE = {"Microsoft.Compute/virtualMachines", "Microsoft.Sql/managedInstances"}
"""The first can't be changed once the machine is there, the second is no property of the resource."""


@dataclass(frozen=True, slots=True)
class LocalAuth:
    """A resource, and the property with the value that switches keys and passwords off."""

    resource: ResourceId
    service: Service
    path: str
    value: str

    @property
    def is_sql(self) -> bool:
        """Whether it is a server of SQL, which has a resource and commands of its own for it."""
        return self.resource.is_type(_SQL)

    @property
    def opposite(self) -> str:
        """The value that lets them in again."""
        return _OPPOSITES[self.value]


def local_auth_off(plan: Plan) -> tuple[Step, ...]:
    """The steps of the stage."""
    return tuple(_step(one) for one in can_be_switched_off(plan))


def can_be_switched_off(plan: Plan) -> list[LocalAuth]:
    """Where nothing but identities was seen."""
    return [one for one in _candidates(plan) if not _still_used(one, plan)]


def left_on(plan: Plan) -> tuple[str, ...]:
    """Where they stay on for now, and why."""
    reasons = ((one, _still_used(one, plan)) for one in _candidates(plan))
    return tuple(f"{one.service.name} {one.resource.name}: {why}" for one, why in reasons if why)


def _candidates(plan: Plan) -> Iterator[LocalAuth]:
    scopes = [
        *(one.scope_id for one in plan.assignments if any(use.plane is ActionPlane.DATA for use in one.used)),
        *(ResourceId.parse(one.scope) for one in plan.native),
    ]
    for resource in dict.fromkeys(container_of(scope) for scope in scopes):
        found = _setting_of(resource)
        if found is not None:
            yield found


def _setting_of(resource: ResourceId) -> LocalAuth | None:
    for one in services():
        if one.local_auth_off and one.arm_type and resource.is_type(one.arm_type):
            path, _, value = one.local_auth_off.partition(": ")
            known = value in _OPPOSITES and one.arm_type not in _NOT_HERE
            return LocalAuth(resource, one, path, value) if known else None
    return None


def _still_used(one: LocalAuth, plan: Plan) -> str:
    """Why somebody would be shut out; empty where nobody is known to be."""
    keys = [used for used in plan.stored_credentials if _opens(used.principal.principal_id, used.target, one)]
    keys = [used for used in keys if used.method is SignInMethod.ACCESS_KEY]
    if keys:
        return (
            f"a key of it was used ({keys[0].principal.name}, {keys[0].count} times); plan again when none is"
        )
    if any(container_of(ResourceId.parse(gap.scope)) == one.resource for gap in plan.uncovered):
        return "something that was used there is not covered by the plan"
    staying = [kept for kept in plan.secrets if kept.fate in _STAYING and _may_open(kept, one)]
    if staying:
        return f"the secret {staying[0].name} stays, and may open it: see what holds it first"
    return ""


_STAYING = (Fate.KEPT, Fate.TO_VAULT)


def _opens(principal_id: str, target: str, one: LocalAuth) -> bool:
    """Whether what an access key was used for is this resource."""
    key = store_and_key(principal_id)
    if key is not None:
        return key[0] == one.resource.name.casefold()
    host = target.removeprefix("https://").partition("/")[0].casefold()
    return host.partition(".")[0] == one.resource.name.casefold() and one.service in services_of_host(host)


def _may_open(kept: SecretDecision, one: LocalAuth) -> bool:
    """Whether a secret opens this resource, or a service of its kind and does not show which."""
    types = {service.arm_type for service in services() if service.key in kept.opens}
    elsewhere = kept.host and kept.host.partition(".")[0] != one.resource.name.casefold()
    return one.service.arm_type in types and not elsewhere


def _step(one: LocalAuth) -> Step:
    return Step(
        what=f"{one.service.name} {one.resource.name}: keys and passwords off ({one.path}: {one.value})",
        target=one.resource.text,
        reason="everything that was seen there has an identity",
        do=(_command(one, one.value),),
        undo=(_command(one, one.opposite),),
        remark="callers that the evidence has not seen may use them: look at the service's own metrics first",
    )


def _command(one: LocalAuth, value: str) -> Command:
    asked: tuple[str, ...] = ("resource", "show", "--ids", one.resource.text, "--query", one.path)
    if one.is_sql:
        named = of_resource(one.resource)
        asked = ("sql", "server", "ad-only-auth", "get", *named, "--query", "azureAdOnlyAuthentication")
    return Command(words=_changing(one, value).words, unless=asking(*asked), prints=value)


def _changing(one: LocalAuth, value: str) -> Command:
    if one.is_sql:
        verb = "enable" if value == one.value else "disable"
        return az("sql", "server", "ad-only-auth", verb, *of_resource(one.resource))
    group, option = _OPTIONS.get(one.service.arm_type or "", ((), ""))
    if group:
        return az(*group, "update", *of_resource(one.resource), option, value)
    return az("resource", "update", "--ids", one.resource.text, "--set", f"{one.path}={value}")
