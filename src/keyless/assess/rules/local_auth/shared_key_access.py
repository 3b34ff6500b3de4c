"""Storage accounts that take their keys."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.local_auth._switch import switched_on
from keyless.assess.rules.rule import Group, Rule


def _check(repository: Repository) -> Iterable[Finding]:
    return switched_on(repository, "shared-key-access", Severity.MEDIUM)


RULE = Rule(
    id="shared-key-access",
    group=Group.LOCAL_AUTH,
    title="A storage account takes its account keys",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "An account key opens everything in the account, to anyone, until it is rotated, and so does a "
        "signature that was made with it, until it expires. Shared key access is on where nothing turns it "
        "off."
    ),
    instead=(
        "Give each client a data role (Storage Blob Data Reader and the like) on the container or queue that "
        "it needs, and set `allowSharedKeyAccess: false`. Function apps and tools that mount Azure Files "
        "must be moved off the key first."
    ),
    sources=("https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",),
    check=_check,
)
