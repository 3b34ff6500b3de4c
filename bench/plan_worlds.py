"""Demands over Azure's own roles, and estates of any size whose identities used such things.

A demand is what one or two services' roles grant, a few actions of each, as an app uses them; all of it is
drawn by a fixed seed, so that every run measures the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from keyless.catalog.roles import find_role
from keyless.model.actions import AZURE_RBAC
from keyless.model.estate import derived_guid
from keyless.model.evidence import Observation, Outcome
from keyless.model.resource_id import group_scope, resource_scope
from keyless.model.roles import RoleAssignment
from keyless.plan.given import Given
from keyless.plan.index import Action, RoleIndex
from keyless.plan.problem import Subject, SubjectKind

SEED = 20_260_801
LARGEST = 200
"""A role that grants more than so many permissions is none that says what an app uses."""
DAY_S = 86_400


@dataclass(frozen=True)
class Service:
    """What one role grants, as an app might use it."""

    actions: tuple[Action, ...]


def services_of(index: RoleIndex) -> list[Service]:
    """The roles that are for one service or two, and not wide."""
    return [
        Service(
            tuple((plane, name) for plane in AZURE_RBAC for name in index.universe.names(one.bits, plane))
        )
        for one in index.roles
        if one.home and 0 < one.bits.bit_count() <= LARGEST
    ]


def demands_of(index: RoleIndex, count: int) -> list[int]:
    """So many demands, as sets."""
    random, services = Random(SEED), services_of(index)
    return [_demand(index, random, services) for _ in range(count)]


def _demand(index: RoleIndex, random: Random, services: list[Service]) -> int:
    bits = 0
    for service in random.sample(services, random.choice((1, 1, 2, 3))):
        for action in random.sample(service.actions, min(len(service.actions), random.randint(1, 4))):
            bits |= index.bit(action)
    return bits


def estate_of(index: RoleIndex, identities: int) -> Given:
    """So many identities, each with one to four resources, and a `Contributor` of its group today.

    Two thirds of what is used is of forty services that many use, the rest of any.
    """
    random, services = Random(SEED), services_of(index)
    usual = random.sample(services, 40)
    subjects, observations, assignments = [], [], []
    contributor = find_role("Contributor").id
    for number in range(identities):
        subject = Subject(derived_guid("identity", str(number)), f"app {number}", SubjectKind.USER_ASSIGNED)
        group = group_scope(derived_guid("subscription"), f"group-{number % 100}")
        subjects.append(subject)
        assignments.append(
            RoleAssignment(derived_guid("given", str(number)), subject.principal_id, contributor, group.text)
        )
        for _ in range(random.randint(1, 4)):
            service = random.choice(usual if random.random() < 2 / 3 else services)
            scope = resource_scope(group, "Microsoft.KeyVault/vaults", f"vault-{random.randint(0, 500)}")
            for plane, name in random.sample(
                service.actions, min(len(service.actions), random.randint(1, 5))
            ):
                observations.append(
                    Observation(
                        subject.principal_id,
                        "Operation",
                        plane,
                        name,
                        scope.text,
                        Outcome.ALLOWED,
                        "",
                        random.randint(1, 50),
                        random.randint(1, 50) * DAY_S,
                        random.randint(50, 99) * DAY_S,
                    )
                )
    return Given(subjects=subjects, observations=observations, assignments=assignments)
