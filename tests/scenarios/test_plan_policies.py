"""Plans under a policy of the user's own: its mistakes, and custom roles that are proposed and proved."""

from __future__ import annotations

import json

from keyless_command import Project, app

USES = 'say(secret("contoso-orders", "db-password")); say(setting("contoso-orders", "app:color"))'
PROPOSED = "roles: {custom: proposed, customSaves: 1}\n"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def test_a_mistake_in_the_policy_is_told_with_its_line(learned: Project) -> None:
    policy = learned.root / "keyless.policy.yaml"
    policy.write_text("roles:\n  forbidden: [Key Vault Secret User]\n  forbiden: none\n")
    wrong = learned("plan")
    assert wrong.code == 2
    assert wrong.said == [f"{policy}:3:3: `roles.forbiden` is not known; did you mean `forbidden`?"]
    policy.write_text("roles:\n  forbidden: [Key Vault Secret User]\n")
    (unknown,) = learned("plan").said
    assert unknown.startswith(f"{policy}:2:15: `roles.forbidden[0]`: no role is called that")


def test_custom_roles_that_a_plan_proposes_are_proved_and_none_may_pass_for_a_built_in_one(
    learned: Project,
) -> None:
    (learned.root / "keyless.policy.yaml").write_text(PROPOSED)
    made = learned("plan", "--format", "json").out
    plan = json.loads(made)
    proposed = {one["definition"]["id"] for one in plan["proposedRoles"]}
    assert len(proposed) == 2
    assert {one["roleId"] for one in plan["assignments"]} == proposed
    assert str(learned.root) not in made
    proved = learned("prove", *app(USES))
    assert proved.code == 0
    assert "the proof holds: 2 calls allowed by 2 role assignments, none denied" in proved.said
    plan["proposedRoles"][0]["definition"]["id"] = READER
    (learned.root / "changed.json").write_text(json.dumps(plan))
    refused = learned("prove", "--plan", "changed.json", *app(USES))
    assert refused.code == 125
    assert "proposes a role with the id of `Reader`" in refused.err
