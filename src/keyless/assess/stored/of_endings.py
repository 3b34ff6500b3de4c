"""Stored credentials that end outside code: in settings, secrets, properties and scripts that nothing of the
repository reads on from.

Rules:
- an ending that the flow of a use, of a setting with a name of its own, or of another ending goes through is
  told there; a secret of a container app that a setting gets its value from as well;
- outputs, what only a pipeline keeps, scripts that make secrets of applications, and values that are written
  in the file itself have rules of their own;
- the service is that of the key; a password is that of the server which gets it as well, or of the address
  that it is put into; an ending whose service cannot be told is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from keyless.assess.deployed.standing import is_unsure
from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.endings import Ending, EndingKind, endings, passed
from keyless.assess.flows.flow import Origin
from keyless.assess.repository import Repository
from keyless.assess.settings.written import written
from keyless.assess.stored.hosted import ELSEWHERE, hosted
from keyless.assess.stored.judged import confidence_of
from keyless.assess.stored.passwords import server_of
from keyless.assess.stored.stored import Stored
from keyless.assess.stored.told import service_of_text
from keyless.assess.syntax.expressions import Expr, Joined
from keyless.assess.syntax.span import Place
from keyless.catalog.client_calls import Form

_ELSEWHERE = frozenset({EndingKind.OUTPUT, EndingKind.PIPELINE_SECRET})
_AI, _OPENAI = "cognitive", "openai"
_CERTIFICATE = ("certificate", "pfx", "pem")


def stored_in_endings(repository: Repository, told: frozenset[Place]) -> tuple[Stored, ...]:
    """The credentials of endings; ``told`` are places that other flows go through."""
    every = repository.view(endings)
    in_settings = {one.flow.place for one in every if one.kind is EndingKind.SETTING}
    found = [
        stored
        for one in every
        if one.kind not in _ELSEWHERE and one.runs and one.place not in told
        if one.kind is not EndingKind.CLUSTER_SECRET or one.flow.place not in in_settings
        for key in _keys(one)
        if (stored := _of(repository, key)) is not None
    ]
    at = {one.place: passed([one.flow, *one.others]) | {one.place} for one in found}
    ways = Counter(place for places in at.values() for place in places)
    return tuple(one for one in found if ways[one.place] == 1)


def _keys(one: Ending) -> Iterator[Ending]:
    """An ending for each resource that keys are kept of there; the others are more ways of the first."""
    more = {flow.service: flow for flow in one.others if flow.origin is Origin.KEY_OF_RESOURCE}
    more.pop(one.flow.service, None)
    yield replace(one, others=tuple(flow for flow in one.others if flow not in more.values()))
    for flow in more.values():
        yield replace(one, flow=flow, others=())


def _of(repository: Repository, one: Ending) -> Stored | None:
    service = _service(repository, one)
    form = _form(one, service)
    confidence = confidence_of(one.flow, form, certain=True)
    if not service or confidence is None or _has_its_rule(one, service):
        return None
    command = one.kind is EndingKind.COMMAND
    elsewhere = service in ELSEWHERE and one.flow.origin is not Origin.KEY_OF_RESOURCE
    if elsewhere and service not in repository.view(hosted):
        return None
    return Stored(
        service=service,
        form=form,
        place=one.place,
        where=one.name,
        flow=one.flow,
        confidence=_confidence(repository, one, confidence),
        in_vault=one.kind is EndingKind.VAULT_SECRET,
        others=tuple(flow for flow in one.others if confidence_of(flow, form, certain=True)),
        last=None if command else Step(one.place, f"kept as `{one.name}` by {one.holder}"),
    )


def _has_its_rule(one: Ending, service: str) -> bool:
    return one.flow.origin is Origin.WRITTEN or (one.kind is EndingKind.COMMAND and service == "entra")


def _confidence(repository: Repository, one: Ending, confidence: Confidence) -> Confidence:
    """What a module is given that nothing deploys may never be."""
    if is_unsure(repository, one.place.path):
        return Confidence.LOW
    return Confidence.HIGH if one.flow.secret else confidence


def _service(repository: Repository, one: Ending) -> str:
    if one.flow.service == _AI and _OPENAI in one.name.casefold():
        return _OPENAI
    if one.flow.service:
        return one.flow.service
    value = repository.view(_values).get(one.place)
    spoken = service_of_text(value) if value is not None else ""
    return server_of(repository, one.flow) or spoken or service_of_text(one.flow.at)


def _values(repository: Repository) -> dict[Place, Expr]:
    return {one.place: one.value for one in repository.view(written)}


def _form(one: Ending, service: str) -> Form:
    words = (one.name + "".join(step.what for step in one.flow.steps[:1])).casefold()
    if service == "entra":
        return Form.CERTIFICATE if any(word in words for word in _CERTIFICATE) else Form.ENTRA_SECRET
    if service == "acr":
        return Form.PASSWORD
    if isinstance(one.flow.at, Joined) or "connection" in words or "connstr" in words:
        return Form.CONNECTION_STRING
    if "password" in words or "pwd" in words:
        return Form.PASSWORD
    return Form.SAS if "sas" in words.split("`") else Form.ACCOUNT_KEY
