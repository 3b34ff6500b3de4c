"""Reads back out of deployments what they make besides role assignments, and whether what needs it waits.

As with ``plan_readers``, no reader has anything in common with its writer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import hcl2
from plan_readers import bicep_tree

IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
ROLE = "Microsoft.Authorization/roleDefinitions"
ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
DEPLOYMENT = "Microsoft.Resources/deployments"


@dataclass(frozen=True)
class Made:
    """Names of identities; ids, names and data actions of roles."""

    identities: tuple[str, ...]
    roles: tuple[tuple[str, str, tuple[str, ...]], ...]


# Bicep


def made_by_bicep(files):
    """What the files make; every module that uses something waits for the module that makes it."""
    trees = {name: bicep_tree(text) for name, text in files.items()}
    for name, tree in trees.items():
        assert not _unknown_symbols(tree), name
    _modules_wait(trees)
    found = [one for tree in trees.values() for one in _declared(tree) if not one[2]]
    identities = [_text(one[1]["name"]) for one in found if one[0] == IDENTITY]
    assert all(one[1]["location"].text == b"resourceGroup().location" for one in found if one[0] == IDENTITY)
    roles = [_bicep_role(one[1]) for one in found if one[0] == ROLE]
    return Made(tuple(identities), tuple(roles))


def _bicep_role(body):
    properties = _object(body["properties"])
    (permission,) = properties["permissions"].named_children
    actions = [_text(one) for one in _object(permission)["dataActions"].named_children]
    assert _text(properties["type"]) == "CustomRole"
    return _text(body["name"]), _text(properties["roleName"]), tuple(actions)


def _declared(tree):
    """Type, properties and whether it exists, of each resource."""
    for node in tree.named_children:
        if node.type == "resource_declaration":
            _, kind, body = node.named_children
            existing = any(child.type == "existing" for child in node.children)
            yield _text(kind).split("@")[0], _object(body), existing


def _modules_wait(trees):
    main = trees["main.bicep"]
    modules = {}
    for node in main.named_children:
        if node.type == "module_declaration":
            symbol, path, body = node.named_children
            modules[symbol.text.decode()] = (trees[_text(path)], _object(body))
    makers = {
        symbol: {
            _text(body["name"])
            for kind, body, existing in _declared(tree)
            if kind in {IDENTITY, ROLE} and not existing
        }
        for symbol, (tree, _) in modules.items()
    }
    for symbol, (tree, body) in modules.items():
        waits = (
            {one.text.decode() for one in body["dependsOn"].named_children} if "dependsOn" in body else set()
        )
        for maker, names in makers.items():
            used = any(f"'{name}'".encode() in tree.text for name in names)
            if maker != symbol and used and _assigns(tree):
                assert maker in waits, (symbol, maker)
        assert symbol not in waits


def _assigns(tree):
    return any(kind == ASSIGNMENT for kind, _, _ in _declared(tree))


def _unknown_symbols(tree):
    """Symbols that a file uses and does not declare."""
    declared = {
        node.named_children[0].text.decode()
        for node in tree.named_children
        if node.type in {"resource_declaration", "module_declaration"}
    }
    declared |= {
        child.text.decode()
        for node in tree.named_children
        if node.type == "parameter_declaration"
        for child in node.named_children
        if child.type == "identifier"
    }
    used = set()
    _collect(tree, used)
    functions = {"resourceGroup", "subscription", "managementGroup", "tenant", "guid"}
    functions |= {"subscriptionResourceId", "tenantResourceId", "description"}
    return used - declared - functions


def _collect(node, used):
    if node.type == "member_expression":
        _collect(node.named_children[0], used)
        return
    if node.type == "identifier":
        used.add(node.text.decode())
    for at, child in enumerate(node.named_children):
        is_key = node.type == "object_property" and at == 0
        is_type = node.type == "parameter_declaration" and at == 1
        if not is_key and not is_type:
            _collect(child, used)


def _object(node):
    return {
        child.named_children[0].text.decode(): child.named_children[1]
        for child in node.named_children
        if child.type == "object_property"
    }


def _text(node):
    """A string of Bicep as what it means."""
    text = node.text.decode()
    assert text[0] == text[-1] == "'"
    inner = text[1:-1]
    assert "\n" not in inner
    for escaped, plain in (("\\'", "'"), ("\\$", "$"), ("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t")):
        parts = inner.split("\\\\")
        inner = "\\\\".join(part.replace(escaped, plain) for part in parts)
    return inner.replace("\\\\", "\\")


# ARM


def made_by_arm(template):
    """What a template makes; every resource that uses something waits for what makes it."""
    found = Made((), ())
    for resources in _templates(json.loads(template)):
        found = Made(
            (*found.identities, *(_arm_text(one["name"]) for one in resources if one["type"] == IDENTITY)),
            (*found.roles, *(_arm_role(one) for one in resources if one["type"] == ROLE)),
        )
    return found


def _templates(template):
    """The lists of resources, from the outside in."""
    resources = template["resources"]
    yield resources
    nested = [one for one in resources if one["type"] == DEPLOYMENT]
    for one in nested:
        yield from _templates(one["properties"]["template"])
        assert set(one.get("dependsOn", [])) <= {other["name"] for other in nested} - {one["name"]}
    makers = {one["name"]: _makes(one["properties"]["template"]) for one in nested}
    for one in nested:
        text = json.dumps(one["properties"]["template"])
        assigns = f'"{ASSIGNMENT}"' in text
        for maker, names in makers.items():
            if maker != one["name"] and assigns and any(f"'{name}'" in text for name in names):
                assert maker in one["dependsOn"]
    here = _makes(template)
    for one in resources:
        if one["type"] == ASSIGNMENT:
            text = json.dumps(one["properties"])
            for name in here:
                assert f"'{name}'" not in text or any(f"'{name}'" in other for other in one["dependsOn"])


def _makes(template):
    return {one["name"] for one in template["resources"] if one["type"] in {IDENTITY, ROLE}}


def _arm_role(resource):
    properties = resource["properties"]
    (permission,) = properties["permissions"]
    assert properties["type"] == "CustomRole"
    actions = tuple(map(_arm_text, permission["dataActions"]))
    return _arm_text(resource["name"]), _arm_text(properties["roleName"]), actions


def _arm_text(text):
    """A literal: what stands in brackets is one only with a second bracket before it."""
    if text.startswith("[") and text.endswith("]"):
        assert text.startswith("[["), text
        return text[1:]
    return text


# Terraform


def made_by_terraform(files):
    """What the main directory makes, with either provider."""
    documents = [hcl2.loads(text) for name, text in files.items() if "/" not in name]
    blocks = [
        (plain(kind), plain(name), body)
        for document in documents
        for block in document.get("resource", [])
        for kind, inner in block.items()
        for name, body in inner.items()
    ]
    identities, roles = [], []
    for kind, _, body in blocks:
        if kind == "azurerm_user_assigned_identity" or _is(kind, body, IDENTITY):
            identities.append(plain(body["name"]))
        if kind == "azurerm_role_definition":
            (permission,) = body["permissions"]
            actions = tuple(map(plain, permission["data_actions"]))
            roles.append((plain(body["role_definition_id"]), plain(body["name"]), actions))
        if _is(kind, body, ROLE):
            properties = body["body"]["properties"]
            (permission,) = properties["permissions"]
            actions = tuple(map(plain, permission["dataActions"]))
            roles.append((plain(body["name"]), plain(properties["roleName"]), actions))
    return Made(tuple(identities), tuple(roles))


def assigned_by_azapi(files):
    """Role, scope and the principal's expression of each assignment, and the addresses that there are."""
    document = hcl2.loads(files["main.tf"])
    addresses, assigned = set(), []
    for word in ("data", "resource"):
        for block in document.get(word, []):
            for kind, inner in block.items():
                for name, body in inner.items():
                    before = "data." if word == "data" else ""
                    addresses.add(f"{before}{plain(kind)}.{plain(name)}")
                    if _is(plain(kind), body, ASSIGNMENT):
                        properties = body["body"]["properties"]
                        role = plain(properties["roleDefinitionId"])
                        assert plain(properties["principalType"]) == "ServicePrincipal"
                        assigned.append((role, plain(body["parent_id"]), _bare(properties["principalId"])))
    return assigned, addresses


def _is(kind, body, resource_type):
    return kind == "azapi_resource" and plain(body.get("type", "")).split("@")[0] == resource_type


def _bare(text):
    return text.removeprefix("${").removesuffix("}")


def plain(text):
    """A string of HCL as what it means."""
    text = text.removeprefix('"').removesuffix('"')
    parts = text.split("\\\\")
    for escaped, meant in (('\\"', '"'), ("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t")):
        parts = [part.replace(escaped, meant) for part in parts]
    return "\\".join(parts).replace("$${", "${").replace("%%{", "%{")
