"""One look at an expression of a template: what begins there, and the steps further back.

Rules:
- names are followed by ``deployed/linked`` to their ends; only what stands at an end is judged here;
- `list…()` of a resource, the attributes that Terraform keeps keys in, and outputs of public modules that are
  named like keys are keys of the resource; other attributes are addresses, arguments are followed;
- `getSecret`, a reference to a secret and one that is read as data lead on to where it is written;
- a parameter that nothing gives a value is the end; a secure one is a secret whatever it has by default;
- `concat`, `format` and texts with expressions in them are put together; functions that only pass on or
  choose give all their arguments.
"""

from __future__ import annotations

from keyless.assess.deployed.linked import Linked, linked
from keyless.assess.deployed.scopes import scopes
from keyless.assess.flows.ends import ended
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.joining import joined
from keyless.assess.flows.looking_at_documents import cluster_secret
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.template_keys import (
    key_read,
    module_key,
    referred_secret,
    terraform_reference,
    vault_secret,
)
from keyless.assess.flows.tracer import NOTHING, Seen, Tracer
from keyless.assess.flows.vault_references import look_at_text, vault_reference
from keyless.assess.settings.setting import CLUSTER_SECRET, vault_secret_of
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Expr,
    Index,
    Joined,
    Literal,
    Member,
    Name,
    dotted,
    text_of,
)
from keyless.assess.syntax.templates import Dialect, Template, TemplateParameter
from keyless.catalog.resource_keys import resource_keys

_TOGETHER = frozenset({"concat", "format", "join", "base64", "uri"})
_PASSING = frozenset(
    {
        "string",
        "trim",
        "tolower",
        "toupper",
        "lower",
        "upper",
        "trimspace",
        "tostring",
        "first",
        "last",
        "one",
    }
    | {
        "coalesce",
        "try",
        "if",
        "element",
        "lookup",
        "nonsensitive",
        "sensitive",
        "any",
        "jsonencode",
        "jsondecode",
        "json",
        "tojson",
    }
    | {
        "base64encode",
        "base64",
        "urlencode",
        "uricomponent",
        "replace",
        "substring",
        "split",
        "chomp",
        "values",
    }
)
_MOST_ARGUMENTS = 8


def look_at_template(tracer: Tracer, expression: Expr, spot: Spot) -> Seen:
    """What an expression of a template shows."""
    if spot.template is None:
        return NOTHING
    flows: list[Flow] = []
    hops: list[Hop] = []
    for end in linked(tracer.repository, spot.template, expression, spot.through):
        seen = _at_end(tracer, end)
        flows += [_after(flow, end) for flow in seen.flows]
        hops += [
            Hop(hop.to, hop.spot, hop.what, hop.place, hop.vault, (*end.steps, *hop.onward))
            for hop in seen.hops
        ]
    parameter = parameter_of(tracer, expression, spot.template)
    if parameter is not None and (parameter.secure or not (flows or hops)):
        flows.append(_parameter(parameter, spot, expression))
    return Seen(tuple(flows), tuple(hops))


def _after(flow: Flow, end: Linked) -> Flow:
    """A flow that begins at an end of names, with the steps from there to here."""
    steps = (*flow.steps, *reversed(end.steps))
    return Flow(
        flow.origin, flow.place, flow.at, steps, flow.service, flow.subject, flow.name, flow.also, flow.secret
    )


def _at_end(tracer: Tracer, end: Linked) -> Seen:
    spot = Spot(end.template.path, None, end.template, (), end.through)
    one = end.expression
    match one:
        case Literal():
            return look_at_text(one, spot)
        case Joined():
            reference = vault_reference(one, spot)
            named = referred_secret(tracer.repository, one, spot, end.template) if reference.flows else None
            return named or reference or joined(one, spot)
        case Index(base=Name(id=name), key=Literal(value=str() as key)) if name == CLUSTER_SECRET:
            return cluster_secret(key, one, spot)
        case Choice(alternatives=alternatives):
            return Seen((), tuple(Hop(each, spot) for each in alternatives))
        case Name() | Member() | Index() | Call():
            return _reference(tracer, one, spot, end.template) or _call(one, spot)
        case _:
            return NOTHING


