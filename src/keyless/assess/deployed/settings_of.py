"""The settings that templates give to what they deploy: app settings, environments, secrets, configuration.

Rules:
- settings are lists of records (`name`, `value`) or maps, put together in any way that ``collected`` knows;
- a setting that refers to a secret of its own resource in the same file has the secret's value, and the
  secret is one as well;
- names that are not plain are left out.

Sources: https://learn.microsoft.com/azure/templates/microsoft.web/sites/config-appsettings,
https://learn.microsoft.com/azure/templates/microsoft.app/containerapps
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.body import look_up
from keyless.assess.deployed.collected import entries_in, name_of, named, records_in
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.linked import Linked, linked
from keyless.assess.deployed.plain import plain
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import CLUSTER_SECRET
from keyless.assess.syntax.expressions import Entry, Expr, Index, Joined, Literal, Name, text_of
from keyless.assess.syntax.span import Place, Span
from keyless.assess.syntax.templates import Dialect, Resource, Template


class Kind(enum.StrEnum):
    """What a setting is."""

    APP_SETTING = "app settings"
    CONNECTION_STRING = "connection strings"
    ENVIRONMENT = "environment"
    APP_SECRET = "secrets"
    """A secret of a container app, that its environment may refer to."""
    VAULT_SECRET = "vault secrets"
    CONFIGURATION = "configuration"
    """A key-value of App Configuration."""
    CLUSTER_SECRET = "cluster secrets"
    """A key of a Kubernetes secret: the name is `<secret>/<key>`."""


@dataclass(frozen=True, slots=True)
class TemplateSetting:
    """A setting: ``holder`` is the symbol of the resource that has it; ``value`` stands in ``template``, and
    ``place`` is the whole entry there."""

    kind: Kind
    name: str
    value: Expr
    template: Template
    place: Place
    holder: str
    holder_path: str


def settings_of(repository: Repository) -> tuple[TemplateSetting, ...]:
    """Every setting that templates write: `repository.view(settings_of)`."""
    found: list[TemplateSetting] = []
    for one in repository.view(deployed):
        if isinstance(one.declared, Resource) and not one.existing:
            found += _Settings(repository, one, one.declared).all()
    for template in repository.templates:
        for resource in template.resources:
            if resource.type in {"kubernetes_secret", "kubernetes_secret_v1"}:
                found += _cluster_secret(repository, template, resource)
    return tuple(dict.fromkeys(found))


class _Settings:
    """The settings of one resource."""

    def __init__(self, repository: Repository, one: Deployed, resource: Resource) -> None:
        self.repository = repository
        self.one = one
        self.resource = resource
        self.body = "body." if resource.type.startswith("azapi_") else ""

    def all(self) -> Iterator[TemplateSetting]:
        """Those of the type that the resource is of."""
        terraform = self.one.template.dialect is Dialect.TERRAFORM and not self.body
        table = _TERRAFORM if terraform else _ARM
        key = self.resource.type if terraform else self.one.arm_type.casefold()
        for read in table.get(key, ()):
            yield from read(self)

    def at(self, path: str) -> Iterator[Linked]:
        """What stands at a path of the resource."""
        looked = look_up(
            self.repository, self.one.template, self.resource.body, tuple(f"{self.body}{path}".split("."))
        )
        for found in looked.found:
            yield Linked(found.entry.value, found.template, (), found.through)

    def setting(self, kind: Kind, name: str, span: Span, value: Linked) -> TemplateSetting:
        """A setting of this resource, whose whole entry has the span."""
        place = Place(value.template.path, span)
        holder = self.one.symbol
        if self.resource.parent is not None and self.one.arm_type.casefold().endswith("/config"):
            holder = self.resource.parent
        return TemplateSetting(
            kind, name, value.expression, value.template, place, holder, self.one.template.path
        )

    def names(self, at: Linked, entry: Entry | None) -> list[str]:
        """A name, or each of those that the uses of a module hand it."""
        told = self.name(at, entry)
        if told or entry is None:
            return [told]
        ends = linked(self.repository, at.template, entry.value, at.through)
        return list(dict.fromkeys(text for one in ends if (text := text_of(one.expression)))) or [""]

    def name(self, at: Linked, entry: Entry | None) -> str:
        """A name, where it is plain."""
        if entry is None:
            return ""
        found = plain(self.repository, at.template, entry.value, at.through)
        return found if isinstance(found, str) else ""


def _list(kind: Kind, path: str, *values: str) -> Callable[[_Settings], Iterator[TemplateSetting]]:
    """A list of records with a name and a value."""

    def read(settings: _Settings) -> Iterator[TemplateSetting]:
        for at in settings.at(path):
            for record in records_in(settings.repository, at):
                name = settings.name(record, named(record.expression, "name", "key"))
                value = named(record.expression, *values)
                given = value.value if value is not None else vault_reference(record.expression)
                if name and given is not None:
                    yield settings.setting(
                        kind, name, record.expression.span, replace(record, expression=given)
                    )

    return read


def _map(kind: Kind, path: str, *inner: str) -> Callable[[_Settings], Iterator[TemplateSetting]]:
    """A map of names to values, or to records with the value in them."""

    def read(settings: _Settings) -> Iterator[TemplateSetting]:
        for at in settings.at(path):
            for entry, value in entries_in(settings.repository, at):
                name = name_of(entry)
                held = named(value.expression, *inner) if inner else None
                if name:
                    within = replace(value, expression=held.value) if held is not None else value
                    yield settings.setting(kind, name, entry.span, within)

    return read


def _environment(path: str, secrets: str) -> Callable[[_Settings], Iterator[TemplateSetting]]:
    """An environment whose entries may refer to secrets of the same resource."""

    def read(settings: _Settings) -> Iterator[TemplateSetting]:
        known: dict[tuple[str, str], TemplateSetting] = {}
        for one in _list(Kind.APP_SECRET, secrets, "value")(settings):
            known[one.name, one.template.path] = one
        for at in settings.at(path):
            for record in records_in(settings.repository, at):
                yield from _variable(settings, record, known)

    return read


def _variable(
    settings: _Settings, record: Linked, known: dict[tuple[str, str], TemplateSetting]
) -> Iterator[TemplateSetting]:
    name = settings.name(record, named(record.expression, "name"))
    value = named(record.expression, "value", "secureValue")
    reference = named(record.expression, "secretRef", "secret_name")
    span = record.expression.span
    if name and value is not None:
        yield settings.setting(Kind.ENVIRONMENT, name, span, replace(record, expression=value.value))
    elif name and reference is not None:
        secret = known.get((settings.name(record, reference), record.template.path))
        given = (
            secret.value if secret is not None else _of_secret(reference, settings.name(record, reference))
        )
        yield settings.setting(Kind.ENVIRONMENT, name, span, replace(record, expression=given))


def _of_secret(reference: Entry, name: str) -> Expr:
    """A secret of the app that stands elsewhere, as other files refer to one."""
    span = reference.value.span
    return Index(span, Name(span, CLUSTER_SECRET), Literal(span, f"/{name}"))


def vault_reference(record: Expr) -> Expr | None:
    """The address of a vault's secret as the reference that it is."""
    entry = named(record, "keyVaultUrl", "key_vault_secret_id")
    if entry is None:
        return None
    parts = entry.value.parts if isinstance(entry.value, Joined) else (entry.value,)
    return Joined(entry.value.span, (Literal(entry.value.span, "keyvaultref:"), *parts))


