"""Role assignments, roles of one's own, what is denied, and management groups."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.principals import DENIED, EXCLUDED, PRINCIPAL
from keyless.estate.declared.scopes import SCOPE
from keyless.estate.declared.texts import ACTIONS, GUID, REFERENCE
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.conditions import ConditionText
from keyless.estate.shapes.containers import ListOf
from keyless.estate.shapes.record import Record, RecordOf, defaulted, optional, required
from keyless.estate.shapes.scalars import Text, Word, YesOrNo

PRINCIPAL_TYPES = ("ServicePrincipal", "User", "Group", "ForeignGroup", "Device")


class AssignmentEntry(Record, title="a role assignment"):
    """A role given to a principal at a scope."""

    principal = required(PRINCIPAL, "Who gets the role.")
    role = required(
        Where(Text(naming.ROLE)),
        "Which role: the name or GUID of a built-in role, such as `Key Vault Secrets User`, or a custom one.",
    )
    scope = required(SCOPE, "Where it holds.")
    id = optional(GUID, "The assignment's own GUID. Left out: derived from principal, role and scope.")
    principal_type = optional(
        Word("a type of principal", *PRINCIPAL_TYPES),
        "What kind of principal it is. Left out: what the estate knows of it, else `ServicePrincipal`.",
    )
    description = defaulted(Text(naming.ROLE_DESCRIPTION), "What it is for.", default="")
    condition = optional(ConditionText(), "A condition that narrows the assignment further.")
    condition_version = optional(
        Where(Text(naming.CONDITION_VERSION)), 'The version of the condition\'s language. Left out: "2.0".'
    )


class PermissionEntry(Record, title="a permission"):
    """Actions, less those that it takes out again. `*` stands for anything within an action."""

    actions = defaulted(ACTIONS, "Actions of the management plane.", default=())
    not_actions = defaulted(ACTIONS, "Which of these are left out.", default=())
    data_actions = defaulted(ACTIONS, "Actions on what resources hold.", default=())
    not_data_actions = defaulted(ACTIONS, "Which of those are left out.", default=())


class CustomRoleEntry(PermissionEntry, title="a custom role"):
    """A role of your own, for what no built-in role grants closely enough."""

    id = optional(GUID, "The role definition's GUID. Left out: derived from tenant and name.")
    description = defaulted(Text(naming.ROLE_DESCRIPTION), "What it is for.", default="")
    permissions = defaulted(
        ListOf(RecordOf(PermissionEntry), "permissions"),
        "More that it grants; what one of them leaves out, another may still grant.",
        default=(),
    )
    assignable_scopes = optional(
        ListOf(SCOPE, "scopes"), "Where, and below where, it may be assigned. Left out: in the subscription."
    )


class DenyEntry(Record, title="a deny assignment"):
    """What principals may not do, whatever roles they have."""

    name = required(Where(Text(naming.DENY_ASSIGNMENT)), "What it is called.")
    scope = required(SCOPE, "Where it holds, and below.")
    permissions = required(ListOf(RecordOf(PermissionEntry), "permissions"), "What is denied.")
    principals = required(ListOf(DENIED, "principals"), "Whom it denies: `{everyone: true}` for all.")
    exclude_principals = defaulted(
        ListOf(EXCLUDED, "principals"), "Whom it leaves alone nevertheless.", default=()
    )
    do_not_apply_to_child_scopes = defaulted(
        YesOrNo(), "Whether it holds at just its scope, and not below.", default=False
    )
    id = optional(GUID, "The deny assignment's own GUID. Left out: derived from scope and name.")
    description = defaulted(Text(naming.ROLE_DESCRIPTION), "What it is for.", default="")
    is_system_protected = defaulted(
        YesOrNo(), "Whether Azure made it, so that nobody can edit it.", default=False
    )
    condition = optional(ConditionText(), "A condition under which alone it denies.")


class ManagementGroupEntry(Record, title="a management group"):
    """A management group: scopes of roles and denies that reach over its subscriptions."""

    display_name = optional(Text(naming.DISPLAY_NAME), "What people call it. Left out: its name.")
    parent = optional(REFERENCE, "The management group above it. Left out: the tenant's root group.")
    subscriptions = defaulted(
        ListOf(REFERENCE, "subscriptions"),
        "The subscriptions that lie in it: the name of this estate's, or subscription ids.",
        default=(),
    )
