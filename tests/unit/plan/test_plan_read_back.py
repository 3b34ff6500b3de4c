"""A plan that was exported, read by the importer of existing state: it grants the same."""

from __future__ import annotations

import pytest
from plan_worlds import FAR_VAULT, GET, LIST, OTHER_VAULT, VAULT, WEB, WORKER, saw

from keyless.estate.imported import File, Place, read_existing
from keyless.model.identities import IdentityKind, ManagedIdentity
from keyless.model.roles import RoleAssignment
from keyless.plan.writers.arm import write_arm
from keyless.plan.writers.bicep import write_bicep
from plans_made import planned


@pytest.mark.parametrize("write", [write_bicep, write_arm])
def test_what_a_plan_exports_is_read_back_as_what_it_grants(write) -> None:
    plan = planned(
        [WEB, WORKER],
        [saw(WEB, GET, f"{VAULT}/secrets/a"), saw(WORKER, LIST, OTHER_VAULT), saw(WORKER, GET, FAR_VAULT)],
    )
    known = {
        one.resource_id.casefold(): ManagedIdentity(
            IdentityKind(one.kind.value), one.name, one.resource_id, one.principal_id, one.principal_id
        )
        for one in (WEB, WORKER)
    }
    files = [File(name, text.encode()) for name, text in write(plan).items() if not name.endswith(".md")]
    existing = read_existing(files, Place("11111111-1111-1111-1111-111111111111", "orders"), known)
    assert not existing.unread
    assert {triple(one.record) for one in existing.records if isinstance(one.record, RoleAssignment)} == {
        triple(one) for one in plan.role_assignments()
    }


def triple(one: RoleAssignment) -> tuple[str, str, str]:
    """What makes an assignment the same, whatever it is called."""
    return one.principal_id, one.role_definition_id, one.scope
