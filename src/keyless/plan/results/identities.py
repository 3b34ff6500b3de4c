"""Which identity each compute resource should have, and why."""

from __future__ import annotations

import enum

import msgspec

from keyless.model.identities import IdentityKind
from keyless.plan.problem import Subject


class IdentityChange(enum.StrEnum):
    """What is to be done with a compute resource's identity."""

    KEEP = "keep"
    """It has the right one."""
    ADD = "add"
    """It has none, and gets one."""
    SHARE = "share"
    """It gets a user-assigned identity together with others, in place of its own."""
    SEPARATE = "separate"
    """It gets another one, in place of one that it shares and should not."""
    REPLACE = "replace"
    """It gets one of its own of the other type."""


class IdentityRule(enum.StrEnum):
    """The rules by which an identity is chosen."""

    SAME_PERMISSIONS = "samePermissions"
    REPLICATED = "replicated"
    EPHEMERAL = "ephemeral"
    ACCESS_BEFORE_DEPLOYMENT = "accessBeforeDeployment"
    SEPARATE_APPROVAL = "separateApproval"
    AUDIT_PER_RESOURCE = "auditPerResource"
    LIFECYCLE_WITH_RESOURCE = "lifecycleWithResource"
    ONLY_SYSTEM_ASSIGNED = "onlySystemAssigned"
    ONLY_USER_ASSIGNED = "onlyUserAssigned"
    INSTANCES_COME_AND_GO = "instancesComeAndGo"
    OWN_PERMISSIONS = "ownPermissions"
    WORKS_AS_IT_IS = "worksAsItIs"
    ISOLATION = "isolation"
    SEVERAL_IN_USE = "severalInUse"
    NOTHING_SEEN = "nothingSeen"
    ACCESS_POLICIES_FIRST = "accessPoliciesFirst"


class IdentityChoice(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The identity of one compute resource.

    ``resource`` is its ARM id; ``identity`` is what the plan's roles go to, and ``location`` where that one
    is; ``members`` are the ids of all the resources that have it, ``replaces`` the principals whose access
    it takes over, ``besides`` the other identities that the resource has and keeps. ``rules`` are those
    that spoke, ``would_change`` says what would make the choice another one. Code must name the identity by
    its client id (`AZURE_CLIENT_ID`) where it ``names_client_id``. In a cluster it runs as a
    ``service_account`` (``namespace/name``), which is empty elsewhere.
    """

    resource: str
    name: str
    change: IdentityChange
    chosen: IdentityKind
    identity: Subject
    members: tuple[str, ...]
    replaces: tuple[Subject, ...] = ()
    besides: tuple[Subject, ...] = ()
    rules: tuple[IdentityRule, ...] = ()
    reason: str = ""
    would_change: tuple[str, ...] = ()
    location: str = ""
    names_client_id: bool = False
    service_account: str = ""


class NearGroup(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Resources that need nearly the same, and what they would have to give up to share an identity.

    ``members`` are ids; ``common`` is how many permissions all of them would get in any case, ``widened``,
    for each, how many it would get that it does not get now.
    """

    members: tuple[str, ...]
    common: int
    widened: tuple[int, ...]
    assignments_saved: int
    remark: str


class IdentityPlan(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Every choice, the near groups, and how many role assignments these identities need.

    ``assignments_before`` with the identities as they are, ``assignments_after`` with the chosen ones, and
    ``assignments_apart`` if each resource had one of its own: the least that suffices, in each case.
    """

    choices: tuple[IdentityChoice, ...] = ()
    near: tuple[NearGroup, ...] = ()
    assignments_before: int = 0
    assignments_after: int = 0
    assignments_apart: int = 0

    def of_resource(self, resource_id: str) -> IdentityChoice | None:
        """The choice for a compute resource; none where there is none."""
        wanted = resource_id.casefold()
        return next((one for one in self.choices if one.resource.casefold() == wanted), None)
