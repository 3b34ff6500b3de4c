"""What is written for `keyless.yaml` reads back as the plan's own assignments."""

from __future__ import annotations

import msgspec

import plans_made
from keyless.estate.read import read_text
from keyless.model.actions import ActionPlane
from keyless.model.estate import Estate
from keyless.model.evidence import Observation, Outcome
from keyless.model.resource_id import ResourceId
from keyless.model.resources import secret_scope
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan
from keyless.plan.writers.estate import write_estate

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
