"""Secrets that are kept in App Configuration.

Rules:
- a value that refers to a secret of a vault is as it should be;
- a key of a resource, a secure parameter or a drawn password as a value is not.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Severity, Step
from keyless.assess.flows.flow import Flow
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.rules.vault._secrets import secrets_in, what_it_is

_KEY_VALUE = "microsoft.appconfiguration/configurationstores/keyvalues"
_REFERENCE = "keyvaultref"


def _check(repository: Repository) -> Iterable[Finding]:
    for found in repository.view(deployed):
        if found.arm_type.casefold() != _KEY_VALUE or found.existing or _is_reference(found):
            continue
        value = found.value("properties.value").expression
        secrets = secrets_in(repository, found.template, value) if value is not None else ()
        if secrets:
            yield _finding(repository, found, secrets[0])


def _is_reference(found: Deployed) -> bool:
    kind = found.value("properties.contentType")
    return kind.told is Told.UNKNOWN or _REFERENCE in str(kind.literal or "").casefold()


def _finding(repository: Repository, found: Deployed, flow: Flow) -> Finding:
    subject, place = subject_of(found), found.value("properties.value").place
    return Finding(
        rule="secret-in-app-configuration",
        place=place,
        message=(
            f"`{subject}` keeps {what_it_is(flow)} in App Configuration, where every reader of its settings "
            "sees it: keep it in Key Vault and refer to it, or use an identity"
        ),
        severity=Severity.HIGH,
        confidence=confidence_at(repository, found, Confidence.HIGH),
        service=flow.service,
        subject=subject,
        steps=(*flow.steps, Step(place, f"kept as `{subject}`")),
    )


RULE = Rule(
    id="secret-in-app-configuration",
    group=Group.VAULT,
    title="App Configuration keeps a secret",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    why=(
        "App Configuration shows every value to all who may read the store, and in its history and "
        "snapshots. It has no rotation, and no role for one value alone."
    ),
    instead=(
        "Use an identity where the target takes one. Else keep the secret in Key Vault, and a Key Vault "
        "reference in App Configuration."
    ),
    sources=(
        "https://learn.microsoft.com/azure/azure-app-configuration/use-key-vault-references-dotnet-core",
        "https://learn.microsoft.com/azure/azure-app-configuration/faq",
    ),
    check=_check,
)
