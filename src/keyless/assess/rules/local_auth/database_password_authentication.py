"""PostgreSQL, MySQL and MongoDB servers that take logins with passwords.

Rules:
- PostgreSQL and MongoDB have a property; MySQL has a parameter of the server, `aad_auth_only`;
- single servers, which Azure has retired, cannot turn passwords off at all;
- a replica or a restored server has what its source has, and is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.children import about
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.local_auth._switch import finding_of, is_on
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.expressions import text_of
from keyless.catalog.local_auth import local_auth_of

_ID = "database-password-authentication"
_MYSQL = "Microsoft.DBforMySQL/flexibleServers"
_SINGLE = {
    "microsoft.dbforpostgresql/servers": "postgres",
    "microsoft.dbformysql/servers": "mysql",
    "microsoft.dbformariadb/servers": "mysql",
}


def _check(repository: Repository) -> Iterable[Finding]:
    for found in repository.view(deployed):
        if not found.existing and not _is_copy(found):
            yield from _of_server(repository, found)


def _of_server(repository: Repository, found: Deployed) -> Iterator[Finding]:
    kind = found.arm_type.casefold()
    for row in local_auth_of(_ID).get(kind, ()):
        if is_on(found, row):
            yield finding_of(repository, found, row, Severity.MEDIUM)
    if kind == _MYSQL.casefold() and not _entra_only(repository, found):
        text = "set the server parameter `aad_auth_only` to `ON` once nothing uses them"
        yield _finding(repository, found, "mysql", text)
    if kind in _SINGLE:
        text = "it cannot turn them off; move to a flexible server, which can"
        yield _finding(repository, found, _SINGLE[kind], text)


def _is_copy(found: Deployed) -> bool:
    mode = found.value("properties.createMode")
    if mode.told is Told.ABSENT:
        return False
    return not mode.is_("Default") and not mode.is_("Create")


def _entra_only(repository: Repository, server: Deployed) -> bool:
    parameters = about(repository, server, f"{_MYSQL}/configurations")
    return any(_is_entra_only(one) for one in parameters)


def _is_entra_only(parameter: Deployed) -> bool:
    named = parameter.value("name")
    name = parameter.name or text_of(named.expression) or ""
    if name and not name.casefold().endswith("aad_auth_only"):
        return False
    value = parameter.value("properties.value")
    return value.told is Told.UNKNOWN or value.is_("ON")


def _finding(repository: Repository, found: Deployed, service: str, text: str) -> Finding:
    subject = subject_of(found)
    return Finding(
        rule=_ID,
        place=found.head,
        message=f"`{subject}` takes logins with passwords: {text}",
        severity=Severity.MEDIUM,
        confidence=confidence_at(repository, found, Confidence.HIGH),
        service=service,
        subject=subject,
        remedy=Remedy(local_auth_off="aad_auth_only = ON") if service == "mysql" else None,
    )


RULE = Rule(
    id=_ID,
    group=Group.LOCAL_AUTH,
    title="A database server takes logins with passwords",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "Passwords of database users stand in settings and connection strings, seldom change, and say "
        "nothing about who uses them. A managed identity signs in with a token that is good for an hour."
    ),
    instead=(
        "Make an Entra administrator, create a database user for each managed identity, let the clients sign "
        "in with tokens, and then turn password authentication off."
    ),
    sources=(
        "https://learn.microsoft.com/azure/postgresql/flexible-server/security-entra-concepts",
        "https://learn.microsoft.com/azure/mysql/flexible-server/concepts-azure-ad-authentication",
    ),
    check=_check,
)
