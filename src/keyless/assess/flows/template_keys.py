"""Keys of resources in templates, and secrets of vaults: which expressions read them, and of which resource.

Rules:
- `x.listKeys()`, `listKeys(x.id, …)`, `listKeys(resourceId('type', name), …)`: the resource is the symbol, or
  the name that is given; its type tells the service;
- Terraform's attributes go by the table of keys; what else is read of a resource is an argument that the
  template gives it, which is followed, or an address;
- `azapi_resource_action` with an action of the `list…` functions is one as well;
- a password that is drawn is secret, other things drawn are names.
"""

from __future__ import annotations

from dataclasses import replace

from keyless.assess.deployed.scopes import scopes
from keyless.assess.flows.ends import ended
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.texts import pieces
from keyless.assess.flows.tracer import NOTHING, Seen
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import vault_secret_of
from keyless.assess.syntax.expressions import Call, Expr, Index, Joined, Member, Name, entry_of, text_of
from keyless.assess.syntax.records import text_at
from keyless.assess.syntax.templates import Module, Resource, Template
from keyless.catalog.resource_keys import key_attributes, resource_keys, service_of_type

_MOST_LINKS = 24
_RANDOM = {"random_password": "result", "random_string": "result", "random_id": "", "random_uuid": "result"}
_PUBLIC_PARTS = frozenset({"host", "cluster_ca_certificate"})
"""Parts of a cluster's configuration that are no secret."""
_ACTIONS = frozenset({"azapi_resource_action", "azapi_data_plane_resource_action"})


def links(expression: Expr) -> list[Expr]:
    """An expression, what it is a member of, and so on; calls by what is called."""
    found: list[Expr] = []
    one: Expr | None = expression
    while one is not None and len(found) < _MOST_LINKS:
        found.append(one)
        match one:
            case Member(base=base) | Index(base=base):
                one = base
            case Call(callee=Member() as callee):
                one = callee
            case _:
                one = None
    return found


def vault_secret(expression: Expr) -> str | None:
    """The secret that `vault.getSecret('name')` reads."""
    for one in links(expression):
        if isinstance(one, Call) and isinstance(one.callee, Member) and one.callee.name == "getSecret":
            return text_of(one.arguments[0].value) or "" if one.arguments else ""
    return None


def key_read(repository: Repository, expression: Expr, spot: Spot, template: Template) -> Flow | None:
    """A read of a resource's keys by a `list…` function."""
    for one in links(expression):
        if isinstance(one, Call) and (name := _called(one)) in resource_keys().functions:
            subject, arm_type = _of_what(repository, one, template)
            service = service_of_type(arm_type)
            of = f" of `{subject}`" if subject else ""
            what = f"read with `{name}`{of}"
            return ended(
                Origin.KEY_OF_RESOURCE, spot, expression, what, service=service, subject=subject, secret=True
            )
    return None


def _called(call: Call) -> str:
    callee = call.callee
    return callee.name if isinstance(callee, Member) else callee.id if isinstance(callee, Name) else ""


def _of_what(repository: Repository, call: Call, template: Template) -> tuple[str, str]:
    """The symbol or name, and the type, of the resource that a `list…` function is of."""
    callee = call.callee
    target: Expr | None = callee.base if isinstance(callee, Member) else None
    if target is None or (isinstance(target, Name) and target.id in {"az", "sys"}):
        target = call.arguments[0].value if call.arguments else None
    if target is None:
        return "", ""
    while isinstance(target, Member | Index):
        target = target.base
    if isinstance(target, Name):
        found = _resource(repository, target.id, template)
        return target.id, "" if found is None else found.arm_type or found.type
    return _of_id(repository, target, template)


def _of_id(repository: Repository, target: Expr, template: Template) -> tuple[str, str]:
    """The name and type in `resourceId('type', name)`, also within `concat` and the like."""
    waiting = [target]
    for one in waiting:
        if not isinstance(one, Call) or len(waiting) > _MOST_LINKS:
            continue
        given = [argument.value for argument in one.arguments]
        for position, value in enumerate(given):
            if (text := text_of(value)) and "/" in text and text.casefold().startswith("microsoft."):
                return _name(given[position + 1 : position + 2]), text.rstrip("/")
        if _called(one) in {"variables", "parameters"} and given:
            scope = repository.view(scopes).of(template)
            found = scope.variables.get((text_of(given[0]) or "").casefold()) if scope else None
            waiting += [found[0].value] if found else []
        waiting += given
    return "", ""


