"""The main job, as a person does it: learn, fill, declare, plan, prove, explain, take along."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyless_command import Project, app

PASSWORD = "correct horse battery staple"
USES = """
say(secret("contoso-orders", "db-password"))
say(setting("contoso-orders", "app:color", "prod"))
say(claims(token())["oid"])
"""


def test_with_nothing_declared_the_app_runs_and_is_told_what_to_put_where(project: Project) -> None:
    first = project.learned(USES)
    assert first.out.splitlines()[:2] == ["404 SecretNotFound", "404"]
    principal = first.out.splitlines()[2]
    assert first.said == [
        (
            "learning: the app named vault `contoso-orders`, here now and empty; fill it with "
            "`keyless secret set contoso-orders NAME`"
        ),
        (
            "vault `contoso-orders` has no secret `db-password`: put it there with "
            "`keyless secret set contoso-orders db-password`"
        ),
        (
            "learning: the app named store `contoso-orders`, here now and empty; fill it with "
            "`keyless setting set contoso-orders KEY VALUE`"
        ),
        (
            "store `contoso-orders` has no key-value `app:color` with the label `prod`: put it there with "
            "`keyless setting set contoso-orders app:color VALUE --label prod`"
        ),
        "recorded 2 accesses, granted by nothing yet; `keyless plan` chooses roles for them",
    ]
    _follow_the_advice(project)
    assert project.learned(USES).out.splitlines() == [PASSWORD, "green", principal]
    _declare_it(project)
    under_estate = project("run", "--learn", *app(USES), env={"CONTOSO_ORDERS_DB_PASSWORD": "another"})
    assert under_estate.out.splitlines() == ["another", "green", principal]


def _follow_the_advice(project: Project) -> None:
    """Put what is missing where the terminal said."""
    secret = project("secret", "set", "contoso-orders", "db-password", stdin=f"{PASSWORD}\n")
    assert (secret.code, secret.out) == (0, "")
    assert secret.said == ["secret `db-password` of vault `contoso-orders` is set"]
    setting = project("setting", "set", "contoso-orders", "app:color", "green", "--label", "prod")
    assert setting.said == ["key-value `app:color` with the label `prod` of store `contoso-orders` is set"]


def _declare_it(project: Project) -> None:
    """Have the starter written, and use a line of it."""
    assert project("estate", "init").said == [f"wrote {project.estate}"]
    starter = project.estate.read_text()
    assert '# - {key: "app:color", label: "prod", value: "fill this in"}' in starter
    edited = starter.replace("# db-password: {env", "db-password: {env")
    assert edited != starter
    project.estate.write_text(edited)
    missing = project("estate", "check")
    assert missing.code == 2
    assert "CONTOSO_ORDERS_DB_PASSWORD" in missing.err
    checked = project("estate", "check", env={"CONTOSO_ORDERS_DB_PASSWORD": "another"})
    assert checked.said == [
        "keyless.yaml is in order: 1 workload, 1 vault, 1 configuration store, 0 role assignments"
    ]


def test_the_plan_names_the_least_roles_and_says_why(learned: Project) -> None:
    table = learned("plan")
    assert table.code == 0
    assert "Plan: 2 role assignments for 1 identity" in table.out
    for role in ("App Configuration Data Reader", "Key Vault Secrets User"):
        assert role in table.out
    assert "with less besides: 1" in " ".join(table.out.split())
    assert table.err == ""


def test_the_plan_comes_in_every_format_and_as_files(learned: Project) -> None:
    plan = json.loads(learned("plan", "--format", "json").out)
    assert plan["schema"] == "keyless.plan/2"
    assert {one["roleName"] for one in plan["assignments"]} == {
        "App Configuration Data Reader",
        "Key Vault Secrets User",
    }
    assert json.loads((learned.state / "plan.json").read_text()) == plan
    template = json.loads(learned("plan", "--format", "arm").out)
    assert template["$schema"].endswith("/deploymentTemplate.json#")
    assert "Microsoft.Authorization/roleAssignments" in learned("plan", "--format", "bicep").out
    assert "azurerm_role_assignment" in learned("plan", "--format", "terraform").out
    written = learned("plan", "--out", "deploy")
    deploy = learned.root / "deploy"
    assert json.loads((deploy / "plan.json").read_text()) == plan
    told = {Path(line.removeprefix("wrote ").partition(" (")[0]).name for line in written.said}
    assert told == {file.name for file in deploy.iterdir()}
    for name in ("az/1-grant.sh", "bicep/main.bicep", "terraform/main.tf", "terraform-azapi/main.tf"):
        assert (deploy / name).is_file()
    assert "az/1-grant.sh" in (deploy / "README.md").read_text()


def test_a_stage_of_an_earlier_plan_does_not_stay_beside_a_later_one(learned: Project) -> None:
    assert learned("plan", "--out", "deploy").code == 0
    stale = learned.root / "deploy" / "az" / "5-revoke.sh"
    assert not stale.exists()
    stale.write_text("exit 1\n")
    own = learned.root / "deploy" / "az" / "own.sh"
    own.write_text("true\n")
    written = learned("plan", "--out", "deploy")
    assert "removed deploy/az/5-revoke.sh: this plan has no such stage" in written.said
    assert (stale.exists(), own.exists()) == (False, True)


def test_roles_can_go_to_single_objects(learned: Project) -> None:
    scopes = {one["scope"].rsplit("/", 2)[-2:][0] for one in _assignments(learned, "--object-scope")}
    assert scopes == {"secrets", "configurationStores"}
    scopes = {one["scope"].rsplit("/", 2)[-2:][0] for one in _assignments(learned)}
    assert scopes == {"vaults", "configurationStores"}


def test_roles_for_general_use_can_be_asked_for(learned: Project) -> None:
    learned.learned('say(set_secret("contoso-orders", "receipt", "x"))')
    narrow = learned("plan")
    assert "(Preview)" in narrow.out
    assert "plan with `--general-roles`" in " ".join(narrow.out.split())
    assert {one["roleName"] for one in _assignments(learned, "--general-roles")} == {
        "App Configuration Data Reader",
        "Key Vault Secrets Officer",
    }


def _assignments(project: Project, *options: str) -> list[dict[str, str]]:
    plan = json.loads(project("plan", "--format", "json", *options).out)
    return list(plan["assignments"])


def test_the_proof_holds_under_the_plan_and_fails_without_a_role_of_it(learned: Project) -> None:
    uses = 'say(secret("contoso-orders", "db-password")); say(setting("contoso-orders", "app:color"))'
    learned("plan", "--out", "deploy")
    held = learned("prove", *app(uses))
    assert (held.code, held.out) == (0, f"{PASSWORD}\ngreen\n")
    assert held.said[-1] == "the proof holds: 2 calls allowed by 2 role assignments, none denied"
    assert any("grants, unused: Microsoft.KeyVault/vaults/secrets/readMetadata" in line for line in held.said)
    assert learned("explain", "--proof").out == "nothing was denied\n"

    plan_file = learned.root / "deploy" / "plan.json"
    plan = json.loads(plan_file.read_text())
    plan["assignments"] = [one for one in plan["assignments"] if "KeyVault" not in one["scope"]]
    plan_file.write_text(json.dumps(plan))
    failed = learned("prove", "--plan", "deploy/plan.json", *app(uses))
    assert (failed.code, failed.out) == (1, "403 ForbiddenByRbac\ngreen\n")
    assert failed.said[0].startswith(
        "denied: orders may not `Microsoft.KeyVault/vaults/secrets/getSecret/action`"
    )
    assert failed.said[-1] == "the proof fails: 1 access denied; `keyless explain --proof` says why"
    explained = learned("explain", "--proof").out
    assert (
        "orders may not `Microsoft.KeyVault/vaults/secrets/getSecret/action` at secret `db-pass" in explained
    )
    assert "`App Configuration Data Reader` at store `contoso-orders`: is for another scope" in explained
    assert "that grants it is `Key Vault Secrets User`" in explained


def test_a_proof_runs_on_the_kind_of_host_that_is_named(learned: Project) -> None:
    learned("plan")
    on_a_machine = app('say(__import__("os").environ.get("IDENTITY_ENDPOINT", "none"))')
    assert learned("prove", "--host-kind", "vm", *on_a_machine).out == "none\n"
    assert learned("prove", *on_a_machine).out.startswith("http://127.0.0.1:")


def test_a_proof_fails_with_the_commands_own_code(learned: Project) -> None:
    learned("plan")
    failed = learned("prove", *app("raise SystemExit(7)"))
    assert failed.code == 7
    assert failed.said[-1] == "the proof fails: the command did not succeed (exit code 7)"
    assert any(line.endswith("was not used at all") for line in failed.said)


def test_what_a_proof_writes_stays_in_its_copy(learned: Project) -> None:
    learned.learned('set_secret("contoso-orders", "receipt", "first")')
    learned("plan", "--general-roles")
    proof = learned("prove", *app('say(set_secret("contoso-orders", "receipt", "second"))'))
    assert (proof.code, proof.out) == (0, "200\n")
    assert learned.learned('say(secret("contoso-orders", "receipt"))').out == "first\n"


def test_a_proof_says_that_more_was_recorded_since_the_plan(learned: Project) -> None:
    learned("plan")
    plan_file = learned.state / "plan.json"
    os.utime(plan_file, (1_000_000_000, 1_000_000_000))
    proof = learned("prove", *app("pass"))
    assert proof.said[0] == (
        "2 accesses were recorded for the first time after the plan was made: `keyless plan` takes them in"
    )


def test_a_plan_for_identities_that_are_not_there_is_pointed_out(learned: Project) -> None:
    learned("plan")
    plan_file = learned.state / "plan.json"
    principal = learned.evidence()[0]["principalId"]
    plan_file.write_text(plan_file.read_text().replace(principal, "cccccccc-0000-0000-0000-000000000001"))
    proof = learned("prove", *app('say(secret("contoso-orders", "db-password"))'))
    assert proof.code == 1
    assert "the plan has roles for `orders`, which is no identity of this estate" in proof.said


def test_explain_answers_for_names_and_addresses(declared: Project) -> None:
    assert declared("estate", "apply").said == [f"applied {declared.estate}"]
    read = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    secret = "https://contoso-orders.vault.azure.net/secrets/db-password"
    may = declared("explain", "web", read.lower(), secret)
    assert may.out.splitlines() == [
        f"web may `{read}` at secret `db-password` of vault `contoso-orders`",
        "  because it has `Key Vault Secrets User` at vault `contoso-orders` (inherited)",
        "  - `Key Vault Secrets User` at vault `contoso-orders`: grants it",
    ]
    may_not = declared("explain", "worker", read, secret)
    lines = may_not.out.splitlines()
    assert lines[:3] == [
        f"worker may not `{read}` at secret `db-password` of vault `contoso-orders`",
        "  because no role assignment names it",
        (
            "  the built-in role with the fewest other permissions that grants it is "
            "`Key Vault Secrets User` (1 other); the narrowest scope is secret `db-password` of vault "
            "`contoso-orders`"
        ),
    ]
    who_can = declared("explain", "--who-can", read, secret).out.splitlines()
    assert who_can[0] == f"1 principal may `{read}` at secret `db-password` of vault `contoso-orders`:"
    assert who_can[1].startswith("  web: `Key Vault Secrets User` at vault `contoso-orders`")
    assert declared("explain", "web").out.startswith("web holds ")


NOT_UNDERSTOOD = {
    ("wbe", "*", "/"): "no principal is called `wbe`: the nearest are `web`",
    ("web", "Microsoft.KeyVault/vaults/secrets/getSecret", "/"): (
        "`Microsoft.KeyVault/vaults/secrets/getSecret` is not a known action: the nearest are "
        "`Microsoft.KeyVault/vaults/secrets/getSecret/action`"
    ),
    ("web", "Microsoft.KeyVault/vaults/read", "https://contoso-order.vault.azure.net"): (
        "`https://contoso-order.vault.azure.net` is no resource id, and nothing in this estate has that"
    ),
    ("web", "Microsoft.KeyVault/vaults/read", "/subscriptions"): "names no subscription after",
    ("web", "Microsoft.KeyVault/vaults/read"): "explain takes WHO, ACTION and SCOPE; WHO alone",
}


def test_explain_says_what_it_did_not_understand(declared: Project) -> None:
    declared("estate", "apply")
    for arguments, message in NOT_UNDERSTOOD.items():
        ran = declared("explain", *arguments)
        assert (ran.code, ran.out) == (2, "")
        assert message in ran.err


def test_evidence_is_shown_in_words_and_as_json_and_can_be_forgotten(learned: Project) -> None:
    lines = learned("evidence", "show").out.splitlines()
    sign_ins = [line for line in lines if "x  sign-in  orders  with a managed identity (app-service)" in line]
    assert [line.rsplit(" ", 1)[1] for line in sign_ins] == [
        "https://azconfig.io",
        "https://vault.azure.net",
    ]
    assert lines[:2] == sign_ins
    assert len(lines) == 4
    assert (
        "2x  learned  orders  Microsoft.KeyVault/vaults/secrets/getSecret/action  secret `db-pas" in lines[3]
    )
    first, second = learned.evidence()
    assert (first["count"], first["outcome"], first["plane"]) == (2, "learned", "data")
    assert second["scope"].lower().endswith("/vaults/contoso-orders/secrets/db-password")
    assert learned("evidence", "clear").said == ["forgot 4 lines of evidence"]
    assert learned("evidence", "show").said == ["nothing is recorded"]
    assert learned.learned('say(secret("contoso-orders", "db-password"))').out == f"{PASSWORD}\n"
    assert len(learned.evidence()) == 1


def test_the_world_is_taken_along_as_a_file_and_means_the_same(learned: Project, folder: Path) -> None:
    principal = learned.evidence()[0]["principalId"]
    exported = learned("estate", "export")
    assert (exported.code, exported.err) == (0, "")
    assert PASSWORD not in exported.out
    there = Project(folder / "elsewhere", folder)
    there.root.mkdir()
    there.estate.write_text(exported.out)
    variable = next(word.strip("{},") for word in exported.out.split() if "DB_PASSWORD" in word)
    there.environment[variable] = "another"
    assert there("estate", "check").code == 0
    ran = there(
        "run",
        "--learn",
        *app('say(claims(token())["oid"]); say(setting("contoso-orders", "app:color"))'),
    )
    assert ran.out.splitlines() == [principal, "green"]
    assert there("estate", "export").out == exported.out
    assert learned("estate", "export", "--out", "world.yaml").out == ""
    assert (learned.root / "world.yaml").read_text() == exported.out


def test_show_draws_the_file_or_the_store_and_no_values(learned: Project) -> None:
    drawn = learned("estate", "show").out
    for text in ("orders-rg", "contoso-orders", "db-password", "app:color"):
        assert text in drawn
    assert PASSWORD not in drawn
    learned("estate", "init")
    from_file = learned("estate", "show").out
    assert "contoso-orders" in from_file
    assert "db-password" not in from_file


def test_a_secret_can_be_set_where_only_the_file_knows_the_vault(declared: Project) -> None:
    ran = declared("secret", "set", "contoso-orders", "api-key", stdin="x")
    assert (ran.code, ran.said) == (0, ["secret `api-key` of vault `contoso-orders` is set"])
    again = declared("secret", "set", "Contoso-Orders", "DB-password", stdin="typed")
    assert again.said[1] == (
        "`keyless.yaml` declares it too: the next `keyless run` that starts a plane sets what stands there"
    )
    note = declared("setting", "set", "contoso-orders", "app:color", "red", "--label", "prod").said[1]
    assert note.startswith("`keyless.yaml` declares it too")
    ran = declared("run", "--as", "web", *app('say(secret("contoso-orders", "db-password"))'))
    assert ran.out == f"{PASSWORD}\n"


def test_a_plan_can_be_made_the_estates_own_and_is_enforced(learned: Project) -> None:
    learned("estate", "init")
    enforced = learned("run", *app(USES))
    assert enforced.out.splitlines()[:2] == ["403 ForbiddenByRbac", "403"]
    learned("plan", "--format", "json")
    rows = learned("plan", "--format", "estate")
    learned.estate.write_text(learned.estate.read_text() + rows.out)
    allowed = learned("run", *app('say(secret("contoso-orders", "db-password"))'))
    assert (allowed.out, allowed.err) == (f"{PASSWORD}\n", "")


def test_what_the_file_does_not_name_can_be_pruned_while_a_plane_runs(declared: Project) -> None:
    declared("secret", "set", "contoso-orders", "api-key", stdin="x")
    reads = 'say(secret("contoso-orders", "api-key"))'
    with declared.running("run", "--as", "web", *app(f"{reads}; hold(); {reads}; hold()")) as running:
        assert [running.line(), running.line()] == ["x", "holding"]
        assert declared("estate", "apply").said == [f"applied {declared.estate}"]
        assert declared("estate", "apply", "--prune").said == [
            f"applied {declared.estate}",
            "removed secret `api-key` of vault `contoso-orders`",
        ]
        running.tell()
        assert running.line() == "404 SecretNotFound"
        running.end("go")


def test_a_run_can_begin_with_the_file_alone(declared: Project) -> None:
    declared("secret", "set", "contoso-orders", "api-key", stdin="x")
    reads = 'say(secret("contoso-orders", "api-key")); say(secret("contoso-orders", "db-password"))'
    with declared.running("run", "--as", "web", *app(f"{reads}; hold()")) as running:
        assert running.line() == "x"
        fresh = declared("run", "--fresh", "--as", "web", *app(reads))
        assert (fresh.code, fresh.out) == (125, "")
        assert fresh.said == [
            "a plane runs in this project: end what runs on it before you begin anew with `--fresh`"
        ]
        running.line()
        running.end("go")
    before = declared.evidence()
    fresh = declared("run", "--fresh", "--as", "web", *app(reads))
    assert fresh.out == f"404 SecretNotFound\n{PASSWORD}\n"
    assert len(declared.evidence()) == len(before)


def test_a_run_does_not_begin_anew_from_no_file(learned: Project) -> None:
    fresh = learned("run", "--fresh", "--learn", *app("pass"))
    assert fresh.code == 125
    assert fresh.said[0].startswith(f"there is no `keyless.yaml` in `{learned.root}` to begin anew from")
    assert learned.learned('say(secret("contoso-orders", "db-password"))').out == f"{PASSWORD}\n"
