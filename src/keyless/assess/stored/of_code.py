"""Stored credentials that code hands to clients: each use of a client whose argument comes from one.

Rules:
- a use is one record, with the strongest of the ways that its argument may come;
- a driver's database is told by the driver, by the scheme of its address, or by what the credential opens;
- the drivers of databases that may run anywhere count in full where the repository has the cloud's, and with
  low confidence elsewhere;
- an emulator's credentials are none, nor is what is called a token where nothing says where it is from, nor
  a token that a database takes for a password;
- what a test makes up, and a key whose service is a guess, have low confidence; all else in a test is less
  sure by one level, and headers with made-up keys there are what an answer is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyless.assess.clients import ClientUse, client_uses
from keyless.assess.clients.kinds import word_of
from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.origins import origins
from keyless.assess.operations.seen import is_test
from keyless.assess.repository import Repository
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.stored.hosted import ELSEWHERE, hosted
from keyless.assess.stored.judged import confidence_of, strongest
from keyless.assess.stored.stored import Stored
from keyless.assess.stored.told import service_of_text
from keyless.assess.syntax.expressions import Expr, Member, Name, text_of, within
from keyless.assess.syntax.span import Place
from keyless.catalog.client_calls import DATABASE, MONGO, Form

_WORDS = {
    "search": "search",
    "openai": "openai",
    "storage": "blob",
    "blob": "blob",
    "cosmos": "cosmos",
    "servicebus": "servicebus",
    "eventhub": "eventhubs",
    "form": "cognitive",
    "document": "cognitive",
    "language": "cognitive",
    "vision": "cognitive",
    "translator": "cognitive",
    "eventgrid": "eventgrid",
    "maps": "maps",
}
_KEY_NAME = re.compile(
    r"(?i)(api|account|primary|secondary|admin|query|access|master|subscription|storage|search|service)_?key\d?$|^key$"
)
_TOKEN = re.compile(r"(?i)token\w{0,8}$|bearer")
_MADE_UP = frozenset({Origin.UNKNOWN, Origin.PARAMETER, Origin.WRITTEN})
_LESS = {
    Confidence.HIGH: Confidence.MEDIUM,
    Confidence.MEDIUM: Confidence.LOW,
    Confidence.LOW: Confidence.LOW,
}
_TELEMETRY = "appinsights"
_REGISTRY = ".azurecr."


def stored_in_code(repository: Repository) -> tuple[Stored, ...]:
    """The credentials of all uses: `repository.view(stored_in_code)`."""
    return tuple(found for use in repository.view(client_uses) if (found := _of(repository, use)))


def _of(repository: Repository, use: ClientUse) -> Stored | None:
    flows = origins(repository, use.argument, use.argument_within)
    certain = use.certain or _is_called_a_key(use)
    chosen = strongest(flows, use.form, certain)
    if chosen is None:
        return None
    flow, confidence = chosen
    service = _service(use, flow)
    if not service or _is_no_matter(service, use, flow) or _is_token(use, flows):
        return None
    if _is_unsure(repository, service, use, flow):
        confidence = Confidence.LOW
    elif _is_in_test(use):
        confidence = _LESS[confidence]
    place = Place(use.within.unit.path, use.at.span)
    return Stored(
        service=service,
        form=_form(use, flow),
        place=place,
        where=use.client,
        flow=flow,
        confidence=confidence,
        use=use,
        others=tuple(_others(flows, flow, use.form, certain)),
        optional=use.optional or any(one.origin is Origin.IDENTITY for one in flows),
        last=Step(place, f"handed to `{use.client}`"),
    )


def _is_unsure(repository: Repository, service: str, use: ClientUse, flow: Flow) -> bool:
    """Whether it may be none: a database of one's own, what a test makes up, a service that is guessed."""
    if service in ELSEWHERE and not _is_of_the_cloud(repository, service, use, flow):
        return True
    if flow.origin in _MADE_UP and _is_in_test(use):
        return True
    return not use.library.service and use.through is None and not flow.service and bool(use.library.language)


def _is_no_matter(service: str, use: ClientUse, flow: Flow) -> bool:
    """Whether it is a token, an address of telemetry, which is no secret by itself, or another's registry."""
    if flow.origin in _MADE_UP and _TOKEN.search(word_of(use.argument)):
        return True
    if flow.origin in _MADE_UP and not use.library.language and _is_in_test(use):
        return True
    if service == "acr":
        return not any(_REGISTRY in text for text in _texts(use.at))
    return service == _TELEMETRY and flow.origin is not Origin.KEY_OF_RESOURCE


def _is_in_test(use: ClientUse) -> bool:
    path = use.within.unit.path
    return is_for_tests(path) or is_test(path)


def _is_token(use: ClientUse, flows: tuple[Flow, ...]) -> bool:
    """Whether a password is a token of Entra: one of an identity, or of a setting that says so."""
    if use.form is not Form.PASSWORD:
        return False
    may_be_of_identity = any(one.origin is Origin.IDENTITY for one in flows)
    called = may_be_of_identity and bool(_TOKEN.search(word_of(use.argument)))
    named = [one for one in flows if one.origin not in {Origin.IDENTITY, Origin.UNKNOWN, Origin.ADDRESS}]
    return bool(named or called) and all(
        one.origin is Origin.SETTING and _TOKEN.search(one.name) is not None for one in named
    )


def _others(flows: tuple[Flow, ...], chosen: Flow, form: Form, certain: bool) -> Iterator[Flow]:
    for flow in flows:
        if flow is not chosen and confidence_of(flow, form, certain) is not None:
            yield flow


def _is_called_a_key(use: ClientUse) -> bool:
    """Whether the argument has the name of a key, where it might have been an identity's credential."""
    if use.form not in {Form.ANY, Form.API_KEY} or use.service in ELSEWHERE:
        return False
    names = (
        one.id if isinstance(one, Name) else one.name
        for one in within(use.argument)
        if isinstance(one, Name | Member)
    )
    return any(_KEY_NAME.search(name) for name in names)


def _is_of_the_cloud(repository: Repository, service: str, use: ClientUse, flow: Flow) -> bool:
    if flow.origin is Origin.KEY_OF_RESOURCE or service == use.service == "cosmos":
        return True
    return service in repository.view(hosted)


def _form(use: ClientUse, flow: Flow) -> Form:
    if use.form is not Form.ANY:
        return use.form
    return Form.CONNECTION_STRING if "connection" in flow.name.casefold() else Form.ACCOUNT_KEY


def _service(use: ClientUse, flow: Flow) -> str:
    """The service that a credential opens; empty where it is none of the catalog's."""
    if use.service == MONGO:
        return "cosmos"
    if use.service == DATABASE:
        return flow.service if flow.service in ELSEWHERE else _of_driver(use, flow)
    if use.service == "":
        return _by_words(use, flow)
    return use.service


def _of_driver(use: ClientUse, flow: Flow) -> str:
    return service_of_text(use.at) or service_of_text(flow.at)


def _by_words(use: ClientUse, flow: Flow) -> str:
    if flow.service:
        return flow.service
    name = flow.name.casefold().replace("_", "").replace("-", "")
    return next((service for word, service in _WORDS.items() if word in name), "")


def _texts(expression: Expr) -> Iterator[str]:
    return (text for one in within(expression) if (text := text_of(one)) is not None)
