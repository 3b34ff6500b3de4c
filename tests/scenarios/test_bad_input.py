"""What is wrong is said in a line that helps, ends with a code of its own, and loses nothing."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from keyless_command import Project, Ran, app, files_of, obey_permissions

from keyless.runtime.socket_path import short_name

GET = 'say(secret("contoso-orders", "db-password"))'
PASSWORD = "correct horse battery staple"


def assert_refused(ran: Ran, code: int, *messages: str) -> None:
    """The command ended with this code, said all this, and nothing on standard output."""
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert "Traceback" not in ran.err
    for message in messages:
        assert message in ran.err


# --- the command line


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("rnu", "--", "true"), 2, "there is no command `rnu`: did you mean `run`?"),
        (("estate", "shwo"), 2, "there is no command `shwo`: did you mean `show`?"),
        (("zzz",), 2, "there is no command `zzz`: there are assess, run, plan, prove"),
        (
            ("run",),
            125,
            "there is no command to run: write it after `--`, as in `keyless run -- python app.py`",
        ),
        (("run", "--"), 125, "there is no command to run"),
        (("run", "--learn", "--", ""), 125, "there is no command to run"),
        (("prove",), 125, "there is no command to run: write it after `--`, as in `keyless prove -- pytest`"),
        (("run", "--lern", "--", "true"), 125, "--lern"),
        (("run", "--port", "70000", "--", "true"), 125, "70000"),
        (("plan", "--object-scop"), 2, "--object-scop"),
        (("run", "--project", "nowhere", "--", "true"), 125, "nowhere"),
    ],
)
def test_a_command_line_that_is_not_understood(
    project: Project, arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert_refused(project(*arguments), code, message)
    assert files_of(project.root) == {}


# --- where nothing has happened yet


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("plan",), 2, "nothing was recorded in `{root}` yet: begin with `keyless run --learn -- COMMAND`"),
        (("prove", "--", "true"), 125, "there is no plan to prove yet: make one with `keyless plan`"),
        (("explain",), 2, "nothing has run in `{root}` yet: begin with `keyless run --learn -- COMMAND`"),
        (("explain", "--proof"), 2, "nothing was proved here yet: begin with `keyless plan`"),
        (("evidence", "show"), 2, "nothing was recorded in `{root}` yet"),
        (("evidence", "clear"), 2, "nothing was recorded in `{root}` yet"),
        (("secret", "set", "contoso", "key"), 2, "there is nothing in `{root}` to put this into yet"),
        (("setting", "set", "contoso", "key", "x"), 2, "there is nothing in `{root}` to put this into yet"),
        (("estate", "show"), 2, "there is no store in `{root}` yet: `keyless estate apply` makes one"),
        (("estate", "export"), 2, "there is no store in `{root}` yet"),
        (("estate", "check"), 2, "there is no `keyless.yaml` in `{root}`: `keyless estate init` writes one"),
        (("estate", "apply"), 2, "there is no `keyless.yaml` in `{root}`"),
    ],
)
def test_a_directory_that_is_no_project_is_left_as_it_is(
    project: Project, arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert_refused(project(*arguments, stdin="x"), code, message.format(root=project.root))
    assert list(project.root.iterdir()) == []


@pytest.mark.parametrize("arguments", [("identity", "list"), ("keys", "list"), ("explain",)])
def test_where_an_estate_is_declared_and_nothing_ran_it_is_to_be_applied(
    project: Project, arguments: tuple[str, ...]
) -> None:
    project.estate.write_text("version: 1\n")
    message = f"nothing has run in `{project.root}` yet: begin with `keyless estate apply`"
    assert_refused(project(*arguments), 2, message)


def test_enforcing_with_nothing_declared_says_how_to_begin(project: Project) -> None:
    assert_refused(
        project("run", "--", "true"),
        125,
        "there is no workload to run as: declare one in `keyless.yaml` (`keyless estate init` writes a "
        "starter), or begin with `keyless run --learn -- …`, which needs nothing",
    )


def test_a_directory_that_was_removed(project: Project, folder: Path) -> None:
    gone = folder / "gone"
    line = f'mkdir {gone}; cd {gone}; rmdir {gone}; exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", line, "sh", sys.executable, "-m", "keyless.cli.main", "run", "--", "true"],
        capture_output=True,
        check=False,
        timeout=60,
        env=project.environment,
    )
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert_refused(ran, 125, "the current directory is not there any more: change to another one")


# --- keyless.yaml


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "version: 1\nresourceGroups:\n  g: {vaults: {contoso-orders: }\n",
            ("keyless.yaml:",),
        ),
        (
            (
                "version: 1\ntenant: t\nsubscription: s\nresourceGroups:\n  g:\n    compute:\n      web:\n"
                "        type: Microsoft.Web/sites\n        identity: {systemAssigned: true}\n"
                "roleAssignments:\n"
                "  - {principal: web, role: Key Vault Secret User, scope: {resourceGroup: g}}\n"
                "  - {principal: wbe, role: Reader, scope: {resourceGroup: g}}\n"
            ),
            ("keyless.yaml:11:28: ", "Key Vault Secrets User", "keyless.yaml:12:17: ", "`web`"),
        ),
        ("", ("keyless.yaml: is empty; `keyless estate init` writes a commented starter",)),
        ("\x00", ("keyless.yaml:1:1: ",)),
    ],
)
def test_an_estate_with_mistakes_names_their_places(
    learned: Project, text: str, messages: tuple[str, ...]
) -> None:
    learned.estate.write_text(text)
    before = files_of(learned.root)
    for arguments, code in ((("run", "--learn", "--", "true"), 125), (("estate", "check"), 2)):
        assert_refused(learned(*arguments), code, *messages)
    assert files_of(learned.root) == before


def test_a_broken_estate_stops_what_uses_it_and_nothing_else(learned: Project) -> None:
    learned.estate.write_text("version: [")
    for command in ("show", "apply"):
        assert_refused(learned("estate", command), 2, "keyless.yaml:2:1: this is not YAML")
    assert_refused(
        learned("secret", "set", "fabrikam", "key", stdin="x"), 2, "keyless.yaml:2:1: this is not YAML"
    )
    assert learned("secret", "set", "contoso-orders", "key", stdin="x").code == 0
    assert learned("plan").code == 0


def test_an_estate_that_is_a_directory_or_leads_nowhere(learned: Project) -> None:
    learned.estate.mkdir()
    assert_refused(
        learned("run", "--", "true"), 125, "keyless.yaml: is a directory; name the estate file in it"
    )
    assert_refused(learned("estate", "init"), 2, "is there already: `--force` replaces it")
    assert_refused(learned("estate", "init", "--force"), 2, "cannot write `")
    learned.estate.rmdir()
    learned.estate.symlink_to("nowhere.yaml")
    assert_refused(learned("run", "--", "true"), 125, "keyless.yaml: there is no such file")


def test_an_estate_is_not_written_over_unless_that_is_asked_for(learned: Project) -> None:
    learned.estate.write_text("mine")
    assert_refused(
        learned("estate", "init"), 2, f"`{learned.estate}` is there already: `--force` replaces it"
    )
    assert learned.estate.read_text() == "mine"
    learned.estate.chmod(0o640)
    assert learned("estate", "init", "--force").code == 0
    assert "resourceGroups:" in learned.estate.read_text()
    assert learned.estate.stat().st_mode & 0o777 == 0o640


def test_a_secret_whose_variable_is_not_set_is_named_with_it(declared: Project) -> None:
    del declared.environment["DB_PASSWORD"]
    ran = declared("run", "--as", "web", "--", "true")
    assert_refused(ran, 125, "keyless.yaml:21:", "DB_PASSWORD")
    assert not declared.state.exists()


def test_a_locked_setting_that_the_estate_declares_otherwise_is_named(declared: Project) -> None:
    lock = """
