"""Writes a plan as an ARM template: one file, with a nested deployment for each part if there are several.

Decisions: as for Bicep (``keyless.plan.writers.bicep``). Expressions are those that Bicep compiles to: an id
in the deployment's own scope is a ``resourceId()``, any other one an ``extensionResourceId()`` of the scope
that it lies in.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources and
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from keyless.model.resource_id import ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE
from keyless.model.roles import RoleDefinition
from keyless.plan.problem import Subject
from keyless.plan.proposed import ROLE_DEFINITION_TYPE, role_properties
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.staging.words import description_of
from keyless.plan.trust import CLUSTER_TYPE, CREDENTIAL, Trust
from keyless.plan.writers.ids import parts_of, principal_path, same_subscription, version_for
from keyless.plan.writers.layout import (
    MANAGEMENT_GROUP_TYPE,
    ROLE_ASSIGNMENT_API,
    ROLE_ASSIGNMENT_TYPE,
    Layout,
    Level,
    Part,
    Target,
    layout_of,
    parameter_names,
    part_names,
    target_of,
)
from keyless.plan.writers.names import camel_case
from keyless.plan.writers.remarks import remarks

Json = dict[str, object]

FILE_NAME = "azuredeploy.json"
DEPLOYMENT_TYPE = "Microsoft.Resources/deployments"
DEPLOYMENT_API = "2022-09-01"
_SCHEMAS = {
    Level.RESOURCE_GROUP: "2019-04-01/deploymentTemplate.json#",
    Level.SUBSCRIPTION: "2018-05-01/subscriptionDeploymentTemplate.json#",
    Level.MANAGEMENT_GROUP: "2019-08-01/managementGroupDeploymentTemplate.json#",
    Level.TENANT: "2019-08-01/tenantDeploymentTemplate.json#",
}
_OWN_RESOURCE = {
    Level.RESOURCE_GROUP: "resourceId",
    Level.SUBSCRIPTION: "subscriptionResourceId",
    Level.MANAGEMENT_GROUP: "managementGroupResourceId",
    Level.TENANT: "tenantResourceId",
}


def write_arm(plan: Plan) -> dict[str, str]:
    """File name to text: one template."""
    layout = layout_of(plan)
    parameters = parameter_names(plan, camel_case)
    if len(layout.parts) <= 1:
        resources = [one for part in layout.parts for one in _resources(part, parameters)]
    else:
        resources = _nested_deployments(layout, parameters)
    remarked: Json = {"metadata": {"comments": "\n".join(remarks(plan))}}
    template = _template(layout.level, parameters, resources, remarked)
    return {FILE_NAME: json.dumps(template, indent=2, ensure_ascii=False) + "\n"}


def _resources(part: Part, parameters: Mapping[Subject, str]) -> list[Json]:
    return [
        *(_identity(one) for one in part.identities),
        *_trusts(part),
        *(_role(one) for one in part.roles),
        *(_assignment(part, one, parameters) for one in part.assignments),
    ]


def _template(
    level: Level, parameters: Mapping[Subject, str], resources: Iterable[Json], more: Json | None = None
) -> Json:
    return {
        "$schema": f"https://schema.management.azure.com/schemas/{_SCHEMAS[level]}",
        "contentVersion": "1.0.0.0",
        **(more or {}),
        "parameters": {
            name: {
                "type": "string",
                "metadata": {"description": f"Principal (object) id of {subject.name}."},
            }
            for subject, name in parameters.items()
        },
        "resources": list(resources),
    }


def _nested_deployments(layout: Layout, parameters: Mapping[Subject, str]) -> list[Json]:
    names = part_names(layout)
    return [_nested(layout, part, names, parameters) for part in layout.parts]


def _nested(layout: Layout, part: Part, names: Mapping[Part, str], parameters: Mapping[Subject, str]) -> Json:
    needed = {subject: name for subject, name in parameters.items() if subject in part.subjects}
    before = [names[other] for other in layout.parts if part.needs(other)]
    return {
        "type": DEPLOYMENT_TYPE,
        "apiVersion": DEPLOYMENT_API,
        "name": names[part],
        **_where(part.target, layout.home),
        **({"dependsOn": before} if before else {}),
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {name: {"value": f"[parameters({quote(name)})]"} for name in needed.values()},
            "template": _template(part.target.level, needed, _resources(part, parameters)),
        },
    }


def _where(target: Target, home: str | None) -> Json:
    """What says to which target a nested deployment goes; one above a group also says where it is kept."""
    where: Json = {}
    if target.subscription_id and not same_subscription(target.subscription_id, home):
        where["subscriptionId"] = target.subscription_id
    if target.level is Level.RESOURCE_GROUP:
        return {**where, "resourceGroup": target.scope.resource_group}
    if target.level is Level.MANAGEMENT_GROUP:
        where["scope"] = f"{MANAGEMENT_GROUP_TYPE}/{target.scope.name}"
    if target.level is Level.TENANT:
        where["scope"] = "/"
    return {**where, "location": "[deployment().location]"}


def _identity(identity: Subject) -> Json:
    return {
        "comments": f"{identity.name}, which the plan proposes",
        "type": USER_ASSIGNED_IDENTITY_TYPE,
        "apiVersion": version_for(USER_ASSIGNED_IDENTITY_TYPE),
        "name": literal(ResourceId.parse(identity.resource_id).name),
        "location": "[resourceGroup().location]",
    }


def _trusts(part: Part) -> list[Json]:
    """Federated credentials; each of one identity waits for the one before."""
    made = {one.resource_id.casefold() for one in part.identities}
    last: dict[ResourceId, str] = {}
    found = []
    for one in part.trusts:
        identity = _id(part.target, one.identity)
        before = [identity] if one.identity.text.casefold() in made else []
        before += [last[one.identity]] if one.identity in last else []
        found.append(_trust(part.target, one, before))
        last[one.identity] = _id(part.target, one.identity.child(CREDENTIAL, one.name))
    return found


def _trust(target: Target, trust: Trust, before: list[str]) -> Json:
    cluster, version = _id(target, trust.cluster), version_for(CLUSTER_TYPE)
    return {
        "type": f"{USER_ASSIGNED_IDENTITY_TYPE}/{CREDENTIAL}",
        "apiVersion": version_for(USER_ASSIGNED_IDENTITY_TYPE),
        "name": f"{trust.identity.name}/{trust.name}",
        **({"dependsOn": [f"[{one}]" for one in before]} if before else {}),
        "properties": {
            "issuer": f"[reference({cluster}, {quote(version or '')}).oidcIssuerProfile.issuerURL]",
            "subject": literal(trust.subject),
            "audiences": [trust.audience],
        },
    }


def _role(role: RoleDefinition) -> Json:
    return {
        "type": ROLE_DEFINITION_TYPE,
        "apiVersion": ROLE_ASSIGNMENT_API,
        "name": literal(role.id),
        "properties": _literals(role_properties(role)),
    }


def _assignment(part: Part, one: PlannedAssignment, parameters: Mapping[Subject, str]) -> Json:
    target = part.target
    scope = _id(target, one.scope_id)
    identity, principal_id = _principal(target, one.principal, parameters)
    role = _role_id(target, one.role_id)
    own_scope = one.scope_id == target.scope
    before = _made_here(part, one, identity, role)
    return {
        "comments": f"{one.role_name} for {one.principal.name}",
        "type": ROLE_ASSIGNMENT_TYPE,
        "apiVersion": ROLE_ASSIGNMENT_API,
        **({} if own_scope else {"scope": f"[{scope}]"}),
        "name": f"[guid({scope}, {identity}, {quote(one.role_id)})]",
        **({"dependsOn": before} if before else {}),
        "properties": {
            "roleDefinitionId": f"[{role}]",
            "principalId": f"[{principal_id}]",
            "principalType": one.principal.principal_type,
            "description": literal(description_of(one)),
        },
    }


def _role_id(target: Target, role_id: str) -> str:
    function = "subscriptionResourceId" if target.level <= Level.SUBSCRIPTION else "tenantResourceId"
    return f"{function}({quote(ROLE_DEFINITION_TYPE)}, {quote(role_id)})"


def _made_here(part: Part, one: PlannedAssignment, identity: str, role: str) -> list[str]:
    """What the same template makes and the assignment needs."""
    made = {identity.resource_id.casefold() for identity in part.identities}
    needs_identity = one.principal.resource_id.casefold() in made
    needs_role = one.role_id in {role.id for role in part.roles}
    return [f"[{needed}]" for needed, is_made in ((identity, needs_identity), (role, needs_role)) if is_made]


def _principal(target: Target, subject: Subject, parameters: Mapping[Subject, str]) -> tuple[str, str]:
    """What names the identity before deployment, and what is its principal id."""
    path = principal_path(subject)
    if path is None:
        return (f"parameters({quote(parameters[subject])})",) * 2
    resource = ResourceId.parse(subject.resource_id)
    identity = _id(target, resource)
    version = version_for(resource.resource_type or "")
    return identity, f"reference({identity}, {quote(version or '')}, 'full').{path}"


def _id(target: Target, scope: ResourceId) -> str:
    """The expression for an id, as it is written in a deployment to ``target``."""
    parts = parts_of(scope)
    if parts is None or target_of(scope).scope == scope:
        return _scope_id(target, scope)
    arguments = ", ".join(map(quote, (parts.resource_type, *parts.names)))
    if parts.base == target.scope:
        return f"{_OWN_RESOURCE[target.level]}({arguments})"
    return f"extensionResourceId({_id(target, parts.base)}, {arguments})"


def _scope_id(target: Target, scope: ResourceId) -> str:
    wanted = target_of(scope)
    near = same_subscription(wanted.subscription_id, target.subscription_id)
    if wanted.level is Level.RESOURCE_GROUP:
        if scope == target.scope:
            return "resourceGroup().id"
        subscription = "subscription().subscriptionId" if near else quote(wanted.subscription_id or "")
        group = quote(scope.resource_group or "")
        return f"format('/subscriptions/{{0}}/resourceGroups/{{1}}', {subscription}, {group})"
    if wanted.level is Level.SUBSCRIPTION:
        return "subscription().id" if near else quote(scope.text)
    if wanted.level is Level.MANAGEMENT_GROUP:
        return f"tenantResourceId({quote(MANAGEMENT_GROUP_TYPE)}, {quote(scope.name)})"
    return "'/'"


def quote(text: str) -> str:
    """A string inside an expression."""
    return "'" + text.replace("'", "''") + "'"


def literal(text: str) -> str:
    """A string as the value of a property: one in brackets is no expression."""
    return f"[{text}" if text.startswith("[") and text.endswith("]") else text


def _literals(value: object) -> object:
    """The same of all strings in a value."""
    if isinstance(value, dict):
        return {name: _literals(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_literals(inner) for inner in value]
    return literal(value) if isinstance(value, str) else value
