"""Workloads that get a role over a service where one over its data would do.

Rules:
- the role administers the service, or reads its keys, and opens the data only by way of them;
- the identity of something that runs code is held to use data, and not to administer: medium confidence;
  of any other workload, which may be a pipeline that deploys, it is low;
- whoever gets a data role of the service as well needs no keys, be it a person or whoever deploys: medium.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.children import by_type, referring
from keyless.assess.deployed.compute import is_compute
from keyless.assess.deployed.grants import Grant
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.privilege._grant import all_grants, at, given_to, once, standing
from keyless.assess.rules.privilege._who import Who, who
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.expressions import dotted

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
    runs = _running(repository)
    with_data = {_key(one) for one in all_grants(repository) if _family_of(one.role_name)}
    for grant in all_grants(repository):
        known = _DATA_ROLES.get(grant.role.name) if grant.role is not None else None
        if known is None:
            continue
        service, roles = known
        needless = (*_key(grant)[:2], _family_of(roles[0])) in with_data
        if not needless and who(grant) in (Who.PEOPLE, Who.DEPLOYER):
            continue
        yield Finding(
            rule="control-plane-role",
            place=grant.place,
            message=(
                f"{given_to(grant)} gets `{grant.role_name}`{at(grant)}, which administers the service: "
                + (
                    "take it away, it has a role for the data as well"
                    if needless
                    else f"for its data {_either(roles)} would do"
                )
            ),
            severity=Severity.MEDIUM,
            confidence=standing(
                repository, grant, Confidence.MEDIUM if needless or grant.to in runs else Confidence.LOW
            ),
            service=service,
            subject=grant.to,
            remedy=Remedy(roles=roles, scope=grant.at),
        )


def _either(roles: tuple[str, ...]) -> str:
    return " or ".join(f"`{role}`" for role in roles)


def _running(repository: Repository) -> set[str]:
    """The symbols of what runs code, and of the identities that it carries."""
    runs = {one.symbol for one in repository.view(deployed) if is_compute(one.arm_type)}
    carried = {
        identity.symbol
        for identity in repository.view(by_type).get(_IDENTITY, ())
        if any(is_compute(one.arm_type) for one in referring(repository, identity))
    }
    return runs | carried


def _key(grant: Grant) -> tuple[str, str, str]:
    """A file, who gets the role there, and what family the role is of."""
    principal = "" if grant.principal is None else dotted(grant.principal) or ""
    return grant.head.path, principal or grant.to, _family_of(grant.role_name)


def _family_of(role: str) -> str:
    """`Storage Blob` of `Storage Blob Data Owner`; empty for a role that opens no data."""
    family, data, _ = role.partition(" Data ")
    return family if data else ""


_IDENTITY = "microsoft.managedidentity/userassignedidentities"

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
