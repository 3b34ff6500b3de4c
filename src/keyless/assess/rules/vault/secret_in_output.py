"""Outputs of templates that show secrets.

Rules:
- outputs of Bicep and ARM templates stand in the deployment's history for whoever may read it, and an output
  of Terraform stands in the state in plain: both are of high severity where they show the secret;
- one that is secure (`@secure()`, `sensitive`) is not shown, and hands the secret on all the same: it is of
  low severity, whatever else is found to use the secret;
- an output of a module that another output gives out further is one finding with that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from keyless.assess.deployed.standing import is_unsure
from keyless.assess.findings.finding import Confidence, Finding, Severity, Step
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.rules.vault._handed_on import handed_on, what_is_handed_on
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Dialect, Output, Template

_ENTRA = "entra"


def _check(repository: Repository) -> Iterable[Finding]:
    found = list(_all(repository))
    passed = defaultdict(set)
    for one in found:
        for step in one.steps:
            passed[step.place.path].add((step.place.span.start, one.place))
    return [one for one in found if not _is_passed_on(one, passed[one.place.path])]


def _is_passed_on(finding: Finding, steps: set[tuple[int, Place]]) -> bool:
    """Whether another output gives out what this one hands to it."""
    span = finding.place.span
    return any(span.start <= at < span.end and place != finding.place for at, place in steps)


def _all(repository: Repository) -> Iterator[Finding]:
    for template in repository.templates:
        for output in template.outputs:
            found = handed_on(repository, template, output.value)
            if found is not None:
                yield _finding(repository, template, output, found)


def _finding(repository: Repository, template: Template, output: Output, flow: Flow) -> Finding:
    place = Place(template.path, output.span)
    confidence = Confidence.MEDIUM if output.secure else Confidence.HIGH
    return Finding(
        rule="secret-in-output",
        place=place,
        message=f"the output `{output.name}` {_what_it_does(template, output, flow)}: {_instead(flow)}",
        severity=Severity.LOW if output.secure else Severity.HIGH,
        confidence=Confidence.LOW if is_unsure(repository, template.path) else confidence,
        service=flow.service,
        subject=output.name,
        steps=(*flow.steps, Step(place, f"given out as `{output.name}`")),
    )


def _what_it_does(template: Template, output: Output, flow: Flow) -> str:
    if template.dialect is Dialect.TERRAFORM:
        read = ", where `terraform output` reads it" if output.secure else ""
        return f"puts {what_is_handed_on(flow)} into the state in plain{read}"
    if output.secure:
        return f"hands {what_is_handed_on(flow)} on"
    return f"puts {what_is_handed_on(flow)} into the history of deployments in plain"


def _instead(flow: Flow) -> str:
    if flow.service == _ENTRA:
        return "let what needs it sign in with a managed identity or by federation"
    if flow.origin is Origin.KEY_OF_RESOURCE:
        return "give out the resource's name or endpoint, and let what needs it sign in with its identity"
    return "keep it in Key Vault, and give out its name there"


RULE = Rule(
    id="secret-in-output",
    group=Group.VAULT,
    title="An output of a template shows a secret",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    why=(
        "Outputs stay in the history of deployments, where everyone who may read the resource group can see "
        "them, and in the state of Terraform. Rotating the secret is the only way to take it back."
    ),
    instead=(
        "Give out names and endpoints. Where a secret must be handed on, put it into Key Vault in the "
        "template and give out its name."
    ),
    sources=(
        "https://learn.microsoft.com/azure/azure-resource-manager/bicep/linter-rule-outputs-should-not-contain-secrets",
        "https://developer.hashicorp.com/terraform/language/state/sensitive-data",
    ),
    check=_check,
)
