"""A vault with access policies, as a person moves it to roles: run, plan, look at what changes, prove."""

from __future__ import annotations

import json

from keyless_command import Project, app

ESTATE = """\
version: 1
tenant: local
subscription: local
resourceGroups:
  orders-rg:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
      idle: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
    vaults:
      contoso-orders:
        enableRbacAuthorization: false
        accessPolicies:
          - {principal: web, permissions: {secrets: [get, list, set]}}
          - {principal: idle, permissions: {secrets: [get]}}
        secrets: {db-password: hunter2}
roleAssignments:
  - {principal: idle, role: Key Vault Contributor, scope: {resourceGroup: orders-rg}}
"""
READS = 'say(secret("contoso-orders", "db-password"))'


def test_from_policies_to_roles(project: Project) -> None:
    project.estate.write_text(ESTATE)
    ran = project("run", "--as", "web", *app(READS))
    assert (ran.code, ran.out.strip()) == (0, "hunter2")

    planned = project("plan", "--format", "json")
    assert planned.code == 0, planned.err
    plan = json.loads(planned.out)
    by_name = {one["principal"]["name"]: one for one in plan["migrations"]}
    web, idle = by_name["web"], by_name["idle"]
    assert (web["basis"], web["kept"], web["used"]) == (
        "evidence",
        ["secrets/get", "secrets/list"],
        ["secrets/get"],
    )
    assert (web["lost"], idle["basis"]) == (["secrets/set"], "policy")
    assert [risk["principal"]["name"] for risk in plan["risks"]] == ["idle"]

    table = project("plan")
    assert "risk: who can let himself into vault contoso-orders" in table.out
    assert "loses    secrets set" in table.out

    proved = project("prove", "--as", "web", *app(READS))
    assert (proved.code, proved.out.strip()) == (0, "hunter2"), proved.err
    unproved = project("prove", "--as", "web", *app('say(set_secret("contoso-orders", "a", "b"))'))
    assert (unproved.code, unproved.out.strip()) == (1, "403 ForbiddenByRbac")


def test_evidence_says_by_which_policy(project: Project) -> None:
    project.estate.write_text(ESTATE)
    project("run", "--as", "web", *app(READS))
    shown = project("evidence", "show", "--json")
    assert '"assignmentId":"accessPolicy:' in shown.out, shown.err


def test_who_is_refused_is_told_the_permission_and_no_role(project: Project) -> None:
    project.estate.write_text(ESTATE)
    ran = project("run", "--as", "idle", *app('say(set_secret("contoso-orders", "a", "b"))'))
    assert ran.out.strip() == "403 ForbiddenByPolicy"
    assert "none gives it `secrets set`: no role would" in ran.err
