"""Stored credentials in components of Dapr, which open a service for every application of a cluster.

Rules:
- the type of a component says its service, and which entries of its `metadata` are credentials; every
  component of Azure may sign in as an application with a secret or certificate besides;
- an entry with a value, a reference to a secret of the cluster or of a store counts; one that is empty does
  not, and what only a developer's machine or a test runs neither;
- a secret of a component's store is one of the vault where the repository has that store as one;
- components whose servers may be one's own (Redis, PostgreSQL, MySQL, SQL Server, MongoDB) count where the
  component names a host of the cloud, or the repository has a database of the cloud of that kind.

Source: https://docs.dapr.io/developing-applications/integrations/azure/azure-authentication/authenticating-azure/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.origins import searcher
from keyless.assess.flows.spot import Spot
from keyless.assess.repository import Repository
from keyless.assess.settings.writers.lists import cluster_secret
from keyless.assess.settings.writers.where import runs_from
from keyless.assess.stored.hosted import ELSEWHERE, hosted
from keyless.assess.stored.judged import strongest
from keyless.assess.stored.stored import Stored
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.expressions import Expr, entry_of, text_of, within
from keyless.assess.syntax.records import items_at, text_at
from keyless.assess.syntax.span import Place
from keyless.catalog.client_calls import Form

_KEY = {"accountkey": Form.ACCOUNT_KEY, "storageaccesskey": Form.ACCOUNT_KEY}
_STRING = {"connectionstring": Form.CONNECTION_STRING}
_MASTER = {"masterkey": Form.ACCOUNT_KEY}
_KNOWN: tuple[tuple[str, str, Mapping[str, Form]], ...] = (
    (r"(state|bindings)\.azure\.cosmosdb(\.gremlinapi)?", "cosmos", _MASTER),
    (r"(state|bindings)\.azure\.blobstorage", "blob", _KEY),
    (r"bindings\.azure\.storagequeues", "queue", _KEY),
    (r"state\.azure\.tablestorage", "table", _KEY),
    (r"(pubsub|bindings)\.azure\.servicebus(\.?queues|\.topics)?", "servicebus", _STRING),
    (r"(pubsub|bindings)\.azure\.eventhubs", "eventhubs", _STRING),
    (r"bindings\.azure\.signalr", "signalr", _STRING),
    (r"bindings\.azure\.eventgrid", "eventgrid", {"accesskey": Form.ACCOUNT_KEY}),
    (r"bindings\.azure\.openai", "openai", {"apikey": Form.API_KEY}),
    (r"configuration\.azure\.appconfig", "appconfig", _STRING),
    (r"state\.sqlserver", "sql", _STRING),
    (r"(state|configuration|bindings)\.postgresql", "postgres", _STRING),
    (r"(state|bindings)\.mysql", "mysql", {**_STRING, "url": Form.CONNECTION_STRING}),
    (r"(state|pubsub|bindings|lock|configuration)\.redis", "redis", {"redispassword": Form.PASSWORD}),
    (r"state\.mongodb", "cosmos", {**_STRING, "password": Form.PASSWORD}),
)
_TYPES = tuple((re.compile(rf"{pattern}(/v\d+)?"), service, names) for pattern, service, names in _KNOWN)
_OF_AZURE = re.compile(r"[a-z]+\.azure\.[a-z.]+")
_APPLICATION: Mapping[str, Form] = {
    "clientsecret": Form.ENTRA_SECRET,
    "certificate": Form.CERTIFICATE,
    "certificatefile": Form.CERTIFICATE,
}
_PREFIXES = ("azure", "spn")
_VAULT = "secretstores.azure.keyvault"
_CLOUD = (".azure.com", ".azure.net", ".windows.net", ".documents.azure")
_LARGEST = 200
"""Entries of one component."""


def stored_in_dapr(repository: Repository) -> tuple[Stored, ...]:
    """The credentials of all components: `repository.view(stored_in_dapr)`."""
    return tuple(
        stored
        for document in repository.documents
        if runs_from(document.path)
        for root in document.roots
        if (kind := component_type(root))
        for stored in _of_component(repository, document, root, kind)
    )


def component_type(root: Expr) -> str:
    """The type of a component of Dapr; empty for any other document."""
    if text_at(root, "apiVersion").startswith("dapr.io/"):
        return text_at(root, "spec", "type")
    return text_at(root, "componentType") if entry_of(root, "metadata") is not None else ""


def _of_component(repository: Repository, document: Document, root: Expr, kind: str) -> Iterator[Stored]:
    items = items_at(root, "spec", "metadata") or items_at(root, "metadata")
    for item in items[:_LARGEST]:
        known = _credential(kind, text_at(item, "name").casefold())
        value = _value(item)
        if known is None or value is None or not _is_of_the_cloud(repository, kind, known[0], items):
            continue
        flow = _flow(repository, document, root, value, known[1])
        if flow is not None:
            yield _stored(document, root, item, kind, known, flow)


def _stored(
    document: Document,
    root: Expr,
    item: Expr,
    kind: str,
    known: tuple[str, Form],
    flow: tuple[Flow, Confidence],
) -> Stored:
    name = text_at(item, "name")
    place = Place(document.path, item.span)
    component = text_at(root, "metadata", "name") or kind
    return Stored(
        service=known[0],
        form=known[1],
        place=place,
        where=f"{name} of {component}",
        flow=flow[0],
        confidence=flow[1],
        last=Step(place, f"given to the component `{component}` as `{name}`"),
        instead=f"leave `{name}` out, and name the identity: `azureClientId` with its client id",
    )


def _credential(kind: str, name: str) -> tuple[str, Form] | None:
    """The service and form of what an entry of this name holds; none where it is no credential."""
    for pattern, service, names in _TYPES:
        if pattern.fullmatch(kind.casefold()) and name in names:
            return service, names[name]
    if _OF_AZURE.match(kind.casefold()):
        plain = next((name.removeprefix(one) for one in _PREFIXES if name.startswith(one)), name)
        if plain in _APPLICATION:
            return "entra", _APPLICATION[plain]
    return None


def _value(item: Expr) -> Expr | None:
    """What an entry holds: its value, or the secret that it refers to; none where it is empty."""
    written = entry_of(item, "value")
    if written is not None:
        return None if text_of(written.value) == "" or _is_nothing(written.value) else written.value
    for key in ("secretKeyRef", "secretRef"):
        refers = entry_of(item, key)
        if refers is not None:
            name = text_at(refers.value, "name") if key == "secretKeyRef" else ""
            own = text_at(refers.value, "key") if key == "secretKeyRef" else text_of(refers.value) or ""
            return cluster_secret(refers.span, name, own or name) if own or name else None
    return None


def _is_nothing(value: Expr) -> bool:
    return getattr(value, "value", "") is None


def _flow(
    repository: Repository, document: Document, root: Expr, value: Expr, form: Form
) -> tuple[Flow, Confidence] | None:
    flows = repository.view(searcher).flows(value, Spot(document.path))
    chosen = strongest(flows, form, certain=True)
    if chosen is None or chosen[0].origin is Origin.WRITTEN:
        return None  # what is written in the file itself has a rule of its own
    store = text_at(root, "auth", "secretStore") or text_at(root, "secretStoreComponent")
    if chosen[0].origin is not Origin.SETTING:
        return chosen
    place = Place(document.path, value.span)
    name = chosen[0].name.rpartition("/")[2]
    if store and store in repository.view(_vaults):
        step = Step(place, f"secret `{name}` of the store `{store}`")
        return Flow(Origin.VAULT, place, value, (step,), name=name), chosen[1]
    return chosen


def _vaults(repository: Repository) -> frozenset[str]:
    """The names of the stores of secrets that are vaults."""
    return frozenset(
        text_at(root, "metadata", "name")
        for document in repository.documents
        for root in document.roots
        if component_type(root).casefold().startswith(_VAULT)
    )


def _is_of_the_cloud(repository: Repository, kind: str, service: str, items: tuple[Expr, ...]) -> bool:
    if service not in ELSEWHERE or ".azure." in kind.casefold():
        return True
    texts = (text for item in items for one in within(item) if (text := text_of(one)) is not None)
    if any(host in text.casefold() for text in texts for host in _CLOUD):
        return True
    addressed = any("host" in text_at(item, "name").casefold() for item in items)
    return not addressed and service in repository.view(hosted)
