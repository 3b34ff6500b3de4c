"""Workloads that get a role over a service where one over its data would do.

Rules:
- the role administers the service, or reads its keys, and opens the data only by way of them;
- the identity of something that runs code is held to use data, and not to administer: medium confidence;
  of any other workload, which may be a pipeline that deploys, it is low.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.compute import is_compute
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.privilege._grant import all_grants, at, given_to, once, standing
from keyless.assess.rules.privilege._who import Who, who
from keyless.assess.rules.rule import Group, Rule

_DATA_ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Storage Account Contributor": ("blob", ("Storage Blob Data Reader", "Storage Blob Data Contributor")),
    "Storage Account Key Operator Service Role": (
        "blob",
        ("Storage Blob Data Reader", "Storage Blob Data Contributor"),
    ),
    "Reader and Data Access": ("blob", ("Storage Blob Data Reader", "Storage Blob Data Contributor")),
    "DocumentDB Account Contributor": ("cosmos", ("Cosmos DB Built-in Data Reader",)),
    "Cosmos DB Operator": ("cosmos", ("Cosmos DB Built-in Data Reader",)),
    "Key Vault Contributor": ("keyvault", ("Key Vault Secrets User", "Key Vault Crypto User")),
    "Cognitive Services Contributor": ("cognitive", ("Cognitive Services User",)),
    "App Configuration Contributor": ("appconfig", ("App Configuration Data Reader",)),
    "EventGrid Contributor": ("eventgrid", ("EventGrid Data Sender",)),
    "SignalR/Web PubSub Contributor": ("signalr", ("SignalR App Server", "Web PubSub Service Owner")),
    "SignalR AccessKey Reader": ("signalr", ("SignalR App Server",)),
    "Redis Cache Contributor": ("redis", ("the access policy Data Contributor of the cache",)),
    "SQL Server Contributor": ("sql", ("a user of its own in the database",)),
    "SQL DB Contributor": ("sql", ("a user of its own in the database",)),
}


def _check(repository: Repository) -> Iterable[Finding]:
    return once(_found(repository))


def _found(repository: Repository) -> Iterator[Finding]:
    runs = {one.symbol for one in repository.view(deployed) if is_compute(one.arm_type)}
    for grant in all_grants(repository):
        known = _DATA_ROLES.get(grant.role.name) if grant.role is not None else None
        kind = who(grant)
        if known is None or kind in (Who.PEOPLE, Who.DEPLOYER):
            continue
        service, roles = known
        yield Finding(
            rule="control-plane-role",
            place=grant.head,
            message=(
                f"{given_to(grant)} gets `{grant.role_name}`{at(grant)}, which administers the service: for "
                f"its data {' or '.join(f'`{role}`' for role in roles)} would do"
            ),
            severity=Severity.MEDIUM,
            confidence=standing(repository, grant, Confidence.MEDIUM if grant.to in runs else Confidence.LOW),
            service=service,
            subject=grant.to,
            remedy=Remedy(roles=roles, scope=grant.at),
        )


RULE = Rule(
    id="control-plane-role",
    group=Group.PRIVILEGE,
    title="A workload administers a service whose data it uses",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    why=(
        "A role like Storage Account Contributor gives no access to data but by the account's keys, which it "
        "may list: all data, and the settings of the account with it."
    ),
    instead="Assign the data role of the service, at the container, queue, database or vault that is used.",
    sources=(
        "https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory",
        "https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
    ),
    check=_check,
)
