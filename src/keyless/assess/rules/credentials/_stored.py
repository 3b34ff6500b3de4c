"""The rules on stored credentials are one: they differ by the services and forms that they speak of.

Rules:
- a flow is one finding, at the place where the credential is used, or as far as it could be followed;
- it matters less where the credential comes out of a vault or may be left out, and least in tests, samples;
- the message names places, settings and resources, never a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyless.assess.findings.finding import Confidence, Finding, Fix, Remedy, Severity
from keyless.assess.fixes.clients import client_fix
from keyless.assess.fixes.key_pairs import pair_fix
from keyless.assess.flows.flow import Origin
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.stored.all import stored_credentials
from keyless.assess.stored.remedies import plain_name, remedy_of
from keyless.assess.stored.stored import Stored
from keyless.catalog.client_calls import Form
from keyless.catalog.services import service

_WHAT = {
    Form.CONNECTION_STRING: "a connection string",
    Form.ACCOUNT_KEY: "a key",
    Form.API_KEY: "an API key",
    Form.SAS: "a shared access signature",
    Form.PASSWORD: "a password",
    Form.ENTRA_SECRET: "a client secret",
    Form.CERTIFICATE: "a certificate",
    Form.ANY: "a key",
}
_BESIDE = frozenset(
    {"test", "tests", "spec", "specs", "sample", "samples", "example", "examples", "demo", "demos", "e2e"}
    | {"testing", "__tests__", "integrationtests", "unittests", "benchmark", "benchmarks", "docs"}
)
_GUIDANCE = "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview"


def stored_rule(
    rule_id: str,
    *,
    services: frozenset[str],
    title: str,
    why: str,
    instead: str,
    sources: tuple[str, ...] = (),
    forms: frozenset[Form] = frozenset(Form),
    severity: Severity = Severity.HIGH,
) -> Rule:
    """A rule that finds the stored credentials of some services, in some forms."""

    def check(repository: Repository) -> Iterator[Finding]:
        for one in repository.view(stored_credentials):
            if one.service in services and one.form in forms:
                yield _finding(rule_id, repository, one, severity)

    return Rule(
        id=rule_id,
        group=Group.CREDENTIALS,
        title=title,
        severity=severity,
        confidence=Confidence.HIGH,
        why=why,
        instead=instead,
        sources=(*sources, _GUIDANCE),
        check=check,
    )


def _finding(rule_id: str, repository: Repository, stored: Stored, severity: Severity) -> Finding:
    remedy = remedy_of(repository, stored)
    return Finding(
        rule=rule_id,
        place=stored.place,
        message=_message(stored),
        severity=_severity(stored, severity),
        confidence=stored.confidence,
        service=stored.service,
        subject=stored.flow.subject or stored.flow.name or stored.where,
        steps=stored.steps,
        also=stored.also,
        remedy=remedy,
        fix=_fix(repository, stored, remedy),
    )


def _fix(repository: Repository, stored: Stored, remedy: Remedy) -> Fix | None:
    if stored.use is None:
        return None
    whole = client_fix(repository, stored.use, stored.flow, remedy)
    return whole or pair_fix(repository, stored.use, stored.flow, remedy)


def _message(stored: Stored) -> str:
    of = "Entra ID" if stored.service == "entra" else _name(stored.service)
    may = " if it is set" if stored.optional else ""
    return (
        f"`{stored.where}` {_does(stored)} {_WHAT[stored.form]} of {of}{_from(stored)}{may}: sign in with a "
        "managed identity instead"
    )


def _does(stored: Stored) -> str:
    if stored.use is not None or stored.is_command:
        return "is given"
    if stored.flow.origin is Origin.ENTRA_SECRET:
        return "makes"
    return "reads" if _is_read_itself(stored) else "holds"


def _is_read_itself(stored: Stored) -> bool:
    """Whether the command that reads a key is all that is told of it."""
    return any(step.what == f"read with `{stored.where}`" for step in stored.flow.steps[:1])


def _from(stored: Stored) -> str:
    flow = stored.flow
    if _is_read_itself(stored):
        return ""
    named: dict[Origin, Callable[[], str]] = {
        Origin.KEY_OF_RESOURCE: lambda: f", which is {flow.steps[0].what}" if flow.steps else "",
        Origin.WRITTEN: lambda: f", which is written in `{flow.place.path}`",
        Origin.VAULT: lambda: (
            f", which is kept in a vault as `{flow.name}`" if flow.name else " from a vault"
        ),
        Origin.PIPELINE_SECRET: lambda: f", which is the pipeline's secret `{flow.name}`",
        Origin.SETTING: lambda: f" from {'secret' if flow.secret else 'setting'} `{flow.name}`",
        Origin.PARAMETER: lambda: f" from parameter `{flow.name}`",
        Origin.GENERATED: lambda: ", which is drawn at deployment",
    }
    return named[flow.origin]() if flow.origin in named else ""


def _severity(stored: Stored, most: Severity) -> Severity:
    if _is_beside(stored.place.path):
        return Severity.LOW
    kept = stored.in_vault or bool(stored.flow.by_vault)
    milder = stored.flow.origin is Origin.VAULT or kept or stored.optional
    milder = milder or stored.confidence is Confidence.LOW
    return Severity.MEDIUM if milder and most is Severity.HIGH else most


def _is_beside(path: str) -> bool:
    """Whether a file is of tests or samples; packages of Java may be called what they like."""
    folder, _, name = f"/{path.casefold()}".partition("/src/main/")[0].rpartition("/")
    stem = "" if "/src/main/" in f"/{path}" else name.partition(".")[0]
    folders = {*folder.split("/"), *({name} if not stem else ())}
    return bool(_BESIDE & folders) or stem.startswith("test_") or stem.endswith(("_test", "tests"))


def _name(key: str) -> str:
    try:
        return plain_name(service(key))
    except KeyError:
        return key
