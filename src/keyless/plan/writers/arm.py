"""Writes a plan as an ARM template: one file, with a nested deployment for each target if there are several.

Decisions: as for Bicep (``keyless.plan.writers.bicep``). Expressions are those that Bicep compiles to: an id
in the deployment's own scope is a ``resourceId()``, any other one an ``extensionResourceId()`` of the scope
that it lies in.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources and
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from keyless.model.resource_id import ResourceId
from keyless.plan.problem import Subject
from keyless.plan.proposed import ROLE_DEFINITION_TYPE
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.writers.layout import (
    MANAGEMENT_GROUP_TYPE,
    ROLE_ASSIGNMENT_API,
    ROLE_ASSIGNMENT_TYPE,
    Layout,
    Level,
    Target,
    camel_case,
    description_of,
    layout_of,
    parameter_names,
    parts_of,
    principal_path,
    remarks,
    same_subscription,
    target_names,
    target_of,
    version_for,
)

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
    if len(layout.targets) <= 1:
        resources = [_assignment(t, one, parameters) for t, ones in layout.targets for one in ones]
    else:
        resources = _nested_deployments(layout, parameters)
    remarked: Json = {"metadata": {"comments": "\n".join(remarks(plan))}}
    template = _template(layout.level, parameters, resources, remarked)
    return {FILE_NAME: json.dumps(template, indent=2, ensure_ascii=False) + "\n"}


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
    names = target_names(layout)
    return [
        _nested(layout, target, names[target], assignments, parameters)
        for target, assignments in layout.targets
    ]


def _nested(
    layout: Layout,
    target: Target,
    name: str,
    assignments: Sequence[PlannedAssignment],
    parameters: Mapping[Subject, str],
) -> Json:
    mine = {one.principal for one in assignments}
    needed = {subject: name for subject, name in parameters.items() if subject in mine}
    resources = [_assignment(target, one, parameters) for one in assignments]
    return {
        "type": DEPLOYMENT_TYPE,
        "apiVersion": DEPLOYMENT_API,
        "name": name,
        **_where(target, layout.home),
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {name: {"value": f"[parameters({quote(name)})]"} for name in needed.values()},
            "template": _template(target.level, needed, resources),
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


def _assignment(target: Target, one: PlannedAssignment, parameters: Mapping[Subject, str]) -> Json:
    scope = _id(target, one.scope_id)
    identity, principal_id = _principal(target, one.principal, parameters)
    definition = "subscriptionResourceId" if target.level <= Level.SUBSCRIPTION else "tenantResourceId"
    own_scope = one.scope_id == target.scope
    return {
        "comments": f"{one.role_name} for {one.principal.name}",
        "type": ROLE_ASSIGNMENT_TYPE,
        "apiVersion": ROLE_ASSIGNMENT_API,
        **({} if own_scope else {"scope": f"[{scope}]"}),
        "name": f"[guid({scope}, {identity}, {quote(one.role_id)})]",
        "properties": {
            "roleDefinitionId": f"[{definition}({quote(ROLE_DEFINITION_TYPE)}, {quote(one.role_id)})]",
            "principalId": f"[{principal_id}]",
            "principalType": one.principal.principal_type,
            "description": description_of(one),
        },
    }


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
