"""Following names in templates to what stands behind them.

Rules:
- a parameter is what each use of the template as a module hands to it, or its default; of a template that
  nothing uses it is its default and what files of parameters give; with none of these it is the end;
- a way that came in through one use of a module goes out through the same one;
- variables, locals, outputs of modules of the repository, items of loops, entries of records and of what is
  merged are followed; so are functions that only pass on (`any`, `sensitive`);
- resources, literals, calls and whatever is put together (`Joined`, `Choice`) are ends: who wants to know of
  the parts follows those, from the end's template and by the end's ``through``;
- there are several ends where there are several values; a circle has none. It is given up after a number of
  steps, and then there is nothing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from keyless.assess.deployed.allowance import Allowance
from keyless.assess.deployed.scopes import Scope, Scopes, Use, scopes, source_path
from keyless.assess.findings.finding import Step
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Entry,
    Expr,
    Index,
    Items,
    Literal,
    Loop,
    Member,
    Name,
    Other,
    Record,
    dotted,
    text_of,
)
from keyless.assess.syntax.span import Place, Span
from keyless.assess.syntax.spelled import spelled
from keyless.assess.syntax.templates import Dialect, Module, Resource, Template

_MOST_STEPS = 300
_MOST_ENDS = 40
_DEEPEST_USE = 20
_PASSING = frozenset({"any", "sensitive", "nonsensitive", "tostring", "ephemeralasnull"})
_MERGING = frozenset({"union", "merge", "shallowmerge"})
_LISTING = frozenset({"concat", "union", "flatten", "toset", "tolist"})
_SPLAT = "*"


@dataclass(frozen=True, slots=True)
class Linked:
    """Where a way ends: the expression, the file that it stands in, and the steps from the start to there.

    ``through`` are the uses of modules that it went into, the innermost last.
    """

    expression: Expr
    template: Template
    steps: tuple[Step, ...] = ()
    through: tuple[Use, ...] = ()

    @property
    def place(self) -> Place:
        """Where the expression stands."""
        return Place(self.template.path, self.expression.span)


def linked(
    repository: Repository, template: Template, expression: Expr, through: tuple[Use, ...] = ()
) -> tuple[Linked, ...]:
    """The ends of the ways that an expression of a template leads to."""
    if isinstance(expression, Literal | Record | Items):
        return (Linked(expression, template, (), through),)
    followed = repository.view(_followed)
    key = (template.path, id(expression), tuple(map(id, through)))
    if key not in followed:
        ends = _Follower(repository.view(scopes)).ends(Linked(expression, template, (), through))
        followed[key] = (expression, ends)
    return followed[key][1]


def _followed(_: Repository) -> dict[tuple[object, ...], tuple[Expr, tuple[Linked, ...]]]:
    """What was followed already, by the expression itself, which is kept so that no other gets its number."""
    return {}


Taken = Member | Index | Call
"""What is taken of a value: a member, an item, or what a method of it gives."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A way so far: what is to be taken of what ``at`` leads to is in ``rest``, the first thing first."""

    at: Linked
    rest: tuple[Taken, ...] = ()
    part: bool = False
    """Whether the value is one of several that are merged, where another may have what is taken."""

    def to(self, expression: Expr, rest: tuple[Taken, ...] | None = None) -> _Way:
        """On to another expression of the same file."""
        return _Way(replace(self.at, expression=expression), self.rest if rest is None else rest, self.part)

    def on(
        self,
        what: str,
        span: Span,
        expression: Expr,
        template: Template,
        through: tuple[Use, ...] | None = None,
        rest: tuple[Taken, ...] | None = None,
    ) -> _Way:
        """A step to something declared."""
        steps = (*self.at.steps, Step(Place(template.path, span), what))
        uses = self.at.through if through is None else through
        return _Way(Linked(expression, template, steps, uses), self.rest if rest is None else rest, self.part)


