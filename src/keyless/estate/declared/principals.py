"""Who is meant: a principal of any kind, by name or id; people, groups and roles of the directory."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.texts import GUID, REFERENCE
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.containers import ListOf
from keyless.estate.shapes.record import Alternatives, Record, defaulted, optional, required
from keyless.estate.shapes.scalars import Text, Word, YesOrNo


class PrincipalEntry(Record, title="a principal"):
    """Who gets a role, or has an access policy."""


class PrincipalByName(PrincipalEntry, told_by="name", short="name"):
    """A principal by its name, where only one thing has it, or by its principal id; or text alone."""

    name = required(
        REFERENCE,
        "The name of a compute resource (for its system-assigned identity), of a user-assigned identity, of "
        "an application, a group or a user; `group/name` where two resource groups have the name; or a "
        "principal id.",
    )


class PrincipalByCompute(PrincipalEntry, told_by="compute"):
    """The system-assigned identity of a compute resource."""

    compute = required(REFERENCE, "The compute resource's name, or `group/name`.")


class PrincipalByIdentity(PrincipalEntry, told_by="identity"):
    """A user-assigned identity."""

    identity = required(REFERENCE, "The identity's name, or `group/name`.")


class PrincipalByApplication(PrincipalEntry, told_by="application"):
    """An application."""

    application = required(REFERENCE, "The application's name.")


class PrincipalByGroup(PrincipalEntry, told_by="group"):
    """A group, with everybody in it."""

    group = required(REFERENCE, "The group's name.")


class PrincipalByUser(PrincipalEntry, told_by="user"):
    """A user."""

    user = required(REFERENCE, "The user's name, or user principal name.")


PRINCIPAL = Alternatives(
    "a principal",
    PrincipalByName,
    PrincipalByCompute,
    PrincipalByIdentity,
    PrincipalByApplication,
    PrincipalByGroup,
    PrincipalByUser,
)


class UserEntry(Record, title="a user"):
    """A person in the directory. Nobody signs in as one here: users have no passwords."""

    user_principal_name = optional(
        Where(Text(naming.USER_PRINCIPAL_NAME)),
        "What he signs in with. Left out: his name under the tenant's own domain.",
    )
    id = optional(GUID, "His object id, which role assignments name. Left out: derived.")


class SecurityGroupEntry(Record, title="a group"):
    """A security group."""

    description = defaulted(Text(naming.DESCRIPTION), "What it is for.", default="")
    members = defaulted(ListOf(PRINCIPAL, "members"), "Who is in it.", default=())
    id = optional(GUID, "Its object id, which role assignments name. Left out: derived.")


class DirectoryRoleEntry(Record, title="a role of the directory"):
    """A role of Entra over the whole directory, or a permission of Microsoft Graph."""

    principal = required(PRINCIPAL, "Who gets it.")
    role = required(
        Where(Text(naming.DIRECTORY_ROLE)),
        "Which one, by its name: `Directory Readers`, or `Application.Read.All`.",
    )


class PrincipalById(PrincipalEntry, told_by="id"):
    """A principal by its id, with its type."""

    id = required(GUID, "The principal id.")
    type = defaulted(
        Word("a type of principal", "User", "Group", "ServicePrincipal"),
        "What kind of principal it is.",
        default="ServicePrincipal",
    )


class Everyone(PrincipalEntry, told_by="everyone"):
    """Every principal of the tenant."""

    everyone = required(YesOrNo(only=True), "All of them.")


EXCLUDED = Alternatives("who is left alone", *PRINCIPAL.records, PrincipalById)


DENIED = Alternatives("who is denied", *PRINCIPAL.records, PrincipalById, Everyone)
