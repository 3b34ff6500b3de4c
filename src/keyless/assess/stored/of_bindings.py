"""Connection strings that the bindings of Azure Functions are given by the name of a setting.

Rules:
- a trigger, input or output says its setting (`connection`) in attributes, decorators, annotations, options
  of the JavaScript model, and in `function.json`;
- a setting of that name is a connection string; settings below it (`X__fullyQualifiedNamespace`,
  `X__accountName`, …) are an identity's, and then there is none;
- where the repository writes neither, the setting is there all the same, perhaps an identity's: medium
  confidence;
- where it writes the setting from a credential that is told of there, it is the same flow, and told once;
- a connection of SQL may name an identity, and counts where a credential is seen alone.

Source: https://learn.microsoft.com/azure/azure-functions/functions-reference#connections
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.calls import CallSite, calls
from keyless.assess.clients.imported import imported
from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.origins import setting_origins
from keyless.assess.operations.seen import is_test
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Realm, setting_of
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.settings.written import written
from keyless.assess.stored.judged import strongest
from keyless.assess.stored.stored import Stored
from keyless.assess.syntax.expressions import Expr, Record, entry_of, text_of
from keyless.assess.syntax.records import items_at, text_at
from keyless.assess.syntax.span import Place
from keyless.catalog.client_calls import Form

_LIBRARIES = (
    "Microsoft.Azure.Functions.Worker",
    "Microsoft.Azure.WebJobs",
    "com.microsoft.azure.functions",
    "azure.functions",
    "@azure/functions",
)
_SERVICES = (
    ("servicebus", "servicebus"),
    ("eventhub", "eventhubs"),
    ("signalr", "signalr"),
    ("webpubsub", "webpubsub"),
    ("cosmos", "cosmos"),
    ("documentdb", "cosmos"),
    ("blob", "blob"),
    ("table", "table"),
    ("queue", "queue"),
    ("sql", "sql"),
)
_GENERIC = frozenset({"generic", "generictrigger", "genericoutputbinding", "genericinputbinding"})
_CONNECTIONS = ("connection", "connectionStringSetting")
_ANSWERED = (
    "Connection",
    "ConnectionStringSetting",
    "connection",
    "connectionStringSetting",
    "connection_string_setting",
)
_OF_IDENTITY = (
    "fullyqualifiednamespace",
    "serviceuri",
    "blobserviceuri",
    "queueserviceuri",
    "tableserviceuri",
    "accountname",
    "accountendpoint",
    "endpoint",
    "credential",
    "clientid",
)
_HOST = "azurewebjobsstorage"
_TOLD_WHERE_WRITTEN = frozenset({Origin.KEY_OF_RESOURCE, Origin.PIPELINE_SECRET, Origin.GENERATED})


@dataclass(frozen=True, slots=True)
class Binding:
    """A binding: its service, the name of the setting with its connection, and where that is said."""

    service: str
    connection: str
    place: Place
    at: Expr


def stored_in_bindings(repository: Repository) -> tuple[Stored, ...]:
    """The credentials of all bindings, each setting once: `repository.view(stored_in_bindings)`."""
    first: dict[tuple[str, str], Binding] = {}
    for one in (*_in_code(repository), *_in_documents(repository)):
        first.setdefault((one.service, setting_of(one.connection).key), one)
    every = frozenset(
        one.setting.key for one in repository.view(written) if one.setting.realm is Realm.SETTING
    )
    return tuple(
        stored
        for (_, key), one in first.items()
        if key != _HOST and not any(key + end in every for end in _OF_IDENTITY)
        if (stored := _of(repository, one)) is not None
    )


def _of(repository: Repository, one: Binding) -> Stored | None:
    flows = setting_origins(repository, setting_of(one.connection), one.place.path)
    chosen = strongest(flows, Form.CONNECTION_STRING, certain=one.service != "sql")
    known = chosen is not None and chosen[0].origin is not Origin.SETTING
    if chosen is not None and known and _is_told_where_written(chosen[0]):
        return None
    if one.service == "sql" and not known:
        return None
    step = Step(one.place, f"named as the connection of a binding: setting `{one.connection}`")
    flow = chosen[0] if chosen is not None and known else _setting(one, step)
    confidence = chosen[1] if chosen is not None and known else Confidence.MEDIUM
    in_test = is_for_tests(one.place.path) or is_test(one.place.path)
    return Stored(
        service=one.service,
        form=Form.CONNECTION_STRING,
        place=one.place,
        where=one.connection,
        flow=flow,
        confidence=Confidence.LOW if in_test else confidence,
        last=step if known else None,
    )


def _setting(one: Binding, step: Step) -> Flow:
    return Flow(Origin.SETTING, one.place, one.at, (step,), name=one.connection)


def _is_told_where_written(flow: Flow) -> bool:
    return flow.origin in _TOLD_WHERE_WRITTEN or flow.secret


def _in_code(repository: Repository) -> Iterator[Binding]:
    known = repository.view(imported)
    for site in repository.view(calls):
        service = _service(_word(site))
        if not service or not _is_of_functions(known[id(site.within.unit)].everything):
            continue
        for connection in _connections(site):
            if name := _name(connection):
                place = Place(site.within.unit.path, site.call.span)
                yield Binding(service, name, place, connection)


def _is_of_functions(modules: set[str]) -> bool:
    return any(module == one or module.startswith(f"{one}.") for module in modules for one in _LIBRARIES)


def _word(site: CallSite) -> str:
    """What a binding is called; a generic one by its type."""
    name = _plain(site.method)
    if name not in _GENERIC:
        return name
    given = next((one.value for one in site.call.arguments if one.name == "type"), None)
    return _plain(text_of(given) or _of_options(site, "type") or "")


def _connections(site: CallSite) -> Iterator[Expr]:
    for argument in site.call.arguments:
        if argument.name in _ANSWERED:
            yield argument.value
        elif isinstance(argument.value, Record):
            found = (entry_of(argument.value, name) for name in _CONNECTIONS)
            yield from (one.value for one in found if one is not None)


def _of_options(site: CallSite, key: str) -> str:
    records = (one.value for one in site.call.arguments if isinstance(one.value, Record))
    found = (entry_of(one, key) for one in records)
    return next((text_of(one.value) or "" for one in found if one is not None), "")


def _in_documents(repository: Repository) -> Iterator[Binding]:
    for document in repository.documents:
        if posixpath.basename(document.path) != "function.json":
            continue
        for root in document.roots:
            for item in items_at(root, "bindings"):
                service = _service(_plain(text_at(item, "type")))
                for key in _CONNECTIONS:
                    found = entry_of(item, key)
                    if service and found is not None and (name := _name(found.value)):
                        yield Binding(service, name, Place(document.path, found.span), found.value)


def _service(word: str) -> str:
    return next((service for part, service in _SERVICES if part in word), "")


def _plain(word: str) -> str:
    return word.casefold().replace("_", "")


def _name(value: Expr) -> str:
    """The name of the setting; empty for what is no plain name, such as a connection string itself."""
    name = (text_of(value) or "").strip("%")
    return name if name and ";" not in name and "=" not in name else ""
