"""Compute resources with the identities that they have, and which of these the choice is about.

Rules:
- the choice is about the identity that was seen in use. Where several were, code there names each by its
  client id and permissions are apart on purpose: they are kept, but for one that is shared across a boundary;
- where nothing was seen, it is about the system-assigned identity, else the first user-assigned one;
- what an application did whose code runs on the resource, or the holder of an access key, its identity
  will do (``running`` says which those are);
- an identity that was deleted, and a reference to one that is not there, are none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyless.model.evidence import SignIn
from keyless.model.guids import guid_key
from keyless.model.identities import ComputeResource
from keyless.plan.identities.running import running_on
from keyless.plan.identities.traits import Traits
from keyless.plan.problem import Subject, SubjectKind


@dataclass(frozen=True, slots=True)
class Host:
    """A compute resource. ``own`` is its system-assigned identity, ``given`` are its user-assigned ones.

    ``used`` are those of both that were seen, ``applications`` what runs on it with a stored credential.
    """

    compute: ComputeResource
    traits: Traits
    own: Subject | None
    given: tuple[Subject, ...]
    used: tuple[Subject, ...]
    applications: tuple[Subject, ...]

    @property
    def id(self) -> str:
        """The case-folded id of the resource."""
        return self.compute.resource_id.casefold()

    @property
    def identities(self) -> tuple[Subject, ...]:
        """All that it has, the system-assigned one first."""
        return (*((self.own,) if self.own else ()), *self.given)

    @property
    def main(self) -> Subject | None:
        """The identity that a choice is about, as long as nothing is misplaced."""
        return next(iter((*self.used, *self.identities)), None)

    def has(self, subject: Subject) -> bool:
        """Whether this is one of its identities."""
        return any(one.key == subject.key for one in self.identities)


def hosts_of(
    compute: Sequence[ComputeResource],
    subjects: Sequence[Subject],
    traits: Mapping[str, Traits],
    seen: frozenset[str],
    sign_ins: Sequence[SignIn] = (),
) -> list[Host]:
    """Every compute resource, by id; ``seen`` are the case-folded principal ids that did something."""
    living = [one for one in subjects if not one.is_deleted]
    known = {one.key: one for one in living}
    by_resource = {one.resource_id.casefold(): one for one in living if one.kind is SubjectKind.USER_ASSIGNED}
    running = running_on(compute, living, sign_ins, seen)
    found = [_host(one, known, by_resource, traits, seen, running) for one in compute]
    return sorted(found, key=lambda one: one.id)


def _host(
    compute: ComputeResource,
    known: Mapping[str, Subject],
    by_resource: Mapping[str, Subject],
    traits: Mapping[str, Traits],
    seen: frozenset[str],
    running: Mapping[str, Sequence[Subject]],
) -> Host:
    ids = sorted({one.casefold() for one in compute.user_assigned} & by_resource.keys())
    own, given = _own(compute, known), tuple(by_resource[one] for one in ids)
    identities = (*((own,) if own else ()), *given)
    return Host(
        compute=compute,
        traits=traits[compute.resource_id.casefold()],
        own=own,
        given=given,
        used=tuple(one for one in identities if one.key in seen),
        applications=tuple(running.get(compute.resource_id.casefold(), ())),
    )


def _own(compute: ComputeResource, known: Mapping[str, Subject]) -> Subject | None:
    identity = compute.system_assigned
    if identity is None:
        return None
    made = Subject(identity.principal_id, identity.name, SubjectKind.SYSTEM_ASSIGNED, identity.resource_id)
    return known.get(guid_key(identity.principal_id), made)
