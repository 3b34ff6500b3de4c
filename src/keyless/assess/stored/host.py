"""What a stored credential is handed to before code reads it: the compute whose setting it is, its identity.

Rules:
- the host is what has the setting that the credential goes through; of several each is one;
- an identity is told where it is written: the system's own, or the user-assigned ones that are attached;
- where both are there, code that names none gets the system's, unless a setting of the host names another.

Source: https://learn.microsoft.com/dotnet/azure/sdk/authentication/user-assigned-managed-identity
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.settings_of import settings_of
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Step
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Name, dotted, within
from keyless.assess.syntax.span import Place

_USER = "microsoft.managedidentity/userassignedidentities"
_CLIENT_ID = "AZURE_CLIENT_ID"


@dataclass(frozen=True, slots=True)
class Host:
    """Compute with a setting. ``type`` is ARM's type of its identity, empty for none, and ``told`` whether
    that is known; ``users`` are the symbols of user-assigned ones; ``chosen`` is whether a setting of the
    host says which of them code signs in as."""

    found: Deployed
    told: bool
    type: str
    users: tuple[str, ...]
    chosen: bool

    @property
    def system(self) -> bool:
        """Whether code signs in as the system's own identity."""
        return "systemassigned" in self.type and not self.chosen

    @property
    def none(self) -> bool:
        """Whether it has no identity, for sure."""
        return self.told and self.type in {"", "none"}

    @property
    def words(self) -> str:
        """The identity, for people to read."""
        name = f"`{subject_of(self.found)}`"
        if self.none:
            return f"{name} has none yet: give it a system-assigned one"
        if self.system:
            return f"the system-assigned identity of {name}"
        if self.users:
            return f"{', '.join(f'`{one}`' for one in self.users)}, attached to {name}"
        user = "userassigned" in self.type
        return f"a user-assigned identity that is attached to {name}" if user else f"the identity of {name}"


def hosts(repository: Repository, places: tuple[Step | Place, ...]) -> tuple[Host, ...]:
    """The hosts whose settings stand at places, each once."""
    passed = {one.place if isinstance(one, Step) else one for one in places}
    holders = {(one.holder, one.holder_path) for one in repository.view(settings_of) if one.place in passed}
    return tuple(
        _host(repository, one)
        for one in repository.view(deployed)
        if (one.symbol, one.template.path) in holders and not one.arm_type.casefold().endswith("/config")
    )


def _host(repository: Repository, found: Deployed) -> Host:
    value = found.value("identity.type")
    literal = value.literal if isinstance(value.literal, str) else ""
    told = not found.existing and (bool(literal) or (value.told is Told.ABSENT and _has_no_identity(found)))
    own = {
        one.name
        for one in repository.view(settings_of)
        if (one.holder, one.holder_path) == (found.symbol, found.template.path)
    }
    kind = literal.casefold().replace(" ", "")
    return Host(found, told, kind, tuple(_users(repository, found)), _CLIENT_ID in own)


def _has_no_identity(found: Deployed) -> bool:
    return found.value("identity").told is Told.ABSENT


def _users(repository: Repository, found: Deployed) -> Iterator[str]:
    """The symbols of the identities that a host's list of them names."""
    value = found.value("identity.userAssignedIdentities")
    expression = value.means or value.expression
    if expression is None:
        return
    known = {one.symbol for one in repository.view(deployed) if one.arm_type.casefold() == _USER}
    named: dict[str, None] = {}
    for one in within(expression):
        written = one.id if isinstance(one, Name) else (dotted(one) or "").removesuffix(".id")
        if written in known:
            named[written] = None
    yield from named
