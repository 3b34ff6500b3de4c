"""Logins to container registries with a password that the script reads of the registry itself.

Rules:
- the password is an option of the login, or what a pipe brings it (`… | docker login --password-stdin`);
- it counts where a command that reads keys of registries is found behind it: that command is told of here,
  and not by itself;
- a login in a script that stands within a workflow or pipeline has a rule of its own, which has the way from
  here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from keyless.assess.az_commands import AzCommand, az_commands
from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.origins import origins
from keyless.assess.repository import Repository
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.stored.stored import Stored
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import Command, Expr, Other, within
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import sites
from keyless.catalog.client_calls import Form

_SERVICE = "acr"
_LOGINS = frozenset(
    {
        ("docker", "login"),
        ("podman", "login"),
        ("oras", "login"),
        ("helm", "registry login"),
        ("az", "acr login"),
    }
)


def logins_with_keys(repository: Repository) -> Mapping[Place, Flow]:
    """The way of the password to each login: `repository.view(logins_with_keys)`."""
    logins = [one for one in repository.view(az_commands) if (one.tool, one.path) in _LOGINS]
    brought = _brought(one.within.unit for one in logins if one.has("password-stdin"))
    ways = ((place_of(one), _way(repository, one, brought)) for one in logins)
    return {place: flow for place, flow in ways if flow is not None}


def place_of(command: AzCommand) -> Place:
    """Where a command stands."""
    return Place(command.within.unit.path, command.command.span)


def stored_in_logins(repository: Repository) -> tuple[Stored, ...]:
    """The logins of scripts that are files of their own."""
    ways = repository.view(logins_with_keys)
    return tuple(
        _stored(one, ways[place])
        for one in repository.view(az_commands)
        if (place := place_of(one)) in ways and not one.within.unit.part_of
    )


def _stored(one: AzCommand, flow: Flow) -> Stored:
    place = place_of(one)
    return Stored(
        service=_SERVICE,
        form=Form.PASSWORD,
        place=place,
        where=f"{one.tool} {one.path}",
        flow=flow,
        confidence=Confidence.LOW if is_for_tests(place.path) else Confidence.HIGH,
        last=Step(place, "signs in with it"),
        instead="az acr login --name <registry>",
        is_command=True,
    )


def _way(repository: Repository, login: AzCommand, brought: Mapping[Place, Expr]) -> Flow | None:
    given = login.one("password", "p")
    piped = brought.get(place_of(login)) if login.has("password-stdin") else None
    passwords = (given,) if given is not None else _parts(piped)
    flows = (flow for one in passwords for flow in origins(repository, one, login.within))
    return next((flow for flow in flows if _is_key(flow)), None)


def _is_key(flow: Flow) -> bool:
    return flow.origin is Origin.KEY_OF_RESOURCE and flow.service == _SERVICE


def _parts(piped: Expr | None) -> tuple[Expr, ...]:
    """What a pipe brings: what the command before reads itself, or is to say (`echo $PASSWORD | …`)."""
    if piped is None:
        return ()
    return (piped, *(piped.words[1:] if isinstance(piped, Command) else ()))


def _brought(units: Iterable[Unit]) -> Mapping[Place, Expr]:
    """What stands before each command in its pipe; of pipes within one another the innermost counts."""
    return {
        Place(unit.path, one.span): before
        for unit in {id(unit): unit for unit in units}.values()
        for before, following in _pipes(unit)
        for one in within(following)
        if isinstance(one, Command)
    }


def _pipes(unit: Unit) -> Iterator[tuple[Expr, Expr]]:
    for site in sites(unit):
        if isinstance(site.expression, Other) and site.expression.kind == "pipeline":
            yield from pairwise(site.expression.parts)