url = "https://contoso-orders.azconfig.io/locks/app%3Acolor?api-version=1.0"
say(ask(url, "PUT", headers=bearer(token(STORE_RESOURCE)))[0])
"""
    assert declared("run", "--learn", "--as", "web", *app(lock)).out == "200\n"
    declared.estate.write_text(declared.estate.read_text().replace('"green"', '"red"'))
    message = "key-value `app:color` of store `contoso-orders` cannot be brought up to what is declared: "
    assert_refused(declared("run", "--as", "web", "--", "true"), 125, message)
    assert_refused(declared("estate", "apply"), 1, message)


# --- contents

NOT_TAKEN = [
    (
        ("secret", "set", "contoso-order", "key"),
        b"x",
        "no vault `contoso-order`: did you mean `contoso-orders`?",
    ),
    (("secret", "set", "fabrikam", "key"), b"x", "no vault `fabrikam`: declare it in `keyless.yaml`, or"),
    (("secret", "set", "contoso-orders", "no_such"), b"x", "no_such"),
    (("secret", "set", "contoso-orders", "key"), b"x" * 25_601, "25"),
    (("secret", "set", "contoso-orders", "key"), b"x" * 3_000_000, "the value is too long for a secret"),
    (("secret", "set", "contoso-orders", "key"), b"", "there is no value: type it when asked, or pipe it in"),
    (
        ("secret", "set", "contoso-orders", "key"),
        b"\xff",
        "the value is not UTF-8 text, and secrets are text",
    ),
    (("setting", "set", "contoso-order", "k", "v"), b"", "no store `contoso-order`: did you mean `contoso-o"),
    (("setting", "set", "contoso-orders", "k", "x" * 11_000), b"", "10"),
    (("setting", "set", "contoso-orders", "..", "x"), b"", "`..`"),
]


def test_contents_that_are_not_taken(learned: Project) -> None:
    before = learned("estate", "export").out
    for arguments, value, message in NOT_TAKEN:
        ran = learned(*arguments, stdin=value)
        assert_refused(ran, 2, message)
        assert len(ran.said) == 1
    assert learned("estate", "export").out == before


# --- plans


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no plan", "this is not a plan: "),
        (b'{"schema": "keyless.plan/2", "assignments": 5}', "this is not a plan: "),
        (b'{"assignments": []}', "this is not a plan: it has no `schema` of one"),
        (
            b'{"schema": "keyless.plan/1"}',
            "the plan has the schema `keyless.plan/1`, and `keyless.plan/2` is",
        ),
        (b"\xff\xfe", "this is not a plan: "),
        (
            b'{"schema": "keyless.plan/99"}',
            "the plan has the schema `keyless.plan/99`, and `keyless.plan/2` is ne",
        ),
    ],
)
def test_a_plan_that_cannot_be_read(learned: Project, content: bytes, message: str) -> None:
    file = learned.root / "plan.json"
    file.write_bytes(content)
    assert_refused(learned("prove", "--plan", "plan.json", "--", "true"), 125, "plan.json: ", message)
    assert not (learned.state / "proof").exists()


def test_a_plan_that_is_not_there_or_is_a_directory(learned: Project) -> None:
    assert_refused(
        learned("prove", "--plan", "plan.json", "--", "true"), 125, "there is no plan `plan.json`: make"
    )
    assert_refused(learned("prove", "--plan", ".", "--", "true"), 125, "--plan", "is a directory")


def test_a_plan_that_cannot_be_written(learned: Project) -> None:
    (learned.root / "deploy").write_text("in the way")
    ran = learned("plan", "--out", "deploy/here")
    assert ran.code == 2
    assert ran.said == ["cannot make `deploy/here`: not a directory"]


# --- the state


def test_a_stale_lock_and_a_stale_socket_stand_in_nobodys_way(learned: Project) -> None:
    (learned.state / "plane.lock").write_text("1\n")
    with socket.socket(socket.AF_UNIX) as dead, short_name(learned.state / "plane.sock") as name:
        dead.bind(name)
    assert learned.learned(GET).out == f"{PASSWORD}\n"
    assert learned.plane_pid() != 1


@pytest.mark.parametrize("damage", ["garbage", "half", "middle"])
def test_a_damaged_store_is_refused_and_left_as_it_is(learned: Project, damage: str) -> None:
    store = learned.state / "store.db"
    content = store.read_bytes()
    store.write_bytes(
        {
            "garbage": b"this is no database" * 100,
            "half": content[: len(content) // 2],
            "middle": content[:4096] + bytes(8192) + content[4096 + 8192 :],
        }[damage]
    )
    before = files_of(learned.root)
    for arguments, code in (
        (("run", "--learn", *app(GET)), 125),
        (("secret", "set", "contoso-orders", "key"), 1),
    ):
        ran = learned(*arguments, stdin="x")
        assert_refused(ran, code, f"`{store}`", "nothing was changed")
    after = files_of(learned.root)
    assert {name: after[name] for name in before} == before
    shutil.move(store, f"{store}.damaged")
    assert learned.learned(GET).out == "404 SecretNotFound\n"


def test_damaged_evidence_is_refused_and_left_as_it_is(learned: Project) -> None:
    evidence = learned.state / "evidence.db"
    evidence.write_bytes(b"this is no database" * 100)
    before = files_of(learned.root)
    ran = learned("run", "--learn", *app(GET))
    assert_refused(ran, 125, f"the evidence `{evidence}` is damaged", f"`mv {evidence} {evidence}.damaged`")
    assert_refused(learned("plan"), 1, f"the evidence `{evidence}` is damaged")
    assert files_of(learned.root) == before
    shutil.move(evidence, f"{evidence}.damaged")
    assert learned.learned(GET).out == f"{PASSWORD}\n"


def test_a_wrong_root_key_is_refused_wherever_it_comes_from(learned: Project) -> None:
    other = base64.b64encode(bytes(32)).decode()
    key_file = learned.state / "root.key"
    right = key_file.read_text()
    before = files_of(learned.root)
    ran = learned("run", "--learn", *app(GET), env={"KEYLESS_ROOT_KEY": other})
    assert_refused(ran, 125, "the root key from `KEYLESS_ROOT_KEY`", "does not open", "nothing was changed")
    ran = learned("run", "--learn", *app(GET), env={"KEYLESS_ROOT_KEY": "nonsense"})
    assert_refused(ran, 125, "the variable `KEYLESS_ROOT_KEY` does not hold a root key")
    assert "nonsense" not in ran.err
    assert files_of(learned.root) == before
    key_file.write_text(other)
    assert_refused(learned("explain"), 1, f"the root key from `{key_file}`", "does not open")
    key_file.chmod(0o644)
    assert_refused(learned("explain"), 1, "can be read by others", f"`chmod 600 {key_file}`")
    key_file.unlink()
    assert_refused(learned("run", "--", "true"), 125, f"the root key `{key_file}` is missing: put it back")
    assert not key_file.exists()
    ran = learned(
        "run",
        "--learn",
        *app(f'{GET}; say("KEYLESS_ROOT_KEY" in os.environ)'),
        env={"KEYLESS_ROOT_KEY": right},
    )
    assert ran.out == f"{PASSWORD}\nFalse\n"


@pytest.mark.skipif(os.getuid() != 0, reason="only the superuser gives directories away")
def test_a_state_that_belongs_to_someone_else_is_refused(learned: Project) -> None:
    os.chown(learned.state, 12345, -1)
    assert_refused(learned("run", "--", "true"), 125, f"`{learned.state}` belongs to another user: remove it")


def test_a_state_that_others_could_enter_is_closed(learned: Project) -> None:
    learned.state.chmod(0o755)
    assert learned.learned(GET).out == f"{PASSWORD}\n"
    assert learned.state.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_cannot_be_written_to(project: Project) -> None:
    project.root.chmod(0o500)
    ran = project("run", "--learn", "--", "true", preexec_fn=obey_permissions)
    assert_refused(ran, 125, f"cannot use the directory `{project.state}`: permission denied")
    ran = project("estate", "init", preexec_fn=obey_permissions)
    assert_refused(ran, 1, f"cannot use the directory `{project.state}`: permission denied")
    project.root.chmod(0o700)
    assert list(project.root.iterdir()) == []


@pytest.mark.parametrize("name", ["store.db", "evidence.db", "root.key", "plane.lock"])
def test_a_file_of_the_state_that_cannot_be_read(learned: Project, name: str) -> None:
    file = learned.state / name
    file.chmod(0)
    ran = learned("run", "--learn", "--", "true", preexec_fn=obey_permissions)
    assert_refused(ran, 125, f"`{file}`")
    file.chmod(0o600)
    assert learned.learned(GET).out == f"{PASSWORD}\n"


# --- paths


@pytest.mark.parametrize("name", ["with spaces and 'quotes'", "-überall ☂ %41#?"])
def test_a_project_may_be_called_anything(folder: Path, name: str) -> None:
    there = Project(folder / name, folder)
    there.root.mkdir(parents=True)
    assert there.learned(GET).out == "404 SecretNotFound\n"
    for command in (
        ("plan", "--out", "deploy"),
        ("prove", *app(GET)),
        ("estate", "init"),
        ("estate", "check"),
    ):
        ran = there(*command)
        assert ran.code == 0, ran.err


def test_a_project_may_lie_deeper_than_a_socket_may(folder: Path) -> None:
    there = Project(folder / ("x" * 120) / "deep", folder)
    there.root.mkdir(parents=True)
    with there.running("run", "--learn", *app(f"{GET}; hold()")) as running:
        assert running.line() == "404 SecretNotFound"
        assert there("secret", "set", "contoso-orders", "db-password", stdin=PASSWORD).code == 0
        assert there.learned(GET).out == f"{PASSWORD}\n"
        running.end("go")
    there("plan")
    assert there("prove", *app(GET)).code == 0


def test_a_command_in_a_directory_below_is_in_the_project(learned: Project) -> None:
    below = learned.root / "src" / "deep"
    below.mkdir(parents=True)
    assert (
        learned("run", "--learn", *app(f"{GET}; say(os.getcwd())"), cwd=below).out == f"{PASSWORD}\n{below}\n"
    )
    assert not (below / ".keyless").exists()
    ran = learned("plan", "--project", str(below))
    assert_refused(ran, 2, f"nothing was recorded in `{below}` yet")
    plan = learned("plan", "--format", "json", cwd="/", env={"KEYLESS_PROJECT": str(learned.root)})
    assert len(json.loads(plan.out)["assignments"]) == 2
