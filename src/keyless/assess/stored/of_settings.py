"""Stored credentials in settings that a framework, host or library reads by their very names.

Rules:
- the names are the catalog's (`spring.datasource.password`, `AZURE_CLIENT_SECRET`, `AzureWebJobsStorage`) and
  compare as settings do, without the numbers of lists;
- what they are given counts as with a call that takes nothing but a stored credential; what nothing in the
  repository gives counts with less confidence;
- what code was found to read is told there; what only a developer's machine, a build or a test gets is left
  out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.endings import passed
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.origins import searcher
from keyless.assess.flows.spot import Spot
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Realm, Written, setting_of
from keyless.assess.settings.written import written
from keyless.assess.stored.hosted import ELSEWHERE, hosted
from keyless.assess.stored.judged import strongest
from keyless.assess.stored.passwords import server_of
from keyless.assess.stored.stored import Stored
from keyless.assess.stored.told import service_of_text
from keyless.assess.syntax.span import Place
from keyless.catalog.client_calls import DATABASE, MONGO, KnownSettings, known_settings

_NUMBERS = re.compile(r"\[\d{1,4}\]|(?<=[.:_])\d{1,4}(?=[.:_])")
_NEIGHBOUR = "url"


def stored_in_settings(repository: Repository, told: frozenset[Place]) -> tuple[Stored, ...]:
    """The credentials of settings; ``told`` are places that flows of code go through."""
    found = [
        stored
        for one in repository.view(written)
        if one.runs and one.setting.realm is Realm.SETTING and one.place not in told
        if (known := _known_by(one)) is not None and (stored := _of(repository, one, known)) is not None
    ]
    onward = passed(flow for one in found for flow in (one.flow, *one.others))
    return tuple(one for one in found if one.place not in onward)


def _of(repository: Repository, one: Written, known: KnownSettings) -> Stored | None:
    flows = repository.view(searcher).flows(one.value, Spot(one.place.path, one.within, one.template))
    chosen = strongest(flows, known.form, certain=True)
    if chosen is None or (chosen[0].origin is Origin.WRITTEN and chosen[1] is not Confidence.HIGH):
        return None
    flow, confidence = chosen
    service = _service(repository, known, flow, one)
    if not service or (service in ELSEWHERE and not _is_of_the_cloud(repository, service, flow)):
        return None
    return Stored(
        service=service,
        form=known.form,
        place=one.place,
        where=one.name,
        flow=flow,
        confidence=Confidence.MEDIUM if flow.origin is Origin.SETTING else confidence,
        others=tuple(other for other in flows if other is not flow),
        last=Step(one.place, f"set as `{one.name}` by {one.by}"),
    )


def _service(repository: Repository, known: KnownSettings, flow: Flow, one: Written) -> str:
    if known.service == MONGO:
        return "cosmos"
    if known.service != DATABASE:
        return known.service
    return (
        flow.service or server_of(repository, flow) or service_of_text(one.value) or _beside(repository, one)
    )


def _beside(repository: Repository, one: Written) -> str:
    """The database of the address in the same file that a password stands beside."""
    stem = one.setting.key.removesuffix("password")
    for other in repository.view(written):
        same = other.place.path == one.place.path and other.setting.key == stem + _NEIGHBOUR
        if same and (service := service_of_text(other.value)):
            return service
    return ""


def _is_of_the_cloud(repository: Repository, service: str, flow: Flow) -> bool:
    return flow.origin is Origin.KEY_OF_RESOURCE or service in repository.view(hosted)


def _known_by(one: Written) -> KnownSettings | None:
    return _by_key().get(setting_of(_NUMBERS.sub("", one.name)).key)


@lru_cache(maxsize=1)
def _by_key() -> Mapping[str, KnownSettings]:
    return {setting_of(name).key: one for one in known_settings() for name in one.names}
