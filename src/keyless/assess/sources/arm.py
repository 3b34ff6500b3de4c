"""ARM templates and their files of parameters, from the records of a JSON file.

Rules:
- a resource in another has the full type, and the other's symbol for its parent;
- a template within a template is read into the same one: what it declares is there as variables under the
  deployment's name, and its expressions refer to those. Where it is to be evaluated in the outer scope, they
  stay as they are. A resource in it is at the scope that the deployment goes to, where that is another;
- a deployment is a module as well, without a source where its template is within;
- `copy` of a resource is what it is repeated over.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from keyless.assess.sources.arm_values import Values
from keyless.assess.sources.declared import Declared
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.expressions import (
    Argument,
    Call,
    Entry,
    Expr,
    Function,
    Lambda,
    Literal,
    Name,
    Parameter,
    Record,
    Return,
    entry_of,
    text_of,
)
from keyless.assess.syntax.records import entries_at, items_at, text_at, value_at
from keyless.assess.syntax.source import Problem
from keyless.assess.syntax.span import Span
from keyless.assess.syntax.spelled import spelled
from keyless.assess.syntax.templates import (
    Dialect,
    Module,
    Output,
    Resource,
    Template,
    TemplateParameter,
    TemplateVariable,
)

_DEEPEST = 20
_MOST_PROBLEMS = 20
_DEPLOYMENTS = "microsoft.resources/deployments"
_SCOPES = {
    "subscriptiondeploymenttemplate.json": "subscription",
    "managementgroupdeploymenttemplate.json": "managementGroup",
    "tenantdeploymenttemplate.json": "tenant",
}
_APART = frozenset({"resources"})


def template_of(file: FileText, root: Expr) -> tuple[Template, tuple[Problem, ...]]:
    """The template, or the values for one, that a JSON file is."""
    values = Values(file)
    if _is_parameters(root):
        given = values.given(_record(root, "parameters"))
        return Template(path=file.path, dialect=Dialect.ARM, given=given), tuple(values.problems)
    reader = _Reader(file, values)
    reader.template(root, _Around())
    reader.found.target_scope = _schema_scope(root)
    return reader.found.template(file, Dialect.ARM), tuple(values.problems[:_MOST_PROBLEMS])


def _is_parameters(root: Expr) -> bool:
    return "parameters.json" in text_at(root, "$schema").casefold()


def _schema_scope(root: Expr) -> str:
    name = text_at(root, "$schema").casefold().rstrip("#").rpartition("/")[2]
    return _SCOPES.get(name, "")


@dataclass(frozen=True, slots=True)
class _Around:
    """What a resource stands in: ``prefix`` goes before names in a template within a template, ``given`` are
    the parameters that it is handed; then the resource around it, and where the deployment goes."""

    prefix: str = ""
    given: frozenset[str] = frozenset()
    type: str = ""
    symbol: str | None = None
    scope: Expr | None = None
    condition: Expr | None = None
    depth: int = 0


@dataclass(slots=True)
class _Reader:
    file: FileText
    values: Values
    found: Declared = field(default_factory=Declared)

    def template(self, root: Expr, around: _Around) -> None:
        """Read a template, or one that stands within another."""
        for one in _record(root, "parameters").entries:
            self._parameter(one, around)
        variables = self.values.record(_record(root, "variables"), around.prefix)
        for one in variables.entries:
            self._variable(one.span, around.prefix, "variables", text_of(one.key), one.value)
        for namespace in items_at(root, "functions"):
            self._functions(namespace)
        for key, written in _resources(root):
            self._resource(key, written, around)
        for one in _record(root, "outputs").entries:
            self._output(one, around.prefix)

    def _variable(self, span: Span, prefix: str, kind: str, name: str | None, value: Expr) -> None:
        written = f"{prefix}/{kind}/{name}" if prefix else name or ""
        self.found.variables.append(TemplateVariable(span, written, value))

    def _parameter(self, entry: Entry, around: _Around) -> None:
        name, kind = text_of(entry.key) or "", text_at(entry.value, "type")
        default = entry_of(entry.value, "defaultValue")
        value = self.values.of(default.value, around.prefix) if default is not None else None
        if not around.prefix:
            secure = _is_secure(kind)
            found = TemplateParameter(span=entry.span, name=name, type=kind, secure=secure, default=value)
            self.found.parameters.append(found)
        elif value is not None and name.casefold() not in around.given:
            self._variable(entry.span, around.prefix, "parameters", name, value)

    def _functions(self, namespace: Expr) -> None:
        for one in _record(namespace, "members").entries:
            output = entry_of(one.value, "output")
            value = entry_of(output.value, "value") if output is not None else None
            if value is not None:
                names = (
                    Parameter(each.span, text_at(each, "name")) for each in items_at(one.value, "parameters")
                )
                body = (Return(value.span, self.values.of(value.value)),)
                name = f"{text_at(namespace, 'namespace')}.{text_of(one.key)}"
                function = Function(span=one.span, name=name, parameters=tuple(names), body=body)
                self._variable(one.span, "", "", name, Lambda(one.span, function))

    def _output(self, entry: Entry, prefix: str) -> None:
        value = entry_of(entry.value, "value") or entry_of(_record(entry.value, "copy"), "input")
        if value is None:
            return
        name, kind = text_of(entry.key) or "", text_at(entry.value, "type")
        found = self.values.of(value.value, prefix)
        if prefix:
            self._variable(entry.span, prefix, "outputs", name, found)
            return
        secure = _is_secure(kind)
        self.found.outputs.append(Output(span=entry.span, name=name, value=found, type=kind, secure=secure))

    def _resource(self, key: str, written: Record, around: _Around) -> None:
        if text_at(written, "type").casefold() == _DEPLOYMENTS:
            self._deployment(key, written, around)
            return
        kind = text_at(written, "type")
        if around.type and not kind.casefold().startswith(around.type.casefold() + "/"):
            kind = f"{around.type}/{kind}"
        body = self.values.record(written, around.prefix, _APART)
        symbol = key or f"{kind}/{_named(value_at(body, 'name'))}"
        condition = value_at(body, "condition") or around.condition
        self.found.resources.append(
            Resource(
                span=written.span,
                head=_head(self.file, written),
                symbol=symbol,
                type=kind,
                arm_type=kind,
                body=body,
                name=value_at(body, "name"),
                api_version=text_at(written, "apiVersion"),
                existing=_is_true(value_at(body, "existing")),
                parent=around.symbol,
                scope=value_at(body, "scope") or around.scope,
                condition=condition,
                repeated=value_at(_record(body, "copy"), "count"),
            )
        )
        if around.depth < _DEEPEST:
            inner = replace(around, type=kind, symbol=symbol, condition=condition, depth=around.depth + 1)
            for inner_key, one in _resources(written):
                self._resource(inner_key, one, inner)

    def _deployment(self, key: str, written: Record, around: _Around) -> None:
        body = self.values.record(written, around.prefix, frozenset({"properties", "resources"}))
        properties = _record(written, "properties")
        link = _record(properties, "templateLink")
        symbol = key or _named(value_at(body, "name"))
        given = self.values.given(_record(properties, "parameters"), around.prefix)
        module = Module(
            span=written.span,
            head=_head(self.file, written),
            symbol=symbol,
            source=text_at(link, "relativePath") or text_at(link, "uri") or text_at(link, "id"),
            arguments=given,
            scope=_scope_of(body) or around.scope,
            condition=value_at(body, "condition") or around.condition,
            repeated=value_at(_record(body, "copy"), "count"),
        )
        self.found.modules.append(module)
        template = entry_of(properties, "template")
        if template is not None and around.depth < _DEEPEST:
            self._within(module, template.value, _is_inner(properties), around)

    def _within(self, module: Module, template: Expr, inner: bool, around: _Around) -> None:
        """Read the template that stands within a deployment."""
        prefix, given = around.prefix, around.given
        if inner:
            prefix = f"{prefix}/{module.symbol}".lstrip("/")
            given = frozenset((text_of(one.key) or "").casefold() for one in module.arguments.entries)
            for one in module.arguments.entries:
                self._variable(one.span, prefix, "parameters", text_of(one.key), one.value)
        within = _Around(
            prefix=prefix,
            given=given,
            scope=module.scope,
            condition=module.condition,
            depth=around.depth + 1,
        )
        self.template(template, within)


def _named(name: Expr | None) -> str:
    return text_of(name) or spelled(name)


def _is_inner(properties: Expr) -> bool:
    return text_at(_record(properties, "expressionEvaluationOptions"), "scope").casefold() == "inner"


def _scope_of(body: Record) -> Expr | None:
    """Where a deployment goes, if that is elsewhere than the template around it."""
    group = value_at(body, "resourceGroup")
    if group is not None:
        return Call(group.span, Name(group.span, "resourceGroup"), (Argument(group),))
    at = value_at(body, "subscriptionId") or value_at(body, "location")
    if at is not None:
        return Call(at.span, Name(at.span, "subscription"))
    return value_at(body, "scope")


def _resources(root: Expr) -> Iterator[tuple[str, Record]]:
    """The resources with their symbolic names, which only the newer form has."""
    for entry in entries_at(root, "resources"):
        if isinstance(entry.value, Record):
            yield text_of(entry.key) or "", entry.value
    yield from (("", one) for one in items_at(root, "resources") if isinstance(one, Record))


def _head(file: FileText, written: Record) -> Span:
    """Where a resource is known by: its `type` entry, or else where it begins."""
    kind = entry_of(written, "type")
    return kind.span if kind is not None else file.span(written.span.start, written.span.start + 1)


def _record(body: Expr, name: str) -> Record:
    found = value_at(body, name)
    return found if isinstance(found, Record) else Record(body.span, ())


def _is_true(value: Expr | None) -> bool:
    return isinstance(value, Literal) and value.value is True


def _is_secure(kind: str) -> bool:
    return kind.casefold() in {"securestring", "secureobject"}