class _Follower:
    """Follows one expression."""

    def __init__(self, known: Scopes, depth: int = 0, allowance: Allowance | None = None) -> None:
        self._known = known
        self._depth = depth
        self._allowance = allowance or Allowance(_MOST_STEPS)

    def ends(self, start: Linked) -> tuple[Linked, ...]:
        """The ends of all ways."""
        waiting = deque([_Way(start)])
        seen: set[tuple[int, tuple[int, ...], tuple[int, ...]]] = set()
        found: list[Linked] = []
        while waiting:
            if not self._allowance.spend() or len(found) > _MOST_ENDS:
                return ()
            way = waiting.popleft()
            key = (id(way.at.expression), tuple(map(id, way.rest)), tuple(map(id, way.at.through)))
            if key in seen:
                continue
            seen.add(key)
            following = self._next(way)
            if following is None:
                found.append(_end(way))
            else:
                waiting.extend(following)
        return tuple(found)

    def _inner(self) -> _Follower:
        """Who follows a key or what a loop goes through, on the same allowance."""
        return _Follower(self._known, self._depth + 1, self._allowance)

    def _next(self, way: _Way) -> list[_Way] | None:
        """The next steps; none where the way ends."""
        one = way.at.expression
        if isinstance(one, Member | Index):
            return [way.to(one.base, (one, *way.rest))]
        scope = self._known.of(way.at.template)
        if scope is None:
            return None
        if isinstance(one, Name):
            return self._name(way, one, scope)
        if isinstance(one, Call):
            return self._call(way, one, scope)
        if not way.rest:
            return None
        return self._within(way, one)

    def _name(self, way: _Way, one: Name, scope: Scope) -> list[_Way] | None:
        if scope.dialect is Dialect.TERRAFORM:
            return self._terraform(way, one, scope)
        name = one.id.casefold()
        if (declared := scope.variables.get(name)) is not None:
            variable, template = declared
            return [way.on(f"variable `{variable.name}`", variable.span, variable.value, template)]
        if name in scope.parameters:
            return self._parameter(way, name, scope)
        if name in scope.modules:
            return self._output(way, name, scope)
        if name in scope.resources:
            return None
        return self._item(way, one, scope)

    def _terraform(self, way: _Way, one: Name, scope: Scope) -> list[_Way] | None:
        first = way.rest[0] if way.rest else None
        if one.id == "each":
            return self._each(way, scope)
        if not isinstance(first, Member):
            return self._item(way, one, scope)
        name = first.name.casefold()
        taken = replace(way, rest=way.rest[1:])
        if one.id == "var" and name in scope.parameters:
            return self._parameter(taken, name, scope)
        if one.id == "local" and name in scope.variables:
            variable, template = scope.variables[name]
            return [taken.on(f"local `{variable.name}`", variable.span, variable.value, template)]
        if one.id == "module":
            return self._output(taken, name, scope)
        return self._item(way, one, scope)

    def _parameter(self, way: _Way, name: str, scope: Scope) -> list[_Way] | None:
        through = way.at.through
        if through and through[-1].target is scope:
            return self._handed(way, name, (through[-1],), through[:-1])
        if scope.used_by:
            return self._handed(way, name, scope.used_by, ())
        parameter, template = scope.parameters[name]
        what = f"parameter `{parameter.name}`"
        found = [
            way.on(f"value of {what}", one.value.span, one.value, one.template)
            for one in scope.given.get(name, ())
        ]
        if parameter.default is not None:
            found.append(way.on(f"default of {what}", parameter.span, parameter.default, template))
        return found or None

    def _handed(
        self, way: _Way, name: str, uses: list[Use] | tuple[Use, ...], through: tuple[Use, ...]
    ) -> list[_Way] | None:
        """What a parameter is handed by uses of the module, or its default."""
        found: dict[int, _Way] = {}
        for use in uses:
            parameter, template = use.target.parameters[name]
            given = _argument(use.module, name)
            what = f"`{parameter.name}` of module `{use.module.symbol}`"
            if given is not None:
                found[id(given)] = way.on(what, given.span, given.value, use.template, through)
            elif parameter.default is not None:
                what = f"default of parameter `{parameter.name}`"
                kept = (*through, use) if len(uses) == 1 else ()
                found[id(parameter)] = way.on(what, parameter.span, parameter.default, template, kept)
        return list(found.values()) or None

    def _output(self, way: _Way, name: str, scope: Scope) -> list[_Way] | None:
        """`m.outputs.x`, `module.m.x`; with an index where the module is repeated."""
        rest = _without_index(way.rest)
        if scope.dialect is not Dialect.TERRAFORM:
            if not rest or not isinstance(rest[0], Member) or rest[0].name.casefold() != "outputs":
                return None
            rest = rest[1:]
        use = scope.uses.get(name)
        if use is None or not rest:
            return None
        if len(way.at.through) >= _DEEPEST_USE:  # modules that use each other
            return []
        wanted = _key(rest[0])
        declared = use.target.outputs.get(wanted.casefold()) if isinstance(wanted, str) else None
        if declared is None:
            return None
        output, template = declared
        what = f"output `{output.name}` of module `{use.module.symbol}`"
        rest = rest[1:]
        if scope.dialect is Dialect.ARM and rest and _key(rest[0]) == "value":
            rest = rest[1:]
        return [way.on(what, output.span, output.value, template, (*way.at.through, use), rest)]

    def _call(self, way: _Way, one: Call, scope: Scope) -> list[_Way] | None:
        name = (dotted(one.callee) or "").casefold()
        given = [argument.value for argument in one.arguments]
        if scope.dialect is Dialect.ARM and given:
            return self._arm_call(way, name, given[0], scope)
        if name in _PASSING and len(given) == 1:
            return [way.to(given[0])]
        if name in _MERGING and way.rest:
            return [replace(way.to(one), part=True) for one in given]
        if isinstance(one.callee, Member) and scope.dialect is Dialect.BICEP:
            return [way.to(one.callee.base, (one.callee, one, *way.rest))]
        return None

    def _arm_call(self, way: _Way, name: str, first: Expr, scope: Scope) -> list[_Way] | None:
        wanted = (text_of(first) or "").casefold()
        if name == "variables" and wanted in scope.variables:
            variable, template = scope.variables[wanted]
            return [way.on(f"variable `{variable.name}`", variable.span, variable.value, template)]
        if name == "parameters" and wanted in scope.parameters:
            return self._parameter(way, wanted, scope)
        if name == "reference":
            return self._reference(way, first, scope)
        return list(map(way.to, [first])) if name in _PASSING else None

    def _reference(self, way: _Way, of: Expr, scope: Scope) -> list[_Way] | None:
        """`reference('deployment').outputs.x.value`."""
        keys = [_key(one) for one in way.rest[:3]]
        if len(keys) < 3 or keys[0] != "outputs" or keys[2] != "value":
            return None
        deployment = _deployment(of, scope)
        if deployment is None:
            return None
        wanted = f"{deployment}/outputs/{keys[1]}".casefold()
        if (declared := scope.variables.get(wanted)) is not None:
            variable, template = declared
            what = f"output `{keys[1]}` of deployment `{deployment}`"
            return [way.on(what, variable.span, variable.value, template, rest=way.rest[3:])]
        return self._output(way, deployment.casefold(), scope)

    def _within(self, way: _Way, one: Expr) -> list[_Way] | None:
        """Take the first of what is to be taken from what a value is made of."""
        if isinstance(one, Record):
            return self._entry(way, one)
        if isinstance(one, Choice):
            return [way.to(alternative) for alternative in one.alternatives]
        if isinstance(one, Loop):
            return [way.to(one.value, way.rest[1:])]
        if isinstance(one, Other) and one.kind == "import" and isinstance(way.rest[0], Member):
            return self._imported(way, one, way.rest[0])
        return self._element(way, one) if isinstance(one, Items) else None

    def _entry(self, way: _Way, record: Record) -> list[_Way] | None:
        wanted = self._wanted(way)
        if wanted is None:
            return None
        if wanted == _SPLAT:
            return [way.to(record, way.rest[1:])]
        spread: list[Expr] = []
        for entry in reversed(record.entries):
            if isinstance(entry.key, Other) and entry.key.kind == "spread":
                spread.append(entry.value)
            elif (text_of(entry.key) or "").casefold() == str(wanted).casefold():
                return [way.to(entry.value, way.rest[1:])]
        if spread or way.part:
            return list(map(way.to, spread))
        return [way.to(Literal(record.span, None), ())]

    def _wanted(self, way: _Way) -> str | int | None:
        """The key that is taken, where it can be told."""
        key = _key(way.rest[0])
        if key is not None or self._depth > 1 or not isinstance(way.rest[0], Index):
            return key
        of = replace(way.at, expression=way.rest[0].key, steps=())
        ends = {_literal(one.expression) for one in self._inner().ends(of)}
        found = ends.pop() if len(ends) == 1 else None
        return found if isinstance(found, str | int) else None

    def _element(self, way: _Way, items: Items) -> list[_Way] | None:
        key = _key(way.rest[0])
        if isinstance(key, int) and 0 <= key < len(items.items):
            return [way.to(items.items[key], way.rest[1:])]
        if key == _SPLAT:
            return [way.to(one, way.rest[1:]) for one in items.items]
        if isinstance(way.rest[0], Member):  # a splat was left out, or a block is repeated
            return list(map(way.to, items.items))
        if key is None and isinstance(way.rest[0], Index):  # `[count.index]`, `[i]`: any of them
            return [way.to(one, way.rest[1:]) for one in items.items]
        return None

    def _imported(self, way: _Way, one: Other, first: Member) -> list[_Way] | None:
        path = text_of(one.parts[0]) or ""
        scope = self._known.by_path.get(source_path(way.at.template, path))
        declared = scope.variables.get(first.name.casefold()) if scope is not None else None
        if declared is None:
            return None
        variable, template = declared
        what = f"variable `{variable.name}`"
        return [way.on(what, variable.span, variable.value, template, (), way.rest[1:])]

    def _item(self, way: _Way, one: Name, scope: Scope) -> list[_Way] | None:
        """The item of the loop that a name stands in."""
        over = _loop_around(scope, way.at.template, one.span, one.id)
        return self._each_of(way, over) if over is not None else None

    def _each(self, way: _Way, scope: Scope) -> list[_Way] | None:
        """`each.value` and `each.key` of Terraform."""
        through = _loop_around(scope, way.at.template, way.at.expression.span)
        key = _key(way.rest[0]) if way.rest else None
        if through is None or key not in {"value", "key"}:
            return None
        taken = replace(way, rest=way.rest[1:])
        over = self._inner().ends(replace(way.at, expression=through)) if self._depth < 2 else ()
        found: list[_Way] = []
        for one in over:
            for entry in one.expression.entries if isinstance(one.expression, Record) else ():
                value = entry.value if key == "value" else entry.key
                found.append(replace(taken, at=replace(one, expression=value)))
        return found or self._each_of(taken, through)

    def _each_of(self, way: _Way, over: Expr) -> list[_Way] | None:
        """The items of what a loop goes through, however the list is put together."""
        if self._depth > 1:
            return None
        found: list[_Way] = []
        waiting = [replace(way.at, expression=over)]
        while waiting and self._allowance.spend():
            for one in self._inner().ends(waiting.pop()):
                if isinstance(one.expression, Items):
                    found += [replace(way, at=replace(one, expression=item)) for item in one.expression.items]
                else:
                    waiting += [replace(one, expression=part) for part in _lists_in(one.expression)]
        return found or None


