"""What findings on role assignments share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.deployed.all_grants import grants
from keyless.assess.deployed.grants import Grant, ScopeKind
from keyless.assess.deployed.script_grants import script_grants
from keyless.assess.deployed.standing import is_unsure
from keyless.assess.deployed.subject import in_words
from keyless.assess.findings.finding import Confidence, Finding
from keyless.assess.repository import Repository

_AT = {
    ScopeKind.OBJECT: "a part of a resource",
    ScopeKind.RESOURCE: "a resource",
    ScopeKind.RESOURCE_GROUP: "a resource group",
    ScopeKind.SUBSCRIPTION: "a subscription",
    ScopeKind.MANAGEMENT_GROUP: "a management group",
}
WIDE = (ScopeKind.SUBSCRIPTION, ScopeKind.MANAGEMENT_GROUP)


def all_grants(repository: Repository) -> tuple[Grant, ...]:
    """Every assignment that templates and scripts of the repository make."""
    return (*repository.view(grants), *repository.view(script_grants))


def once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The first finding at each place: an assignment of several roles, or to several principals, is one."""
    seen = set()
    for finding in findings:
        if finding.place not in seen:
            seen.add(finding.place)
            yield finding


def at(grant: Grant) -> str:
    """Where it is made, in words: ` at a subscription`; empty where that cannot be told."""
    where = _AT.get(grant.scope)
    if where is None:
        return ""
    return f" at `{in_words(grant.at)}`" if grant.at else f" at {where}"


def given_to(grant: Grant) -> str:
    """To whom: the resource, or a principal that has no name here."""
    return f"`{in_words(grant.to)}`" if grant.to else "a principal"


def standing(repository: Repository, grant: Grant, confidence: Confidence) -> Confidence:
    """The confidence where the template may never be deployed: low."""
    return Confidence.LOW if is_unsure(repository, grant.head.path) else confidence
