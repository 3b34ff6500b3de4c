"""What is written for `keyless.yaml` reads back as the plan's own assignments."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml
from plan_worlds import SECRETS_USER
from staged_plans import ROLE, assignment, choice

import plans_made
from keyless.estate.read import read_text
from keyless.model.actions import ActionPlane
from keyless.model.estate import Estate
from keyless.model.evidence import Observation, Outcome
from keyless.model.resource_id import ResourceId
from keyless.model.resources import secret_scope
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityChange, IdentityPlan
from keyless.plan.writers.estate import write_estate, write_estate_files

ESTATE = """
version: 1
resourceGroups:
  orders-rg:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
    vaults:
      contoso-orders: {}
"""


def planned(estate: Estate) -> Plan:
    identity = estate.compute[0].system_assigned
    assert identity is not None
    scope = secret_scope(ResourceId.parse(estate.vaults[0].resource_id), "db").text
    action = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    seen = Observation(
        identity.principal_id, "op", ActionPlane.DATA, action, scope, Outcome.LEARNED, "", 1, 1, 1
    )
    subject = Subject(identity.principal_id, "web", SubjectKind.SYSTEM_ASSIGNED, identity.resource_id)
    return plans_made.planned([subject], [seen])


def test_the_estate_that_is_told_of_a_plan_has_exactly_its_assignments() -> None:
    plan = planned(read_text(ESTATE, {}))
    told = read_text(ESTATE + write_estate(plan), {})
    assert told.assignments == plan.role_assignments() != ()


def test_a_plan_without_assignments_is_an_empty_list() -> None:
    assert read_text(ESTATE + write_estate(Plan()), {}).assignments == ()


def test_a_name_cannot_end_the_comment_that_it_stands_in() -> None:
    estate = read_text(ESTATE, {})
    plan = planned(estate)
    strange = msgspec.structs.replace(plan.assignments[0].principal, name="web\nroleAssignments: nonsense")
    renamed = msgspec.structs.replace(plan.assignments[0], principal=strange)
    told = read_text(ESTATE + write_estate(msgspec.structs.replace(plan, assignments=(renamed,))), {})
    assert told.assignments == plan.role_assignments()


WORLD = """
version: 1
tenant: contoso
subscription: dev
resourceGroups:
  orders-rg:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
      box: {type: Microsoft.App/containerApps}
    vaults:
      contoso-orders: {}
"""
NASTY = [
    "it's",
    "a: b",
    "x # y",
    "[a]",
    "{a}",
    '"q"',
    "yes",
    "null",
    "\\",
    "a\nb: c",
    "*x",
    "&x",
    "é",
    "- a",
    "1.5",
]


def merged(one: Any, other: Any) -> Any:
    """Mappings go into each other; anything else takes the place of what is there."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {key: merged(one.get(key), value) for key, value in other.items()}
    return other


def proposing(name: str) -> Plan:
    """It makes an identity for `web`, switches that of `box` on, and defines a role called ``name``."""
    group = read_text(WORLD, {}).groups[0].resource_id
    vault = f"{group}/providers/Microsoft.KeyVault/vaults/contoso-orders"
    new = Subject(
        "to be",
        name,
        SubjectKind.USER_ASSIGNED,
        f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders",
        is_proposed=True,
    )
    site = f"{group}/providers/Microsoft.Web/sites/web"
    box = f"{group}/providers/Microsoft.App/containerApps/box"
    own = Subject("to be, too", name, SubjectKind.SYSTEM_ASSIGNED, box, is_proposed=True)
    role = msgspec.structs.replace(ROLE, name=name, description=name, assignable_scopes=(group,))
    return Plan(
        identities=IdentityPlan(
            choices=(
                choice("web", new, resource=site),
                choice("box", own, change=IdentityChange.ADD, resource=box),
            )
        ),
        proposed_roles=(ProposedRole(definition=role, excess_saved=0, reason=name),),
        assignments=(
            assignment(1, new, role.id, vault, name=name),
            assignment(2, own, SECRETS_USER, vault, name=name),
        ),
    )


@pytest.mark.parametrize("name", ["Orders' reader", *NASTY])
def test_what_a_plan_proposes_is_there_when_its_parts_are_put_into_the_file(name: str) -> None:
    files = write_estate_files(proposing(name))
    assert list(files) == ["role-assignments.yaml", "additions.yaml"]
    document = yaml.safe_load(WORLD)
    for text in files.values():
        document = merged(document, yaml.safe_load(text))
    estate = read_text(yaml.safe_dump(document), {})
    (identity,) = estate.identities
    by_name = {one.name: one for one in estate.compute}
    assert by_name["web"].user_assigned == (identity.resource_id,)
    own = by_name["box"].system_assigned
    assert own is not None
    (role,) = estate.custom_roles
    assert (role.id, role.name, role.description) == (ROLE.id, name, name)
    assert role.permissions[0].data_actions == ROLE.permissions[0].data_actions
    assert [(one.principal_id, one.role_definition_id) for one in estate.assignments] == [
        (identity.principal_id, ROLE.id),
        (own.principal_id, SECRETS_USER),
    ]


def test_a_plan_that_proposes_nothing_is_one_file() -> None:
    assert list(write_estate_files(planned(read_text(ESTATE, {})))) == ["role-assignments.yaml"]
