"""Secrets of applications that scripts make to use them: `az ad sp create-for-rbac`, `... credential reset`.

Rules:
- a secret is made where no certificate is asked for; one that is made for a pipeline (`--sdk-auth`) has its
  rule there;
- it counts where the script takes it: with `--query password`, or by keeping the answer and reading
  `password` of it somewhere in the same file.

Source: https://learn.microsoft.com/cli/azure/ad/sp
"""

from __future__ import annotations

from keyless.assess.az_commands import AzCommand, az_commands
from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.operations.seen import is_test
from keyless.assess.repository import Repository
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.stored.stored import Stored
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import Assign, Literal, Member, text_of, within
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import sites
from keyless.catalog.client_calls import Form

_MAKERS = frozenset({"ad sp create-for-rbac", "ad sp credential reset", "ad app credential reset"})
_OTHERWISE = ("create-cert", "cert", "keyvault", "sdk-auth", "json-auth")
_PASSWORD = "password"


def stored_in_scripts(repository: Repository) -> tuple[Stored, ...]:
    """The secrets that scripts make: `repository.view(stored_in_scripts)`."""
    return tuple(
        _stored(one)
        for one in repository.view(az_commands)
        if one.tool == "az" and one.path in _MAKERS and not one.has(*_OTHERWISE)
        if not _is_in_test(one.within.unit.path) and _is_taken(one)
    )


def _is_in_test(path: str) -> bool:
    return is_for_tests(path) or is_test(path)


def _is_taken(one: AzCommand) -> bool:
    """Whether the script takes the password out of the answer."""
    if not isinstance(one.within.statement, Assign):
        return False
    asked = one.one("query")
    if asked is not None:
        return any(_PASSWORD in (text_of(part) or "").casefold() for part in within(asked))
    return _reads_password(one.within.unit)


def _reads_password(unit: Unit) -> bool:
    for site in sites(unit):
        match site.expression:
            case Member(name=name) if name.casefold() == _PASSWORD:
                return True
            case Literal(value=str() as text) if f".{_PASSWORD}" in text.casefold():
                return True
            case _:
                pass
    return False


def _stored(one: AzCommand) -> Stored:
    place = Place(one.within.unit.path, one.command.span)
    step = Step(place, f"made with `az {one.path}`")
    return Stored(
        service="entra",
        form=Form.ENTRA_SECRET,
        place=place,
        where=f"az {one.path}",
        flow=Flow(Origin.ENTRA_SECRET, place, one.command, (step,), service="entra"),
        confidence=Confidence.HIGH,
        instead="a managed identity (`az identity create`), which needs no secret",
    )
