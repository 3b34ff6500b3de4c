"""Writes what Terraform is to do after the roles hold, as modules of their own, to be applied one by one.

`3-switch/` attaches identities and lets roles decide in vaults; `9-local-auth-off/` switches keys and
passwords off. Both change resources that are there already, of which Terraform does not know the rest: by
``azapi_update_resource``, which reads a resource, changes what is said and writes it. To destroy one changes
nothing; the way back is in the scripts for the Azure CLI.

Source: https://registry.terraform.io/providers/Azure/azapi/latest/docs/resources/update_resource
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.model.identities import IdentityKind
from keyless.model.resource_id import ResourceId
from keyless.model.resources import VAULT_TYPE
from keyless.plan.result import Plan
from keyless.plan.results.identities import IdentityChange, IdentityChoice
from keyless.plan.results.stages import StageKey
from keyless.plan.staging.hosts import is_pods
from keyless.plan.staging.local_auth import LocalAuth, can_be_switched_off
from keyless.plan.writers.hcl import Value, attribute, block, configured, quote, versions
from keyless.plan.writers.ids import version_for
from keyless.plan.writers.names import Names, snake_case, type_word

_PROVIDERS = ("azapi",)
_NOT_HERE = """\
# Apply this when the new roles hold. Code is told the client id of a user-assigned identity by
# AZURE_CLIENT_ID: set it where you set the other settings of the workload, or run `az/3-switch.sh`.

"""
_EXPRESSIONS = {"true", "false"}


def write_later(plan: Plan) -> dict[str, str]:
    """File name to text: a module for each stage that has anything in it."""
    names = Names(snake_case)
    switch = [*_attachments(plan, names), *_vaults(plan, names)]
    off = list(_local_auth_off(plan, names))
    modules = {StageKey.SWITCH: (_NOT_HERE, switch), StageKey.LOCAL_AUTH_OFF: ("", off)}
    return {f"{key.value}/main.tf": _module(*found) for key, found in modules.items() if found[1]}


def _module(head: str, blocks: list[str]) -> str:
    return head + "\n".join([versions(_PROVIDERS), configured(_PROVIDERS), *blocks])


def _attachments(plan: Plan, names: Names) -> Iterator[str]:
    for choice in plan.identities.choices:
        host = ResourceId.parse(choice.resource)
        new = choice.change is not IdentityChange.KEEP and choice.chosen is IdentityKind.USER_ASSIGNED
        if new and not is_pods(choice) and version_for(host.resource_type or "") is not None:
            yield from _attachment(choice, host, names)


def _attachment(choice: IdentityChoice, host: ResourceId, names: Names) -> Iterator[str]:
    """The host as it is, and the identity beside those that it has, of whichever types."""
    name = names.name(host, type_word(host), host.name)
    kind = quote(f"{host.resource_type}@{version_for(host.resource_type or '')}")
    lines = [f"type = {kind}", f"resource_id = {quote(host.text)}"]
    yield block("data", ("azapi_resource", name), [*lines, 'response_export_values = ["identity.type"]'])
    identity: dict[str, Value] = {
        "type": _both_if(f"data.azapi_resource.{name}", "SystemAssigned", "UserAssigned"),
        "userAssignedIdentities": {choice.identity.resource_id: "{}"},
    }
    yield _updated(name, lines, {"identity": identity})


def switched_on(there: str) -> list[str]:
    """What switches the system-assigned identity of a host on that is read as ``there``; others stay."""
    kind = _both_if(there, "UserAssigned", "SystemAssigned")
    return [
        f"body = {{ identity = {{ type = {kind} }} }}",
        'response_export_values = ["identity.principalId"]',
    ]


def _both_if(there: str, other: str, own: str) -> str:
    """The type of identity of a host: both where it has the other one, and its own alone where not."""
    has = f'strcontains(try({there}.output.identity.type, ""), {quote(other)})'
    return f'{has} ? "SystemAssigned, UserAssigned" : {quote(own)}'


def _vaults(plan: Plan, names: Names) -> Iterator[str]:
    for text in plan.vaults_to_switch:
        vault = ResourceId.parse(text)
        name = names.name(vault, "key", "vault", vault.name, "rbac")
        kind = quote(f"{vault.resource_type}@{version_for(VAULT_TYPE)}")
        lines = [f"type = {kind}", f"resource_id = {quote(vault.text)}"]
        yield _updated(name, lines, {"properties": {"enableRbacAuthorization": "true"}})


def _local_auth_off(plan: Plan, names: Names) -> Iterator[str]:
    for one in can_be_switched_off(plan):
        if version_for(one.service.arm_type or "") is not None:
            yield _switched_off(one, names)


def _switched_off(one: LocalAuth, names: Names) -> str:
    name = names.name(one.resource, type_word(one.resource), one.resource.name)
    resource, path = (one.resource, one.path) if not one.is_sql else _of_sql(one)
    kind = quote(f"{resource.resource_type}@{version_for(resource.resource_type or '')}")
    lines = [f"type = {kind}", f"resource_id = {quote(resource.text)}"]
    first, *rest = path.split(".")
    value: Value = one.value if one.value in _EXPRESSIONS else quote(one.value)
    for part in reversed(rest):
        value = {part: value}
    return _updated(name, lines, {first: value})


def _of_sql(one: LocalAuth) -> tuple[ResourceId, str]:
    """What says it for a server of SQL is a resource below it."""
    below = one.resource.child("azureADOnlyAuthentications", "Default")
    return below, "properties.azureADOnlyAuthentication"


def _updated(name: str, lines: list[str], body: dict[str, Value]) -> str:
    return block("resource", ("azapi_update_resource", name), lines, attribute("body", body))
