"""Services that take keys beside Entra."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.local_auth._switch import switched_on
from keyless.assess.rules.rule import Group, Rule


def _check(repository: Repository) -> Iterable[Finding]:
    return switched_on(repository, "local-auth-on", Severity.MEDIUM)


RULE = Rule(
    id="local-auth-on",
    group=Group.LOCAL_AUTH,
    title="A service takes keys beside Entra",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "As long as a service takes keys, whoever has one passes by every identity and role, and nothing in "
        "its log says who that was. A key is also what all control-plane roles that may list keys come down "
        "to."
    ),
    instead=(
        "Let every client sign in with its managed identity, give it the service's data role, and then turn "
        "local authentication off on the resource itself. Accounts of Cosmos DB for MongoDB (RU) take keys "
        "alone, and are left out: move these to a cluster that takes Entra."
    ),
    sources=(
        "https://learn.microsoft.com/azure/ai-services/disable-local-auth",
        "https://learn.microsoft.com/azure/cosmos-db/how-to-connect-role-based-access-control",
        "https://learn.microsoft.com/azure/service-bus-messaging/disable-local-authentication",
        "https://learn.microsoft.com/azure/azure-app-configuration/howto-disable-access-key-authentication",
    ),
    check=_check,
)