def _name(given: list[Expr]) -> str:
    one = given[0] if given else None
    if isinstance(one, Call) and one.arguments:
        one = one.arguments[0].value
    return text_of(one) or (one.id if isinstance(one, Name) else "")


def _resource(repository: Repository, symbol: str, template: Template) -> Resource | None:
    found = _declared(repository, symbol, template)
    return None if found is None else found[0]


def _declared(repository: Repository, symbol: str, template: Template) -> tuple[Resource, Template] | None:
    """A resource with the file that it stands in, which may be another of Terraform's folder."""
    scope = repository.view(scopes).of(template)
    return None if scope is None else scope.resources.get(symbol.casefold())


def _in_file(spot: Spot, template: Template) -> Spot:
    """The same spot, but that it is in another file of the same scope."""
    return replace(spot, path=template.path, template=template)


def _module(repository: Repository, symbol: str, template: Template) -> Module | None:
    scope = repository.view(scopes).of(template)
    found = None if scope is None else scope.modules.get(symbol.casefold())
    return None if found is None else found[0]


def module_key(expression: Expr, spot: Spot, template: Template) -> Flow | None:
    """An output of a module that is not in the repository, which is named like a key."""
    chain = links(expression)
    base = chain[-1]
    names = [one.name for one in chain if isinstance(one, Member)]
    if not isinstance(base, Name) or "outputs" not in names:
        return None
    named = next((name for name in names if name in resource_keys().module_outputs), None)
    module = next((one for one in template.modules if one.symbol == base.id), None)
    if named is None or module is None:
        return None
    service = service_of_module(module.source)
    what = f"output `{named}` of module `{module.symbol}`"
    return ended(
        Origin.KEY_OF_RESOURCE, spot, expression, what, service=service, subject=module.symbol, secret=True
    )


def service_of_module(source: str) -> str:
    """The service of a public module: `br/public:avm/res/storage/storage-account:0.9.0`."""
    parts = source.rpartition(":")[0].casefold().split("/")
    flat = [one.replace("-", "") for one in parts]
    if "res" not in flat or flat.index("res") + 2 >= len(flat):
        return ""
    at = flat.index("res")
    provider, kind = flat[at + 1], flat[at + 2]
    return next(
        (
            found
            for plural in ("s", "", "es")
            if (found := service_of_type(f"microsoft.{provider}/{kind}{plural}"))
        ),
        "",
    )


def terraform_reference(repository: Repository, one: Expr, spot: Spot, template: Template) -> Seen:
    """An attribute of a resource or data source of Terraform."""
    chain = links(one)
    base = chain[-1]
    names = [link.name for link in reversed(chain) if isinstance(link, Member)]
    if not isinstance(base, Name) or not names:
        return NOTHING
    data = base.id == "data"
    if data:
        if len(names) < 2:
            return NOTHING
        kind, symbol, rest = names[0], names[1], names[2:]
    elif base.id == "module":
        return _module_output(repository, one, spot, template, names)
    elif base.id in {"var", "local", "each", "count", "path", "terraform", "self"}:
        return _variable(repository, one, spot, template, names) if base.id == "var" else NOTHING
    else:
        kind, symbol, rest = base.id, names[0], names[1:]
    attribute = rest[0] if rest else ""
    if rest and rest[-1] in _PUBLIC_PARTS:
        attribute = rest[-1]
    return _attribute(repository, one, spot, template, (kind, symbol, attribute), data)


def _variable(repository: Repository, one: Expr, spot: Spot, template: Template, names: list[str]) -> Seen:
    scope = repository.view(scopes).of(template)
    found = None if scope is None else scope.parameters.get(names[0].casefold())
    if found is None:
        return NOTHING
    parameter = found[0]
    what = f"sensitive variable `{parameter.name}`" if parameter.secure else f"variable `{parameter.name}`"
    return Seen((ended(Origin.PARAMETER, spot, one, what, name=parameter.name, secret=parameter.secure),))


def _module_output(
    repository: Repository, one: Expr, spot: Spot, template: Template, names: list[str]
) -> Seen:
    module = _module(repository, names[0], template)
    named = next((name for name in names[1:] if name in resource_keys().keys), None)
    if module is None or named is None:
        return NOTHING
    what = f"output `{named}` of module `{names[0]}`"
    return Seen((ended(Origin.KEY_OF_RESOURCE, spot, one, what, subject=names[0], secret=True),))