def _config(settings: _Settings) -> Iterator[TemplateSetting]:
    """`Microsoft.Web/sites/config`, which is of settings by its name."""
    name = (settings.one.name or text_of(settings.resource.name) or "").rpartition("/")[2].casefold()
    if not name and settings.resource.name is not None:  # ARM: `concat(site, '/appsettings')`
        name = _last_text(settings.resource.name).rpartition("/")[2].casefold()
    if name in {"appsettings", "functionappsettings"}:
        yield from _map(Kind.APP_SETTING, "properties")(settings)
    elif name == "connectionstrings":
        yield from _map(Kind.CONNECTION_STRING, "properties", "value")(settings)


def _last_text(name: Expr) -> str:
    parts = getattr(name, "parts", None) or tuple(one.value for one in getattr(name, "arguments", ()))
    return (text_of(parts[-1]) or "") if parts else ""


def _one(kind: Kind, name: str, *values: str) -> Callable[[_Settings], Iterator[TemplateSetting]]:
    """A resource that is one setting itself."""

    def read(settings: _Settings) -> Iterator[TemplateSetting]:
        entry = named(settings.resource.body, name)
        here = Linked(settings.resource.body, settings.one.template)
        names = [one.rpartition("/")[2].partition("$")[0] for one in settings.names(here, entry)]
        for path, called in product(values, names):
            where = tuple(f"{settings.body}{path}".split("."))
            looked = look_up(settings.repository, settings.one.template, settings.resource.body, where)
            for found in looked.found if called else ():
                value = Linked(found.entry.value, found.template, (), found.through)
                yield settings.setting(kind, called, found.entry.span, value)

    return read


