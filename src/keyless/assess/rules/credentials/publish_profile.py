"""Publish profiles: the user and password of an app's deployment endpoint.

Rules:
- an action or task that is given one; a command that reads one out of Azure;
- a file of one with a password in it: `.PublishSettings`, `.pubxml`, and what a tool writes beside that for
  the user.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.az_commands import AzCommand, az_commands
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity, Step
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials._sign_in_remedies import remedy_in_workflow
from keyless.assess.rules.credentials._steps import pipelines, secret_in, steps_of, stored_at
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Expr, Record, text_of
from keyless.assess.syntax.span import Place

_ID = "publish-profile"
_INPUTS = ("publish-profile", "publishProfile", "publish_profile", "PublishProfilePassword")
_COMMANDS = frozenset(
    {
        f"{app} deployment {what}"
        for app in ("webapp", "functionapp")
        for what in ("list-publishing-profiles", "list-publishing-credentials", "user set")
    }
)
_CMDLETS = frozenset({"get-azwebapppublishingprofile", "get-azurermwebapppublishingprofile"})
_INSTEAD = "sign in with a token, and deploy with a role on the app"
_PASSWORDS = frozenset({"@userpwd", "userpwd", "password", "encryptedpassword"})


def _check(repository: Repository) -> Iterable[Finding]:
    for document in pipelines(repository):
        yield from _of_pipeline(document)
    for document in repository.documents:
        if document.kind is DocumentKind.PUBLISH_PROFILE:
            yield from (found for root in document.roots for found in _of_file(document, root))
    for command in repository.view(az_commands):
        if (command.tool == "az" and command.path in _COMMANDS) or command.path in _CMDLETS:
            yield _of_command(command)


def _of_pipeline(document: Document) -> Iterator[Finding]:
    for step in steps_of(document):
        entry = step.input(*_INPUTS)
        if entry is None:
            continue
        place = step.place(entry)
        yield Finding(
            rule=_ID,
            place=place,
            message=f"`{step.action}` deploys with a publish profile: {_INSTEAD}",
            severity=Severity.HIGH,
            confidence=Confidence.HIGH,
            service="appservice",
            subject=secret_in(entry.value),
            steps=(*stored_at(document.path, entry.value), Step(place, f"given to `{step.action}`")),
            remedy=_remedy(),
        )


def _of_file(document: Document, root: Expr) -> Iterator[Finding]:
    waiting = [root]
    while waiting:
        record = waiting.pop()
        for entry in record.entries if isinstance(record, Record) else ():
            name = (text_of(entry.key) or "").casefold()
            waiting.append(entry.value)
            if name in _PASSWORDS and _is_given(entry.value):
                yield Finding(
                    rule=_ID,
                    place=Place(document.path, entry.span),
                    message=(
                        "a publish profile with its password lies in the repository: reset it, delete the "
                        "file, and deploy with a token"
                    ),
                    severity=Severity.HIGH,
                    confidence=Confidence.LOW if is_for_tests(document.path) else Confidence.HIGH,
                    service="appservice",
                    remedy=_remedy("delete the file, also from the history, and reset the profile"),
                )


def _is_given(value: Expr) -> bool:
    """Whether a password is there: as an attribute, or as the text of an element."""
    texts = [one.value for one in value.entries] if isinstance(value, Record) else [value]
    return any(len(text_of(one) or "") >= 8 and "*" not in (text_of(one) or "") for one in texts)


def _of_command(command: AzCommand) -> Finding:
    path = command.within.unit.path
    name = f"az {command.path}" if command.tool else (text_of(command.command.words[0]) or "")
    return Finding(
        rule=_ID,
        place=Place(path, command.command.span),
        message=f"`{name}` reads or sets the password of an app's deployment endpoint: {_INSTEAD}",
        severity=Severity.MEDIUM,
        confidence=Confidence.LOW if is_for_tests(path) else Confidence.MEDIUM,
        service="appservice",
        remedy=_remedy(),
    )


def _remedy(note: str = "") -> Remedy:
    sign_in = remedy_in_workflow()
    return Remedy(
        instead=sign_in.instead,
        language="yaml",
        identity=sign_in.identity,
        roles=("Website Contributor",),
        scope="the app",
        local_auth_off="`basicPublishingCredentialsPolicies` `scm` and `ftp` with `allow: false`",
        note=note or "after `azure/login`, the action that deploys needs the app's name alone",
    )


RULE = Rule(
    id=_ID,
    group=Group.CREDENTIALS,
    title="An app is deployed with a publish profile",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    why=(
        "A publish profile is a user and a password that never expire. Who has it can put any code on the "
        "app, and so has the app's identity too."
    ),
    instead=(
        "Sign in with a token of the pipeline's own, deploy with a role on the app, and turn basic "
        "authentication of the deployment endpoints off."
    ),
    sources=(
        "https://learn.microsoft.com/azure/app-service/deploy-github-actions",
        "https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable",
    ),
    check=_check,
)