def _attribute(
    repository: Repository,
    one: Expr,
    spot: Spot,
    template: Template,
    named: tuple[str, str, str],
    data: bool,
) -> Seen:
    kind, symbol, attribute = named
    service = key_attributes().get((kind, attribute))
    if service is not None:
        what = f"read from `{attribute}` of `{kind}.{symbol}`"
        return Seen(
            (ended(Origin.KEY_OF_RESOURCE, spot, one, what, service=service, subject=symbol, secret=True),)
        )
    if kind in _RANDOM:
        secret = kind == "random_password"
        return Seen((ended(Origin.GENERATED, spot, one, f"drawn by `{kind}`", name=kind, secret=secret),))
    declared = _declared(repository, f"data.{kind}.{symbol}" if data else f"{kind}.{symbol}", template)
    resource, there = (None, spot) if declared is None else (declared[0], _in_file(spot, declared[1]))
    if kind == "azurerm_key_vault_secret" and attribute == "value":
        return _vault_secret(resource, one, spot, there, symbol, data)
    if kind in _ACTIONS and attribute in {"output", "sensitive_output"} and resource is not None:
        return _action(resource, one, spot, symbol)
    entry = None if resource is None or not attribute else entry_of(resource.body, attribute)
    if entry is not None and not data:
        what = f"`{attribute}` of `{kind}.{symbol}`"
        return Seen((), (Hop(entry.value, there, what, there.place(entry.span)),))
    return Seen((ended(Origin.ADDRESS, spot, one, f"property of `{kind}.{symbol}`"),))


def _vault_secret(
    resource: Resource | None, one: Expr, spot: Spot, there: Spot, symbol: str, data: bool
) -> Seen:
    """The value of a secret: of one that the template writes, what it writes; else where it is written."""
    body = None if resource is None else resource.body
    written = entry_of(body, "value")
    if written is not None and not data:
        what = f"kept in `azurerm_key_vault_secret.{symbol}`"
        return Seen((), (Hop(written.value, there, what, there.place(written.span)),))
    name = text_at(body, "name") or symbol
    what = f"read from vault secret `{name}`"
    return Seen((), (Hop(vault_secret_of(name), spot, what, spot.place(one.span)),))


def referred_secret(repository: Repository, text: Joined, spot: Spot, template: Template) -> Seen | None:
    """What a reference to a vault means whose secret is a resource of the template: what that one keeps."""
    for part in pieces(text):
        for symbol in _symbols(part):
            declared = _declared(repository, symbol, template)
            if declared is not None and "secret" in declared[0].type.casefold():
                return _kept(declared[0], symbol, text, spot, _in_file(spot, declared[1]))
    return None


def _symbols(part: Expr) -> list[str]:
    """What an expression may call a resource: names, members (`vault::secret`), types with names."""
    chain = links(part)
    names = [one.name for one in chain if isinstance(one, Member)]
    base = chain[-1]
    found = [base.id, *names] if isinstance(base, Name) else names
    return [*found, *(f"{found[0]}.{names[-1]}" for _ in names[:1])]


def _kept(resource: Resource, symbol: str, text: Joined, spot: Spot, there: Spot) -> Seen | None:
    """The secret of a vault that a resource is: by its name, or what it is given."""
    written = entry_of(resource.body, "properties", "value") or entry_of(resource.body, "value")
    told = text_at(resource.body, "name").rpartition("/")[2]
    place = spot.place(text.span)
    if told:
        return Seen((), (Hop(vault_secret_of(told), spot, f"reference to vault secret `{told}`", place),))
    what = f"reference to vault secret of `{symbol}`"
    return None if written is None else Seen((), (Hop(written.value, there, what, place, symbol),))


def _action(resource: Resource, one: Expr, spot: Spot, symbol: str) -> Seen:
    """`azapi_resource_action` with the action `listKeys`."""
    called = text_at(resource.body, "action")
    if called.rpartition("/")[2] not in resource_keys().functions:
        return NOTHING
    service = service_of_type(text_at(resource.body, "type").partition("@")[0])
    what = f"read with `{called}` by `{symbol}`"
    return Seen(
        (ended(Origin.KEY_OF_RESOURCE, spot, one, what, service=service, subject=symbol, secret=True),)
    )
