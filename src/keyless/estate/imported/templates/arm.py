"""An ARM template's JSON as a template.

Rules:
- resources are a list, or, in language version 2.0, an object by symbolic name;
- a resource within a resource has its parent's type and name before its own;
- a deployment within a template is a template of its own; its expressions are its own only where it says so.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from keyless.estate.imported.entry import Undecided
from keyless.estate.imported.templates.expressions import Call, Literal, Node, Record
from keyless.estate.imported.templates.model import Declared, Loop, Module, Parameter, Template
from keyless.estate.imported.templates.nodes import node_of

_LEVELS = {
    "subscriptiondeploymenttemplate.json": "subscription",
    "managementgroupdeploymenttemplate.json": "managementGroup",
    "tenantdeploymenttemplate.json": "tenant",
}
_SECURE = {"securestring", "secureobject"}
_FROM_OUTSIDE = Undecided("hangs on a parameter whose value is a variable's: write the value in its place")
DEPLOYMENT = "microsoft.resources/deployments"
Json = Mapping[str, Any]


def is_template(document: object) -> bool:
    """Whether a document is an ARM template."""
    return isinstance(document, Mapping) and "deploymenttemplate.json" in _schema(document)


def is_parameters(document: object) -> bool:
    """Whether a document is the parameters for one."""
    return isinstance(document, Mapping) and "deploymentparameters.json" in _schema(document)


def template_of(document: Json, at: str = "") -> Template:
    """The template that a document is."""
    level = next((found for name, found in _LEVELS.items() if name in _schema(document)), "resourceGroup")
    declared = list(_resources(document.get("resources"), at))
    return Template(
        level=level,
        parameters={name: _parameter(one) for name, one in _objects(document.get("parameters"))},
        variables=_variables(document),
        resources=tuple(one for one in declared if isinstance(one, Declared)),
        modules=tuple(one for one in declared if isinstance(one, Module)),
        outputs={name: node_of(one.get("value")) for name, one in _objects(document.get("outputs"))},
    )


def parameters_of(document: Json) -> dict[str, Any]:
    """The values in a parameters file; a reference to a secret is none.

    Variables of the environment, as `azd` puts them in (`${NAME}`), are not told, unless they have a default
    (`${NAME=value}`); nor is what it makes up (`$(secretOrRandomPassword)`).
    """
    given = {name: one["value"] for name, one in _objects(document.get("parameters")) if "value" in one}
    return {name: _without_variables(one) for name, one in given.items()}


def _without_variables(value: object) -> object:
    if not isinstance(value, str) or not re.search(r"\$[{(]", value):
        return value
    default = re.fullmatch(r"\$\{\w+=([^${}]*)\}", value)
    return default[1] if default else _FROM_OUTSIDE


def _schema(document: Json) -> str:
    return str(document.get("$schema") or "").casefold().rstrip("#")


def _objects(value: object) -> list[tuple[str, Json]]:
    found = value if isinstance(value, Mapping) else {}
    return [(str(name), one) for name, one in found.items() if isinstance(one, Mapping)]


def _parameter(given: Json) -> Parameter:
    is_nothing = given.get("nullable") is True
    default = node_of(given.get("defaultValue")) if "defaultValue" in given or is_nothing else None
    return Parameter(default, str(given.get("type")).casefold() in _SECURE)


def _variables(document: Json) -> dict[str, Node]:
    given = document.get("variables")
    found = given if isinstance(given, Mapping) else {}
    return {str(name): node_of(one) for name, one in found.items() if name != "copy"}


def _resources(given: object, at: str, parent: tuple[Json, ...] = ()) -> Iterator[Declared | Module]:
    pairs = (
        [(str(name), one) for name, one in given.items()]
        if isinstance(given, Mapping)
        else [("", one) for one in given]
        if isinstance(given, list)
        else []
    )
    for number, (symbol, one) in enumerate(pairs):
        place = f"{at}resources[{symbol or number}]"
        if isinstance(one, Mapping):
            yield from _resource(symbol, one, place, parent)


def _resource(symbol: str, given: Json, at: str, parents: tuple[Json, ...]) -> Iterator[Declared | Module]:
    kind = "/".join(str(one.get("type") or "") for one in (*parents, given))
    if kind.casefold() == DEPLOYMENT:
        yield _module(symbol, given, at)
        return
    names = [node_of(one.get("name")) for one in (*parents, given)]
    body = {name: value for name, value in given.items() if name not in {"name", "resources"}}
    record = Record((*_record(body).pairs, (Literal("name"), _joined(names))))
    yield Declared(
        symbol,
        kind,
        record,
        at,
        existing=given.get("existing") is True,
        condition=node_of(given["condition"]) if "condition" in given else None,
        loop=_loop(given.get("copy")),
    )
    yield from _resources(given.get("resources"), f"{at}.", (*parents, given))


def _module(symbol: str, given: Json, at: str) -> Module:
    properties = given.get("properties")
    told = properties if isinstance(properties, Mapping) else {}
    inner = told.get("template")
    options = told.get("expressionEvaluationOptions")
    scope = str(options.get("scope") if isinstance(options, Mapping) else "outer").casefold()
    parameters = {name: one.get("value") for name, one in _objects(told.get("parameters"))}
    return Module(
        symbol,
        at,
        _record(parameters),
        template=template_of(inner, f"{at}.") if isinstance(inner, Mapping) else None,
        condition=node_of(given["condition"]) if "condition" in given else None,
        loop=_loop(given.get("copy")),
        resource_group=node_of(given["resourceGroup"]) if "resourceGroup" in given else None,
        subscription=node_of(given["subscriptionId"]) if "subscriptionId" in given else None,
        outer=scope != "inner",
    )


def _record(given: Json) -> Record:
    found = node_of(dict(given))
    return found if isinstance(found, Record) else Record(())


def _joined(names: list[Node]) -> Node:
    if len(names) == 1:
        return names[0]
    parts: list[Node] = []
    for name in names:
        parts += [Literal("/"), name] if parts else [name]
    return Call("concat", tuple(parts))


def _loop(given: object) -> Loop | None:
    if not isinstance(given, Mapping):
        return None
    return Loop(Call("range", (Literal(0), node_of(given.get("count")))))