def _reference(tracer: Tracer, one: Expr, spot: Spot, template: Template) -> Seen:
    """A key, a secret of a vault, an attribute of a resource, or a parameter."""
    if (name := vault_secret(one)) is not None:
        what = f"read from vault secret `{name}`"
        return Seen((), (Hop(vault_secret_of(name), spot, what, spot.place(one.span)),))
    if (key := key_read(tracer.repository, one, spot, template)) is not None:
        return Seen((key,))
    if template.dialect is Dialect.TERRAFORM:
        return terraform_reference(tracer.repository, one, spot, template)
    if (key := module_key(one, spot, template)) is not None:
        return Seen((key,))
    return _parameter_or_address(tracer, one, spot, template)


def _parameter_or_address(tracer: Tracer, one: Expr, spot: Spot, template: Template) -> Seen:
    base = one
    while isinstance(base, Member | Index):
        base = base.base
    parameter = parameter_of(tracer, base, template)
    if parameter is not None:
        return Seen((_parameter(parameter, spot, one),))
    scope = tracer.repository.view(scopes).of(template)
    known = scope is not None and isinstance(base, Name) and base.id.casefold() in scope.resources
    is_reference = isinstance(base, Call) and dotted(base.callee) in {
        "reference",
        "resourceId",
        "environment",
    }
    if known or is_reference:
        return Seen((ended(Origin.ADDRESS, spot, one, "property of a resource"),))
    return NOTHING


def parameter_of(tracer: Tracer, one: Expr, template: Template) -> TemplateParameter | None:
    """The parameter that an expression is; none where it is anything else."""
    name = _parameter_name(one, template.dialect)
    scope = tracer.repository.view(scopes).of(template)
    if name is None or scope is None:
        return None
    found = scope.parameters.get(name.casefold())
    return None if found is None else found[0]


def _parameter_name(one: Expr, dialect: Dialect) -> str | None:
    match one:
        case Name(id=name) if dialect is Dialect.BICEP:
            return name
        case Member(base=Name(id="var"), name=name) if dialect is Dialect.TERRAFORM:
            return name
        case Call(callee=Name(id="parameters"), arguments=(first,)) if dialect is Dialect.ARM:
            return text_of(first.value)
        case _:
            return None


def _parameter(parameter: TemplateParameter, spot: Spot, at: Expr) -> Flow:
    what = f"secure parameter `{parameter.name}`" if parameter.secure else f"parameter `{parameter.name}`"
    return ended(Origin.PARAMETER, spot, at, what, name=parameter.name, secret=parameter.secure)


def _call(one: Expr, spot: Spot) -> Seen:
    while isinstance(one, Member | Index):
        one = one.base
    if not isinstance(one, Call):
        return NOTHING
    name = (dotted(one.callee) or "").rpartition(".")[2]
    given = tuple(argument.value for argument in one.arguments)
    if name in resource_keys().generated:
        return Seen((ended(Origin.GENERATED, spot, one, f"drawn by `{name}`", name=name),))
    if name.casefold() in _TOGETHER and len(given) > 1:
        text = Joined(one.span, _formatted(given))
        return vault_reference(text, spot) or joined(text, spot)
    if name.casefold() in _PASSING or name.casefold() in _TOGETHER:
        return Seen((), tuple(Hop(value, spot) for value in given[:_MOST_ARGUMENTS]))
    return NOTHING


def _formatted(given: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The arguments of `format` in the places that its text has for them; of `concat` as they are."""
    text = text_of(given[0])
    if text is None or ("{0" not in text and "%" not in text):
        return given
    parts: list[Expr] = []
    rest = text
    for number, value in enumerate(given[1:]):
        mark = next((one for one in (f"{{{number}}}", "%s", "%v", "%q") if one in rest), None)
        before, _, rest = rest.partition(mark) if mark else (rest, "", "")
        parts += [Literal(given[0].span, before), value]
    return (*parts, Literal(given[0].span, rest))
