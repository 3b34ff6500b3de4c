"""What templates write: app settings, environments of containers, secrets of vaults, apps and clusters.

Rules:
- what the types of resources that are known say is taken from ``deployed/settings_of``;
- elsewhere settings stand below keys of known names (`appSettings`, `app_settings`, `env`, …) of a resource
  or of what a module is handed, as records of names, or lists of `{name, value}`; blocks of Terraform too;
- what stands there is followed by its name and taken apart where it is put together (`union`, `merge`,
  `concat`), so that each entry is found where it is written, and once;
- `secrets` of a container app are its own, those of a vault's module the vault's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from keyless.assess.deployed.linked import linked
from keyless.assess.deployed.plain import plain
from keyless.assess.deployed.settings_of import Kind, settings_of, vault_reference
from keyless.assess.deployed.subject import in_words
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import (
    Setting,
    Written,
    cluster_secret_of,
    pipeline_secret_of,
    setting_of,
    vault_secret_of,
)
from keyless.assess.settings.writers.flat import key_of
from keyless.assess.settings.writers.lists import cluster_secret, named_value
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Expr,
    Items,
    Literal,
    Loop,
    Record,
    dotted,
    entry_of,
    text_of,
)
from keyless.assess.syntax.records import text_at
from keyless.assess.syntax.span import Place, Span
from keyless.assess.syntax.templates import Template

_SETTINGS = frozenset(
    {
        "appsettings",
        "app_settings",
        "env",
        "environmentvariables",
        "environment_variables",
        "site_config_settings",
    }
    | {
        "secure_environment_variables",
        "secureenvironmentvariables",
        "appsettingskeyvaluepairs",
        "environment",
    }
)
_CONNECTIONS = frozenset({"connectionstrings", "connection_string"})
_SECRETS = frozenset({"secrets", "secret"})
_TOGETHER = frozenset({"union", "merge", "concat", "shallowmerge", "flatten", "tolist", "tomap", "toset"})
_VALUES = ("value", "connectionString", "secureValue", "secure_value")
_MOST_PARTS = 200
_Makes = Callable[[str], Setting]
_MOST_RECORDS = 20_000


@dataclass(frozen=True, slots=True)
class _At:
    """Something of a template, and what it belongs to, in words."""

    value: Expr
    template: Template
    of: str
    vault: bool = False


def of_templates(repository: Repository) -> Iterator[Written]:
    """What every template writes, each entry once."""
    seen: set[tuple[Setting, Place]] = set()
    for written in chain(_of_types(repository), _of_all_templates(repository)):
        key = (written.setting, written.place)
        if key not in seen:
            seen.add(key)
            yield written


def _of_types(repository: Repository) -> Iterator[Written]:
    for one in repository.view(settings_of):
        yield Written(
            setting=_MADE[one.kind](one.name),
            name=one.name,
            value=one.value,
            place=one.place,
            by=f"{one.kind.value} of `{in_words(one.holder)}`",
            runs=not is_for_tests(one.place.path),
            template=one.template,
        )


def _of_all_templates(repository: Repository) -> Iterator[Written]:
    for template in repository.templates:
        yield from _of_template(repository, template)


def _of_template(repository: Repository, template: Template) -> Iterator[Written]:
    for resource in template.resources:
        if not resource.existing:
            at = _At(resource.body, template, resource.symbol)
            if resource.type == "github_actions_secret":
                yield from _pipeline_secret(at)
            yield from _below(repository, at)
    for module in template.modules:
        vault = "key-vault" in module.source or "keyvault" in module.source.casefold()
        yield from _below(repository, _At(module.arguments, template, module.symbol, vault))


def _pipeline_secret(at: _At) -> Iterator[Written]:
    name, value = text_at(at.value, "secret_name"), entry_of(at.value, "plaintext_value")
    if value is not None and name:
        yield _written(pipeline_secret_of(name), name, value.value, value.span, at, f"`{at.of}`")


def _below(repository: Repository, at: _At) -> Iterator[Written]:
    """What stands below keys of known names."""
    waiting = [at.value]
    for _ in range(_MOST_RECORDS):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, Record):
            for entry in reversed(one.entries):
                write = _write_of(key_of(entry).casefold())
                if write is None:
                    waiting.append(entry.value)
                else:
                    yield from write(repository, entry.value, at)
        else:
            waiting.extend(reversed(_parts(one)))


def _write_of(key: str) -> Callable[[Repository, Expr, _At], Iterator[Written]] | None:
    if key in _SETTINGS:
        return _environment
    if key in _CONNECTIONS:
        return _connections
    return _secrets if key in _SECRETS else None


def _parts(one: Expr) -> tuple[Expr, ...]:
    """What a list, loop, choice or union is made of."""
    match one:
        case Items(items=parts) | Choice(alternatives=parts):
            return parts
        case Loop(value=value):
            return (value,)
        case Call(callee=callee, arguments=arguments) if dotted(callee) in _TOGETHER:
            return tuple(argument.value for argument in arguments)
        case _:
            return ()


def _environment(repository: Repository, value: Expr, at: _At) -> Iterator[Written]:
    for one in _records(repository, value, at):
        named = _named(one.value)
        if named is not None:
            yield _written(setting_of(named[0]), *named, one.value.span, one, f"settings of `{at.of}`")
        elif isinstance(one.value, Record):
            for entry in one.value.entries:
                name, given = key_of(entry), entry.value
                if isinstance(given, Record):
                    inner = entry_of(given, "value")
                    given = given if inner is None else inner.value
                if name and not isinstance(given, Record | Items):
                    by = f"settings of `{at.of}`"
                    yield _written(setting_of(name), name, given, entry.span, one, by)


def _named(item: Expr) -> tuple[str, Expr] | None:
    """`{name: X, value: y}`; in Terraform also with the name of a secret of the app."""
    reference = entry_of(item, "secret_name")
    name = entry_of(item, "name")
    if reference is not None and name is not None:
        key = text_of(reference.value) or ""
        return text_of(name.value) or "", cluster_secret(reference.value.span, "", key)
    return named_value(item)


def _connections(repository: Repository, value: Expr, at: _At) -> Iterator[Written]:
    for one in _records(repository, value, at):
        name = entry_of(one.value, "name")
        given = _value(one.value)
        if name is not None and given is not None:
            written = text_of(name.value) or ""
            yield _connection(written, given, one.value.span, one)
        elif isinstance(one.value, Record):
            for entry in one.value.entries:
                inner = _value(entry.value) if isinstance(entry.value, Record) else None
                if inner is not None:
                    yield _connection(key_of(entry), inner, entry.span, one)


def _connection(name: str, value: Expr, span: Span, at: _At) -> Written:
    setting = setting_of(f"ConnectionStrings:{name}")
    return _written(setting, name, value, span, at, f"connection strings of `{at.of}`")


def _secrets(repository: Repository, value: Expr, at: _At) -> Iterator[Written]:
    for one in _records(repository, value, at):
        if (listed := entry_of(one.value, "secureList")) is not None:
            yield from _secrets(repository, listed.value, one)
        name = entry_of(one.value, "name")
        given = _value(one.value) or vault_reference(one.value)
        told = None if name is None else plain(repository, one.template, name.value)
        written = told if isinstance(told, str) else ""
        if written and given is not None:
            setting = vault_secret_of(written) if at.vault else cluster_secret_of("", written)
            yield _written(setting, written, given, one.value.span, one, f"secrets of `{at.of}`")


def _value(record: Expr) -> Expr | None:
    return next((entry.value for key in _VALUES if (entry := entry_of(record, key)) is not None), None)


def _records(repository: Repository, value: Expr, at: _At) -> Iterator[_At]:
    """The records that a value is made of, each with the template that it stands in."""
    waiting = [replace(at, value=value)]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one.value, Record):
            yield one
            spread = [entry.value for entry in one.value.entries if not isinstance(entry.key, Literal)]
            waiting.extend(replace(one, value=value) for value in spread)
        elif parts := _parts(one.value):
            waiting.extend(replace(one, value=value) for value in reversed(parts))
        else:
            ends = linked(repository, one.template, one.value)
            waiting.extend(
                replace(one, value=end.expression, template=end.template) for end in ends if end.steps
            )


def _written(setting: Setting, name: str, value: Expr, span: Span, at: _At, by: str) -> Written:
    path = at.template.path
    return Written(
        setting=setting,
        name=name,
        value=value,
        place=Place(path, span),
        by=by,
        runs=not is_for_tests(path),
        template=at.template,
    )


def _in_cluster(name: str) -> Setting:
    secret, _, key = name.rpartition("/")
    return cluster_secret_of(secret, key)


_MADE: dict[Kind, _Makes] = {
    Kind.APP_SETTING: setting_of,
    Kind.CONNECTION_STRING: lambda name: setting_of(f"ConnectionStrings:{name}"),
    Kind.ENVIRONMENT: setting_of,
    Kind.CONFIGURATION: setting_of,
    Kind.APP_SECRET: lambda name: cluster_secret_of("", name),
    Kind.CLUSTER_SECRET: _in_cluster,
    Kind.VAULT_SECRET: vault_secret_of,
}
