"""The functions of templates that look at where they stand: at the place, parameters, resources and files.

Two tables: those of ``LAZY`` evaluate their arguments themselves, and not all of them; those of ``OWN`` are
given values.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from keyless.estate.imported.entry import CannotRead
from keyless.estate.imported.templates.expressions import Node
from keyless.estate.imported.templates.functions import Value
from keyless.estate.imported.templates.values import Deployed, NotThere, interleaved
from keyless.model.resource_id import InvalidResourceId, ResourceId, group_scope, subscription_scope

if TYPE_CHECKING:
    from keyless.estate.imported.templates.evaluate import Scope


def _resource_id(scope: Scope, *given: Value) -> str:
    at = next(number for number, one in enumerate(given) if "/" in one)
    before, kind, names = given[:at], given[at], "/".join(given[at + 1 :])
    if len(before) > 1:
        base = group_scope(before[0], before[1]).text
    elif before and scope.template.level != "subscription":
        base = group_scope(scope.subscription_id(), before[0]).text
    elif before:
        base = subscription_scope(before[0]).text
    else:
        base = scope.base()
    return base + "/" + "/".join(interleaved(kind, names))


def _subscription_resource_id(scope: Scope, *given: Value) -> str:
    own = () if "/" in given[0] else given[:1]
    kind, names = given[len(own)], "/".join(given[len(own) + 1 :])
    base = scope.subscription(*own)["id"]
    return base + "/" + "/".join(interleaved(kind, names))


def _tenant_resource_id(scope: Scope, kind: str, *names: str) -> str:
    return "/" + "/".join(interleaved(kind, "/".join(names)))


def _extension_resource_id(scope: Scope, base: str, kind: str, *names: str) -> str:
    return base.rstrip("/") + "/" + "/".join(interleaved(kind, "/".join(names)))


def _reference(scope: Scope, of: Value, *_: Value) -> Deployed:
    found = scope.symbols(of) if isinstance(of, str) else of
    if isinstance(found, Deployed):
        return found
    try:
        place = ResourceId.parse(str(of))
    except InvalidResourceId as error:
        raise CannotRead("refers to a resource by a name alone, which is not found here") from error
    return Deployed(place.text, place.name)


def _try_get(scope: Scope, whole: Value, *names: Value) -> Value:
    try:
        for name in names:
            whole = scope.member(whole, name)
    except NotThere:
        return None
    return whole


def _load_text(scope: Scope, path: str, *_: Value) -> str:
    found = scope.load(path)
    if found is None:
        raise CannotRead("loads a file from elsewhere: import that too")
    return found.decode()


def _load_json(scope: Scope, path: str, *more: Value) -> Value:
    found = json.loads(_load_text(scope, path))
    for name in str(more[0]).removeprefix("$").split(".") if more else ():
        found = found[name] if name else found
    return found


def _copy_index(scope: Scope, *given: Value) -> int:
    offset = next((one for one in given if isinstance(one, int)), 0)
    if "copyIndex()" not in scope.bound:
        raise CannotRead("calls `copyindex` outside of a loop")
    return int(scope.bound["copyIndex()"]) + offset


def _if(scope: Scope, arguments: tuple[Node, ...]) -> Value:
    wanted, yes, no = arguments
    return scope.value(yes if scope.value(wanted) is True else no)


def _coalesce(scope: Scope, arguments: tuple[Node, ...]) -> Value:
    for one in arguments:
        found = scope.value(one)
        if found is not None:
            return found
    return None


def _and(scope: Scope, arguments: tuple[Node, ...]) -> bool:
    return all(scope.value(one) is True for one in arguments)


def _or(scope: Scope, arguments: tuple[Node, ...]) -> bool:
    return any(scope.value(one) is True for one in arguments)


def _parameters(scope: Scope, name: str) -> Value:
    return scope.parameter(name)


def _variables(scope: Scope, name: str) -> Value:
    return scope.variable(name)


LAZY: Mapping[str, Callable[[Scope, tuple[Node, ...]], Value]] = {
    "if": _if,
    "coalesce": _coalesce,
    "and": _and,
    "or": _or,
}
OWN: Mapping[str, Callable[..., Value]] = {
    "parameters": _parameters,
    "variables": _variables,
    "resourcegroup": lambda scope, *given: scope.group(*given),
    "subscription": lambda scope, *given: scope.subscription(*given),
    "tenant": lambda scope: scope.tenant(),
    "resourceid": _resource_id,
    "subscriptionresourceid": _subscription_resource_id,
    "tenantresourceid": _tenant_resource_id,
    "extensionresourceid": _extension_resource_id,
    "reference": _reference,
    "tryget": _try_get,
    "copyindex": _copy_index,
    "loadjsoncontent": _load_json,
    "loadtextcontent": _load_text,
    "managementgroup": lambda _scope, name: {
        "id": f"/providers/Microsoft.Management/managementGroups/{name}",
        "name": name,
    },
}
