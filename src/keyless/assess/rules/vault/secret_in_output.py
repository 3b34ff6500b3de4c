"""Outputs of templates that show secrets.

Rules:
- outputs of Bicep and ARM templates stand in the deployment's history for whoever may read it; one that is
  secure does not;
- an output of Terraform stands in the state in plain, whether it is sensitive or not: what is sensitive is
  not printed at least, and where something else is found to use it, it is told with that;
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
from keyless.assess.rules.vault._secrets import secrets_in, what_it_is
from keyless.assess.rules.vault._told import is_told_of_service
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
            if output.secure and _is_kept(repository, template, output):
                continue
            found = secrets_in(repository, template, output.value)
            if found:
                yield _finding(repository, template, output, found[0])


def _is_kept(repository: Repository, template: Template, output: Output) -> bool:
    """Whether a secure output is as it should be, or told with where its secret goes on to."""
    if template.dialect is not Dialect.TERRAFORM:
        return True
    return is_told_of_service(repository, template.path, output.span)


def _finding(repository: Repository, template: Template, output: Output, flow: Flow) -> Finding:
    terraform = template.dialect is Dialect.TERRAFORM
    where = "the state" if terraform else "the history of deployments"
    place = Place(template.path, output.span)
    return Finding(
        rule="secret-in-output",
        place=place,
        message=f"the output `{output.name}` puts {what_it_is(flow)} into {where} in plain: {_instead(flow)}",
        severity=Severity.MEDIUM if terraform and output.secure else Severity.HIGH,
        confidence=Confidence.LOW if is_unsure(repository, template.path) else Confidence.HIGH,
        service=flow.service,
        subject=output.name,
        steps=(*flow.steps, Step(place, f"given out as `{output.name}`")),
    )


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
