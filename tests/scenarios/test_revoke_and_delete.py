"""Revoking, rotating and deleting beside a plane that runs: with the next request, and for good."""

from __future__ import annotations

import json

from keyless_command import Project, app, plane_has_ended, wait_until

READ_WITH = "say(secret('contoso-orders', 'db-password', held))"
HELD = f"held = token(); {READ_WITH}; hold(held); {READ_WITH}"
OID = "say(claims(token())['oid'])"
PASSWORD = "correct horse battery staple"
REFUSED = "401 Unauthorized"


def test_a_revoked_token_is_refused_while_the_app_runs_and_a_new_one_is_taken(declared: Project) -> None:
    fresh = "say(secret('contoso-orders', 'db-password'))"
    with declared.running("run", "--as", "web", *app(f"{HELD}; {fresh}")) as running:
        assert running.line() == PASSWORD
        running.line()
        assert declared("identity", "revoke", "web").code == 0
        assert running.end("go").out.splitlines()[-2:] == [REFUSED, PASSWORD]


def test_what_was_revoked_stays_so_when_the_plane_begins_anew(declared: Project) -> None:
    with declared.running("run", "--as", "web", *app("hold(token())")) as running:
        held = running.line()
        running.end("go")
    wait_until(lambda: plane_has_ended(declared.state / "plane.lock"), "the plane ends")
    read = f"held = {held!r}; {READ_WITH}"
    assert declared("run", "--as", "web", *app(read)).out == f"{PASSWORD}\n"
    assert declared("identity", "revoke", "web").code == 0
    assert declared("run", "--as", "web", *app(read)).out == f"{REFUSED}\n"


def test_a_deleted_resource_is_made_again_by_the_next_run_as_somebody_else(declared: Project) -> None:
    with declared.running("run", "--as", "web", *app(f"{OID}; {HELD}")) as running:
        old = running.line()
        assert running.line() == PASSWORD
        running.line()
        deleted = declared("estate", "delete", "web")
        assert deleted.code == 0
        assert any(line.startswith("orphaned: Key Vault Secrets User") for line in deleted.said)
        again = declared("run", "--as", "web", *app(f"{OID}; {HELD.split(';', maxsplit=1)[0]}; {READ_WITH}"))
        new, value = again.out.splitlines()
        assert (new != old, value) == (True, PASSWORD)
        assert running.end("go").out.splitlines()[-1] == REFUSED
    assert "Identity not found  web (deleted)" in declared("identity", "list").out
    tree = declared("estate", "show").out
    assert (f"principal id  {new}" in tree, f"principal id  {old}" in tree) == (True, False)
    shown = declared("identity", "show", old).out
    assert "deleted: no token of it holds" in shown


def test_keys_rotate_beside_a_running_app_without_its_noticing(declared: Project) -> None:
    kid = "say(token().split('.')[0] != before)"
    program = f"before = token().split('.')[0]; {HELD}; {kid}"
    with declared.running("run", "--as", "web", *app(program)) as running:
        assert running.line() == PASSWORD
        running.line()
        assert declared("keys", "rotate", "--now").code == 0
        assert running.end("go").out.splitlines()[-2:] == [PASSWORD, "True"]
    states = [json.loads(line)["state"] for line in declared("keys", "list", "--json").out.splitlines()]
    assert sorted(states) == ["retired", "signing"]
