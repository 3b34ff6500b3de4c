"""Where credentials end outside code: each place of infrastructure, settings or a script that holds one.

Rules:
- what is written as a setting or secret, a property of a resource or argument of a public module, an output,
  a command that reads keys: each is an ending if what is there comes from a credential for sure;
- a setting or output that another setting is set from is none: the other is; nor is a pipeline's secret in
  its own steps;
- one place is one ending with its strongest flow; a command whose keys go on into another ending is none;
- where the flow of a use in code goes through an ending (`passed`), it is the same flow, and its finding
  stands at the use.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keyless.assess.az_commands import AzCommand, az_commands
from keyless.assess.deployed.scopes import scopes
from keyless.assess.flows.flow import Flow, Origin, is_credential
from keyless.assess.flows.origins import look, origins, template_origins
from keyless.assess.flows.search import Searcher
from keyless.assess.flows.tainted import key_holders
from keyless.assess.flows.tracer import Tracer
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Realm, Setting, Written
from keyless.assess.settings.written import written
from keyless.assess.syntax.expressions import Command
from keyless.assess.syntax.span import Place

_STRONGEST = (Origin.KEY_OF_RESOURCE, Origin.WRITTEN, Origin.ENTRA_SECRET, Origin.PIPELINE_SECRET)
_NONE = frozenset({Origin.VAULT, Origin.SETTING})


class EndingKind(enum.StrEnum):
    """What holds a credential."""

    SETTING = "setting"
    """An app setting, an environment variable, a connection string of a site: what code may read."""
    VAULT_SECRET = "vault-secret"
    CLUSTER_SECRET = "cluster-secret"
    """A secret of a cluster, or of a container app."""
    PIPELINE_SECRET = "pipeline-secret"
    PROPERTY = "property"
    """Any other property of a resource, or an argument of a module that is not in the repository."""
    OUTPUT = "output"
    COMMAND = "command"
    """A command of a script that reads keys which end nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A place that holds a credential.

    ``name`` is that of the setting, secret, property or output; ``holder`` says in words what holds it.
    ``others`` are further origins. ``runs`` is whether a workload that runs gets it.
    """

    kind: EndingKind
    place: Place
    name: str
    holder: str
    flow: Flow
    others: tuple[Flow, ...] = ()
    setting: Setting | None = None
    runs: bool = True


def endings(repository: Repository) -> tuple[Ending, ...]:
    """Every ending, in the order of files: `repository.view(endings)`."""
    found: dict[Place, Ending] = {}
    for one in (*_written(repository), *_properties(repository), *_outputs(repository)):
        found.setdefault(one.place, one)
    onward = passed(flow for one in found.values() for flow in (one.flow, *one.others))
    found = {
        place: one for place, one in found.items() if one.kind is not EndingKind.OUTPUT or place not in onward
    }
    settings = {one.flow.place for one in found.values() if one.kind is EndingKind.SETTING}
    found = {
        place: one
        for place, one in found.items()
        if one.kind is not EndingKind.CLUSTER_SECRET or one.flow.place not in settings
    }
    begun = {flow.place for one in found.values() for flow in (one.flow, *one.others)}
    for one in _commands(repository):
        if one.flow.place not in begun:
            found.setdefault(one.place, one)
    return tuple(sorted(found.values(), key=lambda one: one.place))


def passed(flows: Iterable[Flow]) -> frozenset[Place]:
    """The places that flows go through: endings that stand there are no findings of their own."""
    found: set[Place] = set()
    for flow in flows:
        found.update(flow.also)
        found.update(step.place for step in flow.steps)
    return frozenset(found)


def _written(repository: Repository) -> Iterator[Ending]:
    """What is written; what another write goes on from ends there and not here."""
    find = Searcher(Tracer(repository, look))
    every = [(one, _credentials(find.written_flows(one))) for one in repository.view(written)]
    for one, (strong, others) in every:
        in_pipeline = strong is not None and strong.origin is Origin.PIPELINE_SECRET and not one.runs
        in_vault = one.setting.realm is Realm.VAULT_SECRET
        if strong is not None and (in_vault or id(one) not in find.read_on) and not in_pipeline:
            yield Ending(
                kind=_KINDS[one.setting.realm],
                place=one.place,
                name=one.name,
                holder=one.by,
                flow=strong,
                others=others,
                setting=one.setting,
                runs=one.runs,
            )


_KINDS = {
    Realm.SETTING: EndingKind.SETTING,
    Realm.VAULT_SECRET: EndingKind.VAULT_SECRET,
    Realm.CLUSTER_SECRET: EndingKind.CLUSTER_SECRET,
    Realm.PIPELINE_SECRET: EndingKind.PIPELINE_SECRET,
}


def _properties(repository: Repository) -> Iterator[Ending]:
    """Properties that hold keys of resources, apart from settings that are endings already."""
    taken = _spans(repository.view(written))
    for held in repository.view(key_holders):
        if _is_within(held.place, taken):
            continue
        strong, others = _credentials(template_origins(repository, held.template, held.value))
        if strong is not None and strong.origin is Origin.KEY_OF_RESOURCE:
            yield Ending(
                kind=EndingKind.VAULT_SECRET if held.is_secret else EndingKind.PROPERTY,
                place=held.place,
                name=held.name,
                holder=f"`{held.of}`",
                flow=strong,
                others=others,
            )


def _outputs(repository: Repository) -> Iterator[Ending]:
    """Outputs of what is deployed by itself; those of modules that are used go on from there."""
    for scope in repository.view(scopes).by_path.values():
        for output, template in () if scope.used_by else scope.outputs.values():
            strong, others = _credentials(template_origins(repository, template, output.value))
            if strong is not None:
                yield Ending(
                    kind=EndingKind.OUTPUT,
                    place=Place(template.path, output.span),
                    name=output.name,
                    holder="outputs",
                    flow=strong,
                    others=others,
                )


def _commands(repository: Repository) -> Iterator[Ending]:
    for one in repository.view(az_commands):
        strong, _ = _credentials(origins(repository, one.command, one.within))
        if strong is not None and strong.origin is Origin.KEY_OF_RESOURCE:
            place = Place(one.within.unit.path, one.command.span)
            yield Ending(
                kind=EndingKind.COMMAND,
                place=place,
                name=_shown(one, one.command),
                holder="a script",
                flow=strong,
            )


def _shown(asked: AzCommand, command: Command) -> str:
    first = getattr(command.words[0], "value", "") if command.words else ""
    return f"{asked.tool} {asked.path}" if asked.tool else str(first)


def _credentials(flows: Iterable[Flow]) -> tuple[Flow | None, tuple[Flow, ...]]:
    """The strongest flow of a credential, and the others; what is read of a vault ends in the vault."""
    found = [one for one in flows if is_credential(one) and one.origin not in _NONE and not one.by_vault]
    found.sort(key=_rank)
    return (found[0], tuple(found[1:])) if found else (None, ())


def _rank(flow: Flow) -> int:
    return _STRONGEST.index(flow.origin) if flow.origin in _STRONGEST else len(_STRONGEST)


def _spans(every: Iterable[Written]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for one in every:
        if one.template is not None:
            found.setdefault(one.place.path, []).append((one.place.span.start, one.place.span.end))
    return {path: sorted(spans) for path, spans in found.items()}


def _is_within(place: Place, taken: dict[str, list[tuple[int, int]]]) -> bool:
    start, end = place.span.start, place.span.end
    return any(first <= start and end <= last for first, last in taken.get(place.path, ()))
