"""Personal access tokens of Azure DevOps in pipelines, scripts and files of package feeds.

Rules:
- variables that tools take one from (`AZURE_DEVOPS_EXT_PAT`, `AZP_TOKEN`), where their value is stored; the
  token of the running pipeline (`System.AccessToken`) is none;
- an agent that is registered with one; `az devops login`, which takes one;
- a password in clear text in `nuget.config`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keyless.assess.az_commands import az_commands
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity, Step
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials._steps import environments_of, names_in, pipelines, secret_in, stored_at
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.settings.setting import Written
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.settings.written import written
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Command, Expr, Record, entry_of, text_of
from keyless.assess.syntax.records import entries_at
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import sites
from keyless.catalog.shapes.placeholders import stands_for_something

_ID = "devops-credential"
_VARIABLES = re.compile(
    r"AZURE_DEVOPS_EXT_PAT|AZP_TOKEN|SYSTEM_PAT|AZURE_DEVOPS_(PAT|TOKEN)|AZDO_(PAT|PERSONAL_ACCESS_TOKEN)|ADO_PAT"
    r"|VSTS_PAT|VSS_NUGET_EXTERNAL_FEED_ENDPOINTS|AZURE_DEVOPS_PERSONAL_ACCESS_TOKEN",
    re.IGNORECASE,
)
_INSTEAD = "use a token of Entra, or the pipeline's own"
_AZ_LOGIN = f"`az devops login` takes a personal access token: {_INSTEAD}"
_AGENT = "an agent is registered with a personal access token: register it with `--auth sp`"
_OWN_TOKEN = frozenset({"accesstoken", "system_accesstoken", "access_token"})


def _check(repository: Repository) -> Iterable[Finding]:
    seen: set[Place] = set()
    for finding in (*_of_variables(repository), *_of_scripts(repository), *_of_feeds(repository)):
        if finding.place not in seen:
            seen.add(finding.place)
            yield finding


def _of_variables(repository: Repository) -> Iterator[Finding]:
    for document in pipelines(repository):
        for entry in environments_of(document):
            name = text_of(entry.key) or ""
            if _VARIABLES.fullmatch(name) and _is_stored(entry.value):
                yield _found(document.path, entry.value, Place(document.path, entry.span), name)
    for one in repository.view(written):
        if _VARIABLES.fullmatch(one.name) and _is_stored(one.value) and not _is_of_pipeline(one):
            yield _found(one.place.path, one.value, one.place, one.name)


def _is_of_pipeline(one: Written) -> bool:
    return one.by.startswith(("environment of", "variables of")) and not one.runs


def _is_stored(value: Expr) -> bool:
    """Whether a value is a stored token: not the running pipeline's own, and no placeholder."""
    text = text_of(value)
    if text is not None:
        return not stands_for_something(text)
    names = names_in(value)
    return bool(names) and not names & _OWN_TOKEN


def _found(path: str, value: Expr, place: Place, name: str) -> Finding:
    return Finding(
        rule=_ID,
        place=place,
        message=f"`{name}` holds a personal access token of Azure DevOps: {_INSTEAD}",
        severity=Severity.HIGH,
        confidence=Confidence.LOW if is_for_tests(path) else Confidence.HIGH,
        service="devops",
        subject=secret_in(value) or name,
        steps=(*stored_at(path, value), Step(place, f"handed on as `{name}`")),
        remedy=_remedy(),
    )


def _of_scripts(repository: Repository) -> Iterator[Finding]:
    for command in repository.view(az_commands):
        if command.tool == "az" and command.path == "devops login":
            yield _at(command.command, command.within.unit.path, _AZ_LOGIN)
    for unit in repository.units:
        if unit.language in {Language.SHELL, Language.POWERSHELL, Language.DOCKERFILE}:
            for site in sites(unit):
                if isinstance(site.expression, Command) and _registers_agent(site.expression):
                    yield _at(site.expression, unit.path, _AGENT)


def _registers_agent(command: Command) -> bool:
    words = [text_of(word) or "" for word in command.words]
    program = words[0].replace("\\", "/").rpartition("/")[2] if words else ""
    if program not in {"config.sh", "config.cmd"} or "--auth" not in words:
        return False
    kind = words[words.index("--auth") + 1 : words.index("--auth") + 2]
    return [one.casefold() for one in kind] == ["pat"]


def _at(command: Command, path: str, message: str) -> Finding:
    return Finding(
        rule=_ID,
        place=Place(path, command.span),
        message=message,
        severity=Severity.HIGH,
        confidence=Confidence.LOW if is_for_tests(path) else Confidence.HIGH,
        service="devops",
        remedy=_remedy(),
    )


def _of_feeds(repository: Repository) -> Iterator[Finding]:
    for document in repository.documents:
        if document.kind is DocumentKind.WEB_CONFIG:
            yield from (found for root in document.roots for found in _of_config(document, root))


def _of_config(document: Document, root: Expr) -> Iterator[Finding]:
    for source in entries_at(root, "configuration", "packageSourceCredentials"):
        for add in source.value.entries if isinstance(source.value, Record) else ():
            key, value = entry_of(add.value, "@key"), entry_of(add.value, "@value")
            if key is None or value is None:
                continue
            clear = (text_of(key.value) or "").casefold() == "cleartextpassword"
            if clear and not stands_for_something(text_of(value.value) or ""):
                yield Finding(
                    rule=_ID,
                    place=Place(document.path, add.span),
                    message=(
                        f"the password of the package source `{text_of(source.key)}` is written here: "
                        "change it, and let a credential provider sign in"
                    ),
                    severity=Severity.HIGH,
                    confidence=Confidence.HIGH,
                    service="devops",
                    subject=text_of(source.key) or "",
                    remedy=_remedy(),
                )


def _remedy() -> Remedy:
    return Remedy(
        instead="az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798",
        language="shell",
        identity="a managed identity or service principal that is a user of the organisation",
        local_auth_off="turn personal access tokens off, or limit them, in the organisation's policies",
        note="in a pipeline, `$(System.AccessToken)` is its own token; agents take `--auth sp`",
    )


_GUIDE = (
    "https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/"
    "service-principal-managed-identity"
)
RULE = Rule(
    id=_ID,
    group=Group.CREDENTIALS,
    title="A personal access token of Azure DevOps is stored",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    why=(
        "A personal access token acts as the person who made it, wherever it is used from, until it expires. "
        "Azure DevOps takes tokens of Microsoft Entra for managed identities and service principals."
    ),
    instead=(
        "Let what runs ask for a token as a managed identity that is a user of the organisation; in a "
        "pipeline use the pipeline's own token."
    ),
    sources=(_GUIDE,),
    check=_check,
)
