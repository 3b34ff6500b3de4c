"""Who a role assignment is for, as far as the file tells.

Rules:
- the identity of a resource, a service principal, or a principal type of `ServicePrincipal` is a workload;
- a user or group, or such a principal type, is people, whose roles are not what these rules speak of;
- whoever runs the deployment (`azurerm_client_config`, `deployer()`) is that, and not a workload that it
  makes;
- a parameter with a plain name says nothing.
"""

from __future__ import annotations

import enum

from keyless.assess.deployed.deployed import Told
from keyless.assess.deployed.grants import Grant
from keyless.assess.findings.finding import Confidence
from keyless.assess.syntax.expressions import (
    Call,
    Command,
    Expr,
    Index,
    Literal,
    Member,
    Name,
    dotted,
    text_of,
    within,
)


class Who(enum.StrEnum):
    """Kinds of principals."""

    WORKLOAD = "workload"
    PEOPLE = "people"
    DEPLOYER = "deployer"
    UNKNOWN = "unknown"


_WORKLOADS = ("azurerm_user_assigned_identity", "azuread_service_principal", "azuread_application")
_PEOPLE = ("azuread_user", "azuread_group", "azuread_users", "azuread_groups")
_PEOPLE_WORDS = (
    "user",
    "group",
    "admin",
    "developer",
    "operator",
    "person",
    "owner",
    "loggedin",
    "signedin",
)
_IDENTITY_MEMBERS = frozenset({"principalid", "principal_id"})
_WORKLOAD_WORDS = ("identity", "serviceprincipal", "msi", "spn")


def who(grant: Grant) -> Who:
    """The kind of principal that a role is assigned to."""
    if grant.principal_type.told is Told.WRITTEN and grant.principal_type.literal is not None:
        workload = grant.principal_type.is_("ServicePrincipal")
        return _told(grant, Who.WORKLOAD if workload else Who.PEOPLE)
    if grant.to:
        return Who.WORKLOAD
    return who_is(grant.principal)


def _told(grant: Grant, by_type: Who) -> Who:
    """What the principal type says, unless the principal is whoever deploys."""
    by_expression = who_is(grant.principal)
    return by_expression if by_expression is Who.DEPLOYER else by_type


def who_is(principal: Expr | None) -> Who:
    """The kind of principal that an expression stands for."""
    if principal is None or isinstance(principal, Literal):
        return Who.UNKNOWN
    found = {_of_part(part) for part in within(principal)}
    for kind in (Who.DEPLOYER, Who.PEOPLE, Who.WORKLOAD):
        if kind in found:
            return kind
    return Who.UNKNOWN


def _of_part(part: Expr) -> Who:
    match part:
        case Command(words=words):
            return _of_command(" ".join(text for one in words if (text := text_of(one))))
        case Call(callee=callee):
            called = (dotted(callee) or "").casefold()
            return Who.DEPLOYER if called == "deployer" else Who.UNKNOWN
        case Member() | Name() | Index():
            return _of_name(part, (dotted(part) or "").casefold())
        case _:
            return Who.UNKNOWN


def _of_name(part: Expr, written: str) -> Who:
    if "azurerm_client_config" in written or "azuread_client_config" in written:
        return Who.DEPLOYER
    if any(f"{kind}." in written for kind in _PEOPLE):
        return Who.PEOPLE
    if any(f"{kind}." in written for kind in _WORKLOADS) or _is_identity(part, written):
        return Who.WORKLOAD
    return _by_name(written)


def _of_command(asked: str) -> Who:
    """Whom a command of a script looks up."""
    if "ad signed-in-user" in asked or "ad user " in asked or "ad group " in asked:
        return Who.PEOPLE
    if "ad sp " in asked or "identity show" in asked or "identity create" in asked:
        return Who.WORKLOAD
    return Who.UNKNOWN


def _is_identity(part: Expr, written: str) -> bool:
    """`app.identity.principalId`, `identity.properties.principalId`, `…identity[0].principal_id`."""
    named = isinstance(part, Member) and part.name.casefold() in _IDENTITY_MEMBERS
    return named and not written.startswith(("var.", "param"))


def _by_name(written: str) -> Who:
    last = written.rpartition(".")[2]
    if any(word in last.replace("_", "") for word in _WORKLOAD_WORDS) or "sp" in last.split("_"):
        return Who.WORKLOAD
    if any(word in last.replace("_", "") for word in _PEOPLE_WORDS):
        return Who.PEOPLE
    return Who.UNKNOWN


def confidence_of(kind: Who, sure: Confidence = Confidence.HIGH) -> Confidence:
    """How sure a finding about a workload is, by who gets the role."""
    return {Who.WORKLOAD: sure, Who.UNKNOWN: Confidence.MEDIUM}.get(kind, Confidence.LOW)
