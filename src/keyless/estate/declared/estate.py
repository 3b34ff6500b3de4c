"""The whole file."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.applications import ApplicationEntry
from keyless.estate.declared.assessment import Assessment
from keyless.estate.declared.groups import GroupEntry
from keyless.estate.declared.issuers import FederationEntry, IssuerEntry
from keyless.estate.declared.principals import DirectoryRoleEntry, SecurityGroupEntry, UserEntry
from keyless.estate.declared.roles import AssignmentEntry, CustomRoleEntry, DenyEntry, ManagementGroupEntry
from keyless.estate.declared.tenant import SubscriptionEntry, TenantEntry
from keyless.estate.declared.texts import VERSION
from keyless.estate.declared.workloads import WorkloadEntry
from keyless.estate.shapes.containers import Entries, ListOf, MapOf
from keyless.estate.shapes.record import Record, RecordOf, defaulted, optional, required
from keyless.estate.shapes.scalars import Text, WholeNumber
from keyless.model.derived_ids import DEFAULT_LOCATION, DEFAULT_NAME


class EstateEntry(Record, title="an estate", extensible=True):
    """What a project's world consists of: its resources, identities, role assignments, secrets and settings.

    Keys that begin with `x-` are left alone: keep YAML anchors there.
    """

    version = required(WholeNumber(VERSION, VERSION, "the version"), "The version of this format.")
    tenant = optional(
        RecordOf(TenantEntry), f"The Microsoft Entra tenant. Left out: one called `{DEFAULT_NAME}`."
    )
    subscription = optional(
        RecordOf(SubscriptionEntry), f"The subscription. Left out: one called `{DEFAULT_NAME}`."
    )
    location = defaulted(
        Text(naming.LOCATION), "Where the resource groups are that do not say so.", default=DEFAULT_LOCATION
    )
    resource_groups = defaulted(
        MapOf(Text(naming.RESOURCE_GROUP), RecordOf(GroupEntry), "resource groups"),
        "The resource groups, by name.",
        default=Entries(),
    )
    applications = defaulted(
        MapOf(Text(naming.APPLICATION), RecordOf(ApplicationEntry), "applications"),
        "Application registrations, by name.",
        default=Entries(),
    )
    users = defaulted(
        MapOf(Text(naming.USER_NAME), RecordOf(UserEntry), "users"),
        "The people in the directory, by name.",
        default=Entries(),
    )
    groups = defaulted(
        MapOf(Text(naming.SECURITY_GROUP), RecordOf(SecurityGroupEntry), "groups"),
        "The security groups, by name.",
        default=Entries(),
    )
    directory_roles = defaulted(
        ListOf(RecordOf(DirectoryRoleEntry), "roles of the directory"),
        "Who may do what in the directory.",
        default=(),
    )
    workloads = defaulted(
        MapOf(Text(naming.WORKLOAD), RecordOf(WorkloadEntry), "workload rules"),
        "Which processes of this machine may speak as which compute resource, by name.",
        default=Entries(),
    )
    issuers = defaulted(
        MapOf(Text(naming.ISSUER), RecordOf(IssuerEntry), "issuers", ignore_case=False),
        "Issuers whose keys are given here, or that are on this machine.",
        default=Entries(),
    )
    federation = optional(
        RecordOf(FederationEntry),
        "That this site's identities are trusted elsewhere. Left out: they are not.",
    )
    role_assignments = defaulted(
        ListOf(RecordOf(AssignmentEntry), "role assignments"), "Who may do what, where.", default=()
    )
    custom_roles = defaulted(
        MapOf(Text(naming.CUSTOM_ROLE), RecordOf(CustomRoleEntry), "custom roles"),
        "Roles of your own, by name.",
        default=Entries(),
    )
    deny_assignments = defaulted(
        ListOf(RecordOf(DenyEntry), "deny assignments"),
        "What may not be done, whatever roles say. Azure makes them itself, for deployment stacks and "
        "managed applications; here they show what code meets where there are some.",
        default=(),
    )
    management_groups = defaulted(
        MapOf(Text(naming.MANAGEMENT_GROUP), RecordOf(ManagementGroupEntry), "management groups"),
        "The management groups, by name.",
        default=Entries(),
    )
    assess = optional(
        Assessment(), "What `keyless assess` is to look for in this repository, and what is allowed."
    )


ESTATE = RecordOf(EstateEntry)
