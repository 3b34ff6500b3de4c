"""Reads role assignments back out of what the writers of deployments wrote.

Each reader has nothing in common with its writer: Bicep is read from its syntax tree, Terraform with a parser
of HCL, ARM by evaluating the template's expressions.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import hcl2
import tree_sitter
import tree_sitter_bicep

from keyless.model.resource_id import ResourceId


@dataclass(frozen=True)
class Assigned:
    """What was read: the role's GUID, the scope, the identity's ARM id (or a parameter's name), the name."""

    role_id: str
    scope: str
    identity: str
    name: str


def as_planned(plan):
    """What should be read: role, scope and identity of each assignment of a plan, ids without case."""
    return sorted(
        (one.role_id, one.scope.casefold(), one.principal.resource_id.casefold() or "parameter")
        for one in plan.assignments
    )


def as_read(assigned):
    """The same of what was read."""
    return sorted(
        (one.role_id, one.scope.casefold(), one.identity.casefold() if "/" in one.identity else "parameter")
        for one in assigned
    )


# Bicep


def bicep_tree(text):
    """The syntax tree of a Bicep file, which must have no error in it."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
    root = parser.parse(text.encode()).root_node
    assert not root.has_error, text
    return root


def read_bicep(files, target):
    """The assignments in files that are deployed to ``target`` (a resource group or subscription id)."""
    main = bicep_tree(files["main.bicep"])
    modules = [node for node in main.named_children if node.type == "module_declaration"]
    found = _BicepFile(main, target).assignments()
    for module in modules:
        _, path, body = module.named_children
        properties = _properties(body)
        assert len(_value(properties["name"])) <= 64
        scope = _scope_from_call(properties["scope"], target)
        found += _BicepFile(bicep_tree(files[_value(path)]), scope).assignments()
    return found


class _BicepFile:
    def __init__(self, root, target):
        self.target = target
        self.resources = {}
        for node in root.named_children:
            if node.type == "resource_declaration":
                symbol, kind, body = node.named_children
                self.resources[symbol.text.decode()] = (_value(kind).split("@")[0], _properties(body))

    def assignments(self):
        return [
            self._assignment(properties)
            for kind, properties in self.resources.values()
            if kind == "Microsoft.Authorization/roleAssignments"
        ]

    def _assignment(self, properties):
        details = _properties(properties["properties"])
        assert _value(details["principalType"]) == "ServicePrincipal"
        role_id = self._role_id(details["roleDefinitionId"])
        guid, name = properties["name"].named_children
        assert guid.text == b"guid"
        assert b".principalId" not in name.text, "a name is made from what is known at the start"
        assert role_id in name.text.decode()
        scope = self._id(properties["scope"].text.decode()) if "scope" in properties else self.target
        identity = self._identity(details["principalId"])
        return Assigned(role_id, scope, identity, properties["name"].text.decode())

    def _role_id(self, node):
        """By its GUID, or of a role that the same file makes."""
        if node.type != "call_expression":
            symbol = node.text.decode().removesuffix(".id")
            kind, properties = self.resources[symbol]
            assert kind == "Microsoft.Authorization/roleDefinitions"
            return _value(properties["name"])
        function, arguments = node.named_children
        assert function.text in {b"subscriptionResourceId", b"tenantResourceId"}
        return _value(arguments.named_children[1])

    def _identity(self, node):
        text = node.text.decode()
        symbol, _, path = text.partition(".")
        if not path:
            return symbol
        kind = self.resources[symbol][0]
        wanted = "properties" if kind.endswith("userAssignedIdentities") else "identity"
        assert path == f"{wanted}.principalId"
        return self._id(symbol)

    def _id(self, symbol):
        kind, properties = self.resources[symbol]
        name = _value(properties["name"])
        if "parent" in properties:
            return f"{self._id(properties['parent'].text.decode())}/{kind.split('/')[-1]}/{name}"
        scope = self.target
        if "scope" in properties:
            node = properties["scope"]
            called = node.type == "call_expression"
            scope = _scope_from_call(node, self.target) if called else self._id(node.text.decode())
        return f"{scope.rstrip('/')}/providers/{kind}/{name}"


def _properties(node):
    return {
        child.named_children[0].text.decode(): child.named_children[1]
        for child in node.named_children
        if child.type == "object_property"
    }


def _value(node):
    return node.text.decode().strip("'")


def _scope_from_call(node, near):
    function, arguments = node.named_children[0].text.decode(), node.named_children[1].named_children
    values = [_value(argument) for argument in arguments]
    own = ResourceId.parse(near).subscription_id
    if function == "resourceGroup":
        *subscription, group = values
        return f"/subscriptions/{(subscription or [own])[0]}/resourceGroups/{group}"
    if function == "subscription":
        return f"/subscriptions/{(values or [own])[0]}"
    if function == "managementGroup":
        return f"/providers/Microsoft.Management/managementGroups/{values[0]}"
    assert function == "tenant"
    return "/"


# Terraform

_REFERENCE = re.compile(r"\$\{data\.(\w+)\.(\w+)\.id\}")


def read_terraform(files, subscription):
    """The assignments that the files make where Terraform runs in ``subscription``."""
    documents = [hcl2.loads(text) for text in files.values()]
    data = {(kind, name): body for d in documents for kind, name, body in _blocks(d, "data")}
    resources = [block for d in documents for block in _blocks(d, "resource")]
    variables = {name for d in documents for block in d.get("variable", []) for name in map(_plain, block)}
    reader = _Terraform(data, subscription, variables)
    return [reader.assignment(body) for kind, _, body in resources if kind == "azurerm_role_assignment"]


def _blocks(document, kind):
    for block in document.get(kind, []):
        for label, inner in block.items():
            for name, body in inner.items():
                yield _plain(label), _plain(name), body


def _plain(text):
    return text.removeprefix('"').removesuffix('"')


class _Terraform:
    def __init__(self, data, subscription, variables):
        self.data, self.subscription, self.variables = data, subscription, variables

    def assignment(self, body):
        assert _plain(body["principal_type"]) == "ServicePrincipal"
        assert body["name"].startswith("${uuidv5(")
        role = self._text(body["role_definition_id"])
        scope = self._text(body["scope"])
        assert role.startswith(f"/subscriptions/{ResourceId.parse(scope).subscription_id}/")
        role_id = role.rsplit("/", 1)[1]
        assert role_id in body["name"]
        return Assigned(role_id, scope, self._identity(body["principal_id"]), body["name"])

    def _identity(self, text):
        inner = text.removeprefix("${").removesuffix("}")
        parts = inner.split(".")
        if parts[0] == "var":
            assert parts[1] in self.variables
            return parts[1]
        body = self.data[parts[1], parts[2]]
        if parts[1] == "azapi_resource":
            assert ".".join(parts[4:]) == _plain(body["response_export_values"][0])
            assert parts[3] == "output"
        else:
            assert parts[3:] == ["principal_id"]
        return self._id(parts[1], parts[2])

    def _text(self, value):
        return _REFERENCE.sub(lambda found: self._id(*found.groups()), _plain(value))

    def _id(self, kind, name):
        if kind == "azurerm_subscription":
            return self.subscription
        body = self.data[kind, name]
        if kind == "azapi_resource":
            return self._text(body["resource_id"])
        types = {
            "azurerm_key_vault": "Microsoft.KeyVault/vaults",
            "azurerm_app_configuration": "Microsoft.AppConfiguration/configurationStores",
            "azurerm_user_assigned_identity": "Microsoft.ManagedIdentity/userAssignedIdentities",
        }
        group, own = _plain(body["resource_group_name"]), _plain(body["name"])
        return f"{self.subscription}/resourceGroups/{group}/providers/{types[kind]}/{own}"


# ARM

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[A-Za-z]+|[(),.])")


def read_arm(template, target):
    """The assignments that a template (as JSON text) makes when it is deployed to ``target``."""
    return _read_template(json.loads(template), target, {})


def _read_template(template, target, given):
    parameters = {name: given.get(name, name) for name in template["parameters"]}
    found = []
    for resource in template["resources"]:
        if resource["type"] == "Microsoft.Resources/deployments":
            found += _read_nested(resource, target, parameters)
        else:
            found.append(_read_assignment(resource, target, parameters))
    return found


def _read_nested(resource, target, parameters):
    properties = resource["properties"]
    assert properties["expressionEvaluationOptions"] == {"scope": "inner"}
    assert len(resource["name"]) <= 64
    given = {
        name: _evaluate(entry["value"], target, parameters)
        for name, entry in properties["parameters"].items()
    }
    return _read_template(properties["template"], _nested_target(resource, target), given)


def _nested_target(resource, target):
    if "scope" in resource:
        return "/" if resource["scope"] == "/" else f"/providers/{resource['scope']}"
    subscription = resource.get("subscriptionId", ResourceId.parse(target).subscription_id)
    group = f"/resourceGroups/{resource['resourceGroup']}" if "resourceGroup" in resource else ""
    assert ("location" in resource) == (not group)
    return f"/subscriptions/{subscription}{group}"


def _read_assignment(resource, target, parameters):
    assert resource["type"] == "Microsoft.Authorization/roleAssignments"
    properties = resource["properties"]
    assert properties["principalType"] == "ServicePrincipal"
    assert "reference(" not in resource["name"]
    role = _evaluate(properties["roleDefinitionId"], target, parameters)
    scope = _evaluate(resource["scope"], target, parameters) if "scope" in resource else target
    identity = _evaluate(properties["principalId"], target, parameters)
    return Assigned(role.rsplit("/", 1)[1], scope, identity, _evaluate(resource["name"], target, parameters))


def _evaluate(text, target, parameters):
    if not text.startswith("["):
        return text
    value, rest = _expression(_TOKEN.findall(text[1:-1]), target, parameters)
    assert not rest
    return value


def _expression(tokens, target, parameters):
    head, *tokens = tokens
    if head.startswith("'"):
        return head[1:-1].replace("''", "'"), tokens
    arguments = []
    assert tokens.pop(0) == "("
    while tokens[0] != ")":
        value, tokens = _expression(tokens, target, parameters)
        arguments.append(value)
        if tokens[0] == ",":
            tokens = tokens[1:]
    tokens = tokens[1:]
    path = []
    while tokens and tokens[0] == ".":
        path.append(tokens[1])
        tokens = tokens[2:]
    return _call(head, arguments, path, target, parameters), tokens


def _call(function, arguments, path, target, parameters):
    subscription = f"/subscriptions/{ResourceId.parse(target).subscription_id}"
    if function == "reference":
        kind = arguments[0].split("/")[-2]
        assert path == ["properties" if kind == "userAssignedIdentities" else "identity", "principalId"]
        assert arguments[2] == "full"
        return arguments[0]
    if function == "parameters":
        return parameters[arguments[0]]
    if function in {"resourceGroup", "subscription"}:
        return subscription.rsplit("/", 1)[1] if path == ["subscriptionId"] else target
    if function == "format":
        return re.sub(r"\{(\d)\}", lambda found: arguments[1 + int(found[1])], arguments[0])
    if function == "guid":
        return "|".join(arguments)
    bases = {"resourceId": target, "subscriptionResourceId": subscription, "tenantResourceId": ""}
    base, (kind, *names) = (
        (arguments[0], arguments[1:]) if function == "extensionResourceId" else (bases[function], arguments)
    )
    provider, *types = kind.split("/")
    pairs = "".join(f"/{one}/{name}" for one, name in zip(types, names, strict=True))
    return f"{base}/providers/{provider}{pairs}"
