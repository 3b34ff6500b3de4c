"""SQL servers that take logins with passwords beside Entra.

Rules:
- a child or an administrator of its own says for the server whether Entra alone counts;
- what cannot be told of one that there is leaves the server alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.children import about
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.local_auth._switch import finding_of, is_on
from keyless.assess.rules.rule import Group, Rule
from keyless.catalog.local_auth import local_auth_of

_SAYS = (
    ("azureADOnlyAuthentications", "properties.azureADOnlyAuthentication"),
    ("administrators", "properties.azureADOnlyAuthentication"),
)


def _check(repository: Repository) -> Iterable[Finding]:
    rows = local_auth_of("sql-authentication")
    for found in repository.view(deployed):
        for row in rows.get(found.arm_type.casefold(), ()):
            if not found.existing and is_on(found, row) and not _turned_off_beside(repository, found):
                yield finding_of(repository, found, row, Severity.MEDIUM)


def _turned_off_beside(repository: Repository, server: Deployed) -> bool:
    for child, path in _SAYS:
        for one in about(repository, server, f"{server.arm_type}/{child}"):
            value = one.value(path)
            if value.told is Told.UNKNOWN or value.is_(True):
                return True
    return False


RULE = Rule(
    id="sql-authentication",
    group=Group.LOCAL_AUTH,
    title="A SQL server takes logins with passwords",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "SQL logins have passwords that stand in connection strings, and their server administrator owns "
        "every database. Entra's rules on sign-ins do not hold for them."
    ),
    instead=(
        "Make an Entra group the administrator, create a user in the database for each workload's managed "
        "identity, and set `azureADOnlyAuthentication: true`."
    ),
    sources=(
        "https://learn.microsoft.com/azure/azure-sql/database/authentication-azure-ad-only-authentication",
        "https://learn.microsoft.com/azure/synapse-analytics/sql/active-directory-authentication",
    ),
    check=_check,
)
