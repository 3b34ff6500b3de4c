from __future__ import annotations

from plan_worlds import DELETE, GET, LIST, SET, VAULT, WEB, chosen, saw

from keyless.model.actions import AZURE_RBAC, ActionPlane
from keyless.plan.index import role_index
from keyless.plan.policy.effort import Effort
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.risks import RiskWeights
from keyless.plan.policy.roles import RoleRules
from keyless.plan.results.proof import Method
from keyless.plan.results.risk import Risk, RiskyPermission
from keyless.plan.risk import weigher_for, why_risky
from keyless.plan.weigh import Weigher
from plans_made import planned

ACCOUNT = VAULT.replace("Microsoft.KeyVault/vaults", "Microsoft.Storage/storageAccounts")
READ_ACCOUNT = "Microsoft.Storage/storageAccounts/read"
ALL_ALIKE = PlanPolicy(risks=RiskWeights(1, 1, 1, 1, 1))


def test_an_assignment_names_the_risks_of_its_excess_and_what_they_are():
    plan = planned([WEB], [saw(WEB, one, VAULT) for one in (GET, SET, DELETE)])
    (one,) = plan.assignments
    purge = RiskyPermission(
        Risk.DATA_DESTRUCTION, ActionPlane.DATA, "Microsoft.KeyVault/vaults/secrets/purge/action"
    )
    assert purge in one.risks
    assert not any(risk.action == GET for risk in one.risks)
    assert why_risky(purge) == "deletes data"
    assert why_risky(RiskyPermission(Risk.SECRET_READING, ActionPlane.DATA, LIST)) == ""


def test_a_role_that_reads_keys_is_not_taken_for_the_sake_of_fewer_permissions():
    observed = [saw(WEB, READ_ACCOUNT, ACCOUNT, plane=ActionPlane.CONTROL)]
    assert chosen(planned([WEB], observed, policy=ALL_ALIKE)) == {("web", "Reader and Data Access", ACCOUNT)}
    plan = planned([WEB], observed)
    assert not any(risk.risk is Risk.SECRET_READING for one in plan.assignments for risk in one.risks)
    assert ", which weigh " in plan.assignments[0].reason


BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"


def test_a_services_own_role_is_not_taken_for_little_and_the_plan_says_what_it_would_save():
    observed = [saw(WEB, f"{BLOBS}/{end}", ACCOUNT) for end in ("read", "write")]
    plan = planned([WEB], observed)
    assert chosen(plan) == {("web", "Storage Blob Data Contributor", ACCOUNT)}
    reason = plan.assignments[0].reason
    assert "Less besides would be granted by `CosmosDB Fleet Analytics Storage Data Writer`" in reason
    assert "(`oddCosts`) each of those counts as 30." in reason
    assert not reason.startswith("No role")
    for_nothing = PlanPolicy(roles=RoleRules(odd_costs=0))
    assert chosen(planned([WEB], observed, policy=for_nothing)) == {
        ("web", "CosmosDB Fleet Analytics Storage Data Writer", ACCOUNT)
    }


def test_where_all_weigh_the_same_a_set_weighs_as_many_as_it_has():
    universe = role_index().universe
    weigher = weigher_for(universe, RiskWeights(1, 1, 1, 1, 1))
    assert weigher == Weigher()
    assert weigher.cost((1 << len(universe)) - 1) == len(universe)


def test_weights_are_by_the_gravest_risk_and_then_by_whether_something_changes():
    universe = role_index().universe
    weigher = weigher_for(universe, RiskWeights(100, 50, 20, 3, 1))
    control, data = ActionPlane.CONTROL, ActionPlane.DATA
    weights = {
        (control, "Microsoft.Authorization/roleAssignments/write"): 100,
        (control, "Microsoft.Storage/storageAccounts/listkeys/action"): 50,
        (data, DELETE): 20,
        (data, SET): 3,
        (data, LIST): 1,
        (control, "Microsoft.KeyVault/vaults/read"): 1,
    }
    assert {one: weigher.cost(universe.bit(*one)) for one in weights} == weights


def test_every_choice_has_a_certificate_that_it_is_the_best():
    plan = planned([WEB], [saw(WEB, GET, VAULT), saw(WEB, SET, VAULT)])
    (proof,) = plan.certificates
    assert (proof.principal_id, proof.scope) == (WEB.principal_id, VAULT)
    assert proof.optimal
    assert proof.cost == proof.bound == 2 + RoleRules().odd_costs


def test_what_is_used_at_a_narrower_scope_is_no_excess_in_the_certificate_either():
    observed = [saw(WEB, LIST, VAULT), saw(WEB, GET, f"{VAULT}/secrets/db")]
    plan = planned([WEB], observed, flags={"object_scope": True})
    assert [(one.cost, one.bound) for one in plan.certificates] == [(0, 0)]


def over_all_of_azure():
    """Actions that no reduction settles: the first and the middle one of what every thirtieth role grants."""
    index = role_index()
    demand = 0
    for one in index.roles[::30]:
        demand |= one.bits & -one.bits | (1 << one.bits.bit_length() >> 1)
    return [(plane, name) for plane in AZURE_RBAC for name in index.universe.names(demand, plane)]


def test_a_search_that_is_stopped_says_so_and_how_much_could_be_gained():
    observed = [saw(WEB, one, VAULT, plane=plane) for plane, one in over_all_of_azure()]
    proved = planned([WEB], observed)
    stopped = planned([WEB], observed, policy=PlanPolicy(effort=Effort(search_steps=0, solver_nodes=0)))
    (proof,) = stopped.certificates
    assert proof.method is Method.SOLVER
    assert not proof.optimal
    assert proof.bound <= proved.certificates[0].cost <= proof.cost
    assert any(note.startswith("the search was stopped at 1 scope") for note in stopped.notes)
    assert all("The search was stopped" in one.reason for one in stopped.assignments)
    assert not any("stopped" in note for note in proved.notes)
    again = planned([WEB], observed, policy=PlanPolicy(effort=Effort(search_steps=0)))
    assert chosen(again) == chosen(proved)
    assert again.certificates[0].method is Method.SOLVER
