"""What all parts of a plan rest on: who there is, what is needed, which identities and roles were chosen.

Rules:
- identities are chosen by what was seen as it was seen; after that everything is looked at again with these
  in place, and it is kept as it was, too, because today's grants and the evidence are about that;
- what deleted principals did is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyless.catalog.roles import built_in_roles, unlisted_roles
from keyless.model.evidence import Observation, SignIn
from keyless.model.guids import guid_key
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.access_policies import Entry
from keyless.plan.given import Given
from keyless.plan.identities.choose import Chosen, choose_identities
from keyless.plan.index import RoleIndex
from keyless.plan.needs import Needs, needs_of
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Demand, Subject, SubjectKind, demands
from keyless.plan.references.follow import with_followed
from keyless.plan.removals import unknown_principals
from keyless.plan.settle import Settled, index_for, settle
from keyless.plan.window import last_moment


@dataclass(frozen=True, slots=True)
class Basis:
    """``before`` is what is needed of what was seen (``about``) as it was, ``needs`` and ``about_chosen`` the
    same with the chosen identities in place, as they are in ``given``.

    ``known`` are its subjects, and ``everyone`` all that the plan speaks of, by case-folded id; ``strangers``
    are ids that nobody has declared; ``of_services`` is what was done in services with roles of their own.
    ``now`` is in epoch seconds.
    """

    as_it_is: Given
    given: Given
    policy: PlanPolicy
    now: int
    about: Sequence[Observation]
    about_chosen: Sequence[Observation]
    before: Needs
    needs: Needs
    chosen: Chosen
    known: Mapping[str, Subject]
    everyone: Mapping[str, Subject]
    strangers: Sequence[str]
    of_services: Sequence[Demand]
    index: RoleIndex
    settled: Settled
    definitions: Mapping[str, RoleDefinition]

    @property
    def everyones(self) -> tuple[RoleAssignment, ...]:
        """Every assignment that there is, also of those that the plan is not made for."""
        return (*self.given.assignments, *self.given.policies.assignments)

    @property
    def everybody(self) -> dict[str, Subject]:
        """The subjects, and whom nobody has declared."""
        return dict(self.known) | _named(self.strangers)

    @property
    def sign_ins(self) -> tuple[SignIn, ...]:
        """Those of whoever is there."""
        return tuple(one for one in self.given.sign_ins if not is_gone(one.principal_id, self.known))


def basis_of(as_it_is: Given, policy: PlanPolicy) -> Basis:
    """What a plan rests on."""
    now = as_it_is.made_at or last_moment(as_it_is.observations, as_it_is.sign_ins)
    about, before = _seen(as_it_is, policy, now)
    seen_before = with_followed(
        demands((*before.observations, *before.native), policy), before.follows, policy
    )
    chosen = choose_identities(as_it_is, policy, (*seen_before, *before.by_key))
    given = chosen.given
    about_chosen, needs = _seen(given, policy, now)
    known = _known(given)
    of_services = demands(needs.native, policy)
    declared = known | {guid_key(one.principal_id): one for one in given.policies.others}
    strangers = unknown_principals(declared, (*needs.needed, *of_services))
    index = index_for(given, policy, (*needs.needed, *needs.by_key))
    settled = settle(index, policy, needs.needed)
    assignments = (*given.assignments, *given.policies.assignments)
    return Basis(
        as_it_is=as_it_is,
        given=given,
        policy=policy,
        now=now,
        about=about,
        about_chosen=about_chosen,
        before=before,
        needs=needs,
        chosen=chosen,
        known=known,
        everyone=_everyone(declared, strangers, needs.entries, assignments),
        strangers=strangers,
        of_services=of_services,
        index=index,
        settled=settled,
        definitions=definitions_of(given) | {one.definition.id: one.definition for one in settled.proposed},
    )


def _known(given: Given) -> dict[str, Subject]:
    return {guid_key(subject.principal_id): subject for subject in given.subjects}


def _seen(given: Given, policy: PlanPolicy, now: int) -> tuple[list[Observation], Needs]:
    """What was seen of whoever is there, and what is needed of it."""
    known = _known(given)
    about = [seen for seen in given.observations if not is_gone(seen.principal_id, known)]
    return about, needs_of(given, policy, about, now, known)


def definitions_of(given: Given) -> dict[str, RoleDefinition]:
    """Every role that somebody may have, by id."""
    return {role.id: role for role in (*built_in_roles(), *unlisted_roles())} | dict(given.custom_roles)


def _everyone(
    known: Mapping[str, Subject],
    strangers: Iterable[str],
    entries: Iterable[Entry],
    assignments: Iterable[RoleAssignment],
) -> dict[str, Subject]:
    """Everybody that the plan speaks of, by case-folded id; whom nobody has declared goes by the id."""
    ids = [*strangers, *(one.policy.object_id for one in entries), *(one.principal_id for one in assignments)]
    return _named(ids) | dict(known)


def _named(ids: Iterable[str]) -> dict[str, Subject]:
    """Principals that go by their ids."""
    return {one.casefold(): Subject(one, one, SubjectKind.APPLICATION) for one in ids}


def is_gone(principal_id: str, known: Mapping[str, Subject]) -> bool:
    """Whether a principal was deleted since: it needs nothing any more."""
    subject = known.get(guid_key(principal_id))
    return subject is not None and subject.is_deleted