def _end(way: _Way) -> Linked:
    """The end of a way: what was still to be taken is taken of the expression there."""
    found = way.at.expression
    for one in way.rest:
        if isinstance(one, Member):
            found = one if one.base is found else Member(one.span, found, one.name)
        elif isinstance(one, Call):
            found = one if one.callee is found else Call(one.span, found, one.arguments)
        else:
            found = one if one.base is found else Index(one.span, found, one.key)
    return replace(way.at, expression=found)


def _lists_in(one: Expr) -> tuple[Expr, ...]:
    """The lists that a list is put together of."""
    if isinstance(one, Choice):
        return one.alternatives
    if isinstance(one, Call) and (dotted(one.callee) or "").casefold() in _LISTING:
        return tuple(argument.value for argument in one.arguments)
    return ()


def _argument(module: Module, name: str) -> Entry | None:
    return next(
        (one for one in module.arguments.entries if (text_of(one.key) or "").casefold() == name), None
    )


def _key(of: Taken) -> str | int | None:
    if isinstance(of, Member):
        return of.name
    found = _literal(of.key) if isinstance(of, Index) else None
    return found if isinstance(found, str | int) else None


def _literal(expression: Expr) -> str | int | float | None:
    return expression.value if isinstance(expression, Literal) else None


def _without_index(rest: tuple[Taken, ...]) -> tuple[Taken, ...]:
    return rest[1:] if rest and isinstance(rest[0], Index) else rest


def _loop_around(scope: Scope, template: Template, span: Span, item: str | None = None) -> Expr | None:
    """What the innermost loop of resources or modules goes through that a place is within, and whose item has
    that name."""
    found: Resource | Module | None = None
    for one in scope.loops.get(template.path, ()):
        inside = one.span.start <= span.start and span.end <= one.span.end
        if inside and (item is None or item in one.items[:1]):
            found = one if found is None or found.span.start <= one.span.start else found
    return found.repeated if found is not None else None


def _deployment(of: Expr, scope: Scope) -> str | None:
    """The deployment that `reference` is given: by its name, or by `resourceId` of it."""
    if isinstance(of, Call) and of.arguments:
        kind = text_of(of.arguments[0].value) or ""
        if not kind.casefold().endswith("resources/deployments"):
            return None
        of = of.arguments[-1].value
    name = text_of(of) or spelled(of)
    return name if name.casefold() in scope.modules else None
