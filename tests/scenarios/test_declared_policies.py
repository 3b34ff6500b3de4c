"""Conditions, custom roles, denies and management groups of a file: checked, enforced, written back."""

from __future__ import annotations

import re

from keyless_command import Project, app

HEAD = """\
version: 1
tenant: contoso
subscription: orders
resourceGroups:
  orders-rg:
    compute: {app: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}
    vaults: {contoso-orders: {secrets: {web-db: hello, api-db: hidden, last: "no"}}}
"""
POLICIES = """\
customRoles:
  Orders Secret Reader:
    dataActions: [Microsoft.KeyVault/vaults/secrets/getSecret/action]
    assignableScopes: [{managementGroup: platform}]
denyAssignments:
  - name: Not the last
    scope: {vault: contoso-orders, secret: last}
    permissions: [{dataActions: ["*"]}]
    principals: [{everyone: true}]
managementGroups: {platform: {subscriptions: [orders]}}
"""


def assigned(condition: str) -> str:
    return f"""\
roleAssignments:
  - principal: app
    role: Orders Secret Reader
    scope: {{managementGroup: platform}}
    condition: |
      !(ActionMatches{{'Microsoft.KeyVault/vaults/secrets/getSecret/action'}})
      OR {condition}
"""


HOLDS = "@Resource[Microsoft.KeyVault/vaults/secrets:name] StringNotEquals 'api-db'"
READ = "; ".join(
    f"say(secret('contoso-orders', '{name}'))" for name in ("web-db", "api-db", "API-DB", "last")
)
SEEN = ["hello", *["403 ForbiddenByRbac"] * 3]


def test_a_mistake_in_a_condition_is_shown_where_it_is(project: Project) -> None:
    project.estate.write_text(HEAD + POLICIES + assigned(HOLDS.replace("StringNotEquals", "StringNotEqual")))
    checked = project("estate", "check")
    assert checked.code == 2
    said = checked.err.splitlines()
    at = next(number for number, line in enumerate(said) if "keyless.yaml:24:" in line)
    assert "did you mean `StringNotEquals`?" in said[at]
    assert said[at + 1][said[at + 2].index("^") :].startswith("StringNotEqual 'api-db'")


def test_what_is_declared_is_enforced_and_the_export_means_the_same(project: Project) -> None:
    project.estate.write_text(HEAD + POLICIES + assigned(HOLDS))
    ran = project("run", *app(READ))
    assert ran.out.splitlines() == SEEN, ran.err
    exported = project("estate", "export")
    assert exported.code == 0, exported.err
    for part in ("customRoles:", "denyAssignments:", "managementGroups:", "condition: "):
        assert part in exported.out
    project.estate.write_text(exported.out)
    project.environment |= dict.fromkeys(re.findall(r"env: ([A-Z_]+)", exported.out), "hello")
    assert project("estate", "check").code == 0
    again = project("run", *app(READ))
    assert again.out.splitlines() == SEEN, again.err


def test_what_the_file_no_longer_says_is_pruned(project: Project) -> None:
    project.estate.write_text(HEAD + POLICIES + assigned(HOLDS))
    assert project("estate", "apply").code == 0
    project.estate.write_text(HEAD)
    pruned = project("estate", "apply", "--prune")
    for thing in ("custom role `Orders Secret Reader`", "deny assignment `Not the last`", "`platform`"):
        assert thing in pruned.err + pruned.out
