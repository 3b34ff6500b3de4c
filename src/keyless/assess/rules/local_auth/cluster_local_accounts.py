"""Kubernetes clusters that keep local accounts."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.local_auth._switch import switched_on
from keyless.assess.rules.rule import Group, Rule


def _check(repository: Repository) -> Iterable[Finding]:
    return switched_on(repository, "cluster-local-accounts", Severity.MEDIUM)


RULE = Rule(
    id="cluster-local-accounts",
    group=Group.LOCAL_AUTH,
    title="A cluster keeps its local accounts",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "A local account of AKS is a client certificate with all rights on the cluster. It lives in every "
        "kubeconfig that `--admin` fetched, and goes on working when its holder has lost every role."
    ),
    instead=(
        "Turn Entra integration on, give people and pipelines Azure RBAC roles for Kubernetes, and set "
        "`disableLocalAccounts: true`."
    ),
    sources=("https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad",),
    check=_check,
)
