"""A user-assigned identity that one resource alone carries.

Rules:
- one resource of the template refers to it in its `identity`, and is not made by a loop or scaled out;
- it is said with low confidence, since another template may attach it too, or access have to be there first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.deployed.children import by_type, referring
from keyless.assess.deployed.compute import is_compute
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Severity, Step
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.expressions import dotted, within
from keyless.assess.syntax.templates import Resource, Template

_IDENTITY = "microsoft.managedidentity/userassignedidentities"
_REPLICATED = ("virtualmachinescalesets", "managedclusters")


def _check(repository: Repository) -> Iterable[Finding]:
    for identity in repository.view(by_type).get(_IDENTITY, ()):
        if identity.existing:
            continue
        carriers = [one for one in referring(repository, identity) if is_compute(one.arm_type)]
        if len(carriers) == 1 and _is_single(carriers[0]) and not _goes_out(repository, identity):
            yield _finding(identity, carriers[0])


def _is_single(found: Deployed) -> bool:
    if found.arm_type.casefold().endswith(_REPLICATED):
        return False
    return isinstance(found.declared, Resource) and found.declared.repeated is None


def _goes_out(repository: Repository, identity: Deployed) -> bool:
    """Whether the template hands the identity on: as an output, or to a module."""
    handed = repository.view(handed_on).get(identity.template.path, frozenset())
    return identity.symbol.rpartition(".")[2] in handed


def handed_on(repository: Repository) -> dict[str, frozenset[str]]:
    """The names that stand in each template's outputs, and in what it hands to modules."""
    return {template.path: frozenset(_handed_on(template)) for template in repository.templates}


def _handed_on(template: Template) -> Iterator[str]:
    for expression in (
        *(one.value for one in template.outputs),
        *(one.arguments for one in template.modules),
    ):
        for part in within(expression):
            yield from (dotted(part) or "").split(".")


def _finding(identity: Deployed, carrier: Deployed) -> Finding:
    return Finding(
        rule="own-identity-fits",
        place=identity.head,
        message=(
            f"only `{subject_of(carrier)}` carries the identity `{subject_of(identity)}`: give it a "
            "system-assigned one instead, which goes when the resource goes"
        ),
        severity=Severity.LOW,
        confidence=Confidence.LOW,
        subject=subject_of(identity),
        steps=(Step(carrier.head, f"`{subject_of(carrier)}` carries it"),),
    )


RULE = Rule(
    id="own-identity-fits",
    group=Group.IDENTITY,
    title="One resource alone carries a user-assigned identity",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    why=(
        "A user-assigned identity outlives what carries it, with all its roles, and whoever may attach it "
        "can put it on something else. Where one resource alone uses it, a system-assigned one has neither "
        "problem."
    ),
    instead=(
        "Let the resource have a system-assigned identity. Keep the user-assigned one where access must be "
        "there before the resource is, where it is replaced often, or where making identities takes approval."
    ),
    sources=(
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations",
    ),
    check=_check,
)
