"""Resources that take keys or passwords although a property would turn them off.

Rules:
- a property that is written is taken at its word; one that is not, as its type has it without; what cannot be
  told is left;
- variants of a type that take nothing but keys (Cosmos DB with the API of MongoDB) are left;
- where the repository still uses such a credential, that comes first, and no edit is offered;
- an edit is offered where it alone is enough, and the api-version knows the property; what sends telemetry,
  or registers, by a key is seldom seen in a repository: there it takes a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed, Told, Value
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Fix, Remedy, Severity, Step
from keyless.assess.fixes.properties import property_set
from keyless.assess.fixes.said import said
from keyless.assess.repository import Repository
from keyless.assess.stored.all import stored_credentials
from keyless.assess.syntax.expressions import Items, Record, text_of, within
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Module
from keyless.catalog.local_auth import Absent, LocalAuth, Where, local_auth_of
from keyless.catalog.services import services


def switched_on(repository: Repository, rule: str, severity: Severity) -> Iterator[Finding]:
    """A finding for each resource of the rule's types that takes what the property turns off."""
    rows = local_auth_of(rule)
    for found in repository.view(deployed):
        if found.existing:
            continue
        for row in rows.get(found.arm_type.casefold(), ()):
            if is_on(found, row):
                yield finding_of(repository, found, row, severity)


def is_on(found: Deployed, row: LocalAuth) -> bool:
    """Whether the resource takes what the property turns off, as far as that is sure."""
    if any(_holds(found, one) is not False for one in row.except_where):
        return False
    value = found.value(row.path)
    if value.told is Told.ABSENT:
        return row.absent is Absent.ON and all(_holds(found, one) for one in row.only_where)
    return value.told is Told.WRITTEN and _says_on(value, row)


def _says_on(value: Value, row: LocalAuth) -> bool:
    if row.on_with:
        return isinstance(value.means, Items) and any(
            text_of(one) in row.on_with for one in value.means.items
        )
    return value.literal is not None and not value.is_(row.off)


def _holds(found: Deployed, where: Where) -> bool | None:
    """Whether a property has one of the values; none where that cannot be told."""
    value = found.value(where.path)
    if value.told is Told.ABSENT:
        return False
    if not where.values:
        return True
    if any(value.is_(one) for one in where.values):
        return True
    if value.told is Told.WRITTEN and value.literal is not None:
        return False
    if value.expression is None:
        return None
    return _mentions(value, where)


def _mentions(value: Value, where: Where) -> bool | None:
    expression = value.means or value.expression
    texts = {text_of(one) for one in within(expression)} if expression is not None else set()
    if texts & set(where.values):
        return True
    return False if isinstance(expression, Items | Record) else None


def finding_of(repository: Repository, found: Deployed, row: LocalAuth, severity: Severity) -> Finding:
    """The finding on one resource."""
    value = found.value(row.path)
    subject = subject_of(found)
    setting = said(found, row.path, row.off)
    use = repository.view(uses_of_keys).get(_opens(row.service))
    return Finding(
        rule=row.rule,
        place=value.place if value.told is Told.WRITTEN else found.head,
        message=_message(subject, row, setting, in_use=use is not None),
        severity=Severity.LOW if row.minor else severity,
        confidence=confidence_at(repository, found, _confidence(found, value)),
        service=row.service,
        subject=subject,
        steps=() if use is None else (Step(use, "a credential of such a service is still used here"),),
        remedy=Remedy(local_auth_off=setting, language=found.template.dialect.value, note=row.note),
        fix=None if use is not None else _fix(found, row, subject, setting),
    )


def _message(subject: str, row: LocalAuth, setting: str, *, in_use: bool) -> str:
    note = f"; {row.note}" if row.note else ""
    if in_use:
        what = f"`{subject}` takes {row.takes}, and such a credential is still used here"
        return f"{what}: let what uses it sign in with an identity first, then set `{setting}`{note}"
    return f"`{subject}` takes {row.takes}: set `{setting}` once nothing uses them{note}"


def _confidence(found: Deployed, value: Value) -> Confidence:
    """High, and medium for what a public module has by itself: that differs between its versions."""
    by_module = isinstance(found.declared, Module) and value.expression is None
    return Confidence.MEDIUM if by_module else Confidence.HIGH


def uses_of_keys(repository: Repository) -> dict[str, Place]:
    """The first place where a stored credential of each type of resource is used."""
    found: dict[str, Place] = {}
    for one in repository.view(stored_credentials):
        if one.confidence is not Confidence.LOW:
            found.setdefault(_opens(one.service), one.place)
    return found


def _opens(service_key: str) -> str:
    """The type of the resource that a service's credential opens: blobs and queues share an account."""
    known = next((one for one in services() if one.key == service_key), None)
    return (known.arm_type if known is not None else None) or service_key


def _fix(found: Deployed, row: LocalAuth, subject: str, setting: str) -> Fix | None:
    if row.minor or row.on_with or not _is_ready(found, row):
        return None
    edits = property_set(found, row.path, row.off)
    return Fix(f"set `{setting}` on `{subject}`", edits) if edits else None


def _is_ready(found: Deployed, row: LocalAuth) -> bool:
    """Whether Azure takes the edit as it is."""
    if any(found.value(path).told is not Told.ABSENT for path in row.unless) or _too_old(found, row):
        return False
    return all(_holds(found, one) for one in row.needs)


def _too_old(found: Deployed, row: LocalAuth) -> bool:
    version = getattr(found.declared, "api_version", "")
    return bool(version) and version[:10] < row.since[:10]