def _cluster_secret(
    repository: Repository, template: Template, resource: Resource
) -> Iterator[TemplateSetting]:
    """`kubernetes_secret` of Terraform: each key of its data."""
    named_as = look_up(repository, template, resource.body, ("metadata", "name")).found
    name = plain(repository, template, named_as[0].entry.value) if named_as else None
    for path in ("data", "string_data"):
        for found in look_up(repository, template, resource.body, (path,)).found:
            at = Linked(found.entry.value, found.template, (), found.through)
            for entry, value in entries_in(repository, at):
                if isinstance(name, str) and name_of(entry):
                    place = Place(value.template.path, entry.span)
                    yield TemplateSetting(
                        Kind.CLUSTER_SECRET,
                        f"{name}/{name_of(entry)}",
                        value.expression,
                        value.template,
                        place,
                        resource.symbol,
                        template.path,
                    )


_Reader = Callable[[_Settings], Iterator[TemplateSetting]]
_SITE: tuple[_Reader, ...] = (
    _list(Kind.APP_SETTING, "properties.siteConfig.appSettings", "value"),
    _list(Kind.CONNECTION_STRING, "properties.siteConfig.connectionStrings", "connectionString"),
)
_CONTAINER_SECRETS = "properties.configuration.secrets"
_CONTAINER_APP: tuple[_Reader, ...] = (
    _list(Kind.APP_SECRET, _CONTAINER_SECRETS, "value"),
    _environment("properties.template.containers.env", _CONTAINER_SECRETS),
    _environment("properties.template.initContainers.env", _CONTAINER_SECRETS),
)
_ARM: dict[str, tuple[_Reader, ...]] = {
    "microsoft.web/sites": _SITE,
    "microsoft.web/sites/slots": _SITE,
    "microsoft.web/sites/config": (_config,),
    "microsoft.web/sites/slots/config": (_config,),
    "microsoft.web/staticsites/config": (_config,),
    "microsoft.app/containerapps": _CONTAINER_APP,
    "microsoft.app/jobs": _CONTAINER_APP,
    "microsoft.containerinstance/containergroups": (
        _environment("properties.containers.properties.environmentVariables", "properties.none"),
    ),
    "microsoft.appplatform/spring/apps/deployments": (
        _map(Kind.ENVIRONMENT, "properties.deploymentSettings.environmentVariables"),
    ),
    "microsoft.appconfiguration/configurationstores/keyvalues": (
        _one(Kind.CONFIGURATION, "name", "properties.value"),
    ),
    "microsoft.keyvault/vaults/secrets": (_one(Kind.VAULT_SECRET, "name", "properties.value"),),
}
_APP: tuple[_Reader, ...] = (
    _map(Kind.APP_SETTING, "app_settings"),
    _list(Kind.CONNECTION_STRING, "connection_string", "value"),
)
_TERRAFORM: dict[str, tuple[_Reader, ...]] = {
    **dict.fromkeys(
        (
            "azurerm_app_service",
            "azurerm_app_service_slot",
            "azurerm_function_app",
            "azurerm_function_app_flex_consumption",
            "azurerm_function_app_slot",
            "azurerm_linux_function_app",
            "azurerm_linux_function_app_slot",
            "azurerm_linux_web_app",
            "azurerm_linux_web_app_slot",
            "azurerm_logic_app_standard",
            "azurerm_static_site",
            "azurerm_static_web_app",
            "azurerm_windows_function_app",
            "azurerm_windows_function_app_slot",
            "azurerm_windows_web_app",
            "azurerm_windows_web_app_slot",
        ),
        _APP,
    ),
    **dict.fromkeys(
        ("azurerm_container_app", "azurerm_container_app_job"),
        (
            _list(Kind.APP_SECRET, "secret", "value"),
            _environment("template.container.env", "secret"),
            _environment("template.init_container.env", "secret"),
        ),
    ),
    "azurerm_container_group": (
        _map(Kind.ENVIRONMENT, "container.environment_variables"),
        _map(Kind.ENVIRONMENT, "container.secure_environment_variables"),
    ),
    "azurerm_app_configuration_key": (_one(Kind.CONFIGURATION, "key", "value"),),
    "azurerm_key_vault_secret": (_one(Kind.VAULT_SECRET, "name", "value", "value_wo"),),
}
