"""The scripts, as bash runs them: a program in place of `az` writes down with which words it was called."""

from __future__ import annotations

import os
import shlex
import subprocess

import msgspec
import pytest
from plan_worlds import SECRETS_USER, VAULT
from staged_plans import SHARED, WHOLE, assignment, choice, credential, native, secret

from keyless.plan.result import Plan, Removal
from keyless.plan.results.identities import IdentityPlan
from keyless.plan.stages import stages_of
from keyless.plan.writers.az import write_az

RECORDER = """\
#!/bin/sh
{{ printf '%s\\0' "$@"; printf '\\1\\0'; }} >> {log}
for word in "$@"; do [ "$word" != {broken} ] || exit 1; done
for word in "$@"; do [ "$word" != tsv ] || printf '%s\\n' {answer}; done
"""
NASTY = [
    "it's",
    'a "quoted" name',
    "$(touch pwned)",
    "`touch pwned`",
    "${HOME}",
    "a\ntouch pwned",
    "a\r\ntouch pwned\n",
    "; touch pwned #",
    "\\",
    "\x1b]0;title\x07",
    "a\u2028b",
    "-n",
    "'; touch pwned; '",
    "%s%n",
]


class Shell:
    """A directory with the scripts of a plan and a program called `az` that only takes notes."""

    def __init__(self, folder, plan, answer="an-answer", broken="never"):
        self.folder = folder
        self.log = folder / "log"
        program = folder / "bin" / "az"
        program.parent.mkdir()
        given = {"log": str(self.log), "answer": answer, "broken": broken}
        program.write_text(RECORDER.format(**{name: shlex.quote(text) for name, text in given.items()}))
        program.chmod(0o700)
        for name, text in write_az(plan).items():
            file = folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)

    def __call__(self, script):
        """Run a script: how it went, and the calls it made."""
        self.log.unlink(missing_ok=True)
        ran = subprocess.run(
            ["bash", str(self.folder / script)],
            cwd=self.folder,
            env={"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "KEYLESS_WAIT_S": "0"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        text = self.log.read_bytes().decode() if self.log.exists() else ""
        return ran, [call.split("\0")[:-1] for call in text.split("\1\0")[:-1]]


@pytest.fixture
def shell(tmp_path):
    return lambda plan, **more: Shell(tmp_path, plan, **more)


def nasty(text):
    """A plan in which everything that has a name has this one."""
    who = msgspec.structs.replace(SHARED, name=text)
    return Plan(
        identities=IdentityPlan(choices=(msgspec.structs.replace(choice("x", who), name=text, reason=text),)),
        assignments=(
            msgspec.structs.replace(assignment(1, who, SECRETS_USER, VAULT, name=text), reason=text),
        ),
        native=(native(f"CREATE USER {text}", who=who), native("az x", who=who)),
        removals=(Removal(text, who, SECRETS_USER, text, VAULT, text, condition=text),),
        secrets=(secret(text),),
        stored_credentials=(credential(principal=who, by=text),),
    )


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_name_becomes_a_command(shell, text) -> None:
    plan = nasty(text)
    scripts = shell(plan)
    for stage in stages_of(plan):
        for folder in ("", "rollback/"):
            if (scripts.folder / f"{folder}{stage.key.value}.sh").exists():
                ran, _ = scripts(f"{folder}{stage.key.value}.sh")
                assert ran.returncode == 0, ran.stderr
                assert all(one.isprintable() or one == "\n" for one in ran.stdout)
    assert not (scripts.folder / "pwned").exists()


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_every_word_arrives_as_it_is(shell, text) -> None:
    plan = nasty(text)
    _, calls = shell(plan)("rollback/5-revoke.sh")
    assert calls[0][:4] == ["keyvault", "secret", "recover", "--vault-name"]
    assert calls[0][6] == text
    (again,) = (words for words in calls if words[:3] == ["role", "assignment", "create"])
    assert again[again.index("--condition") + 1] == text
    assert again[again.index("--name") + 1] == text


def test_what_is_asked_for_is_asked_once_and_put_in_its_place(shell) -> None:
    _, calls = shell(WHOLE, answer="some principal")("1-grant.sh")
    asked = [words for words in calls if words[1] == "show"]
    assert len(asked) == 2
    first = next(words for words in calls if words[:3] == ["role", "assignment", "create"])
    assert first[first.index("--assignee-object-id") + 1] == "some principal"
    told = next(words for words in calls if words[0] == "cosmosdb")
    assert told[told.index("--principal-id") + 1] == "some principal"


def test_an_answer_goes_behind_its_prefix(shell) -> None:
    _, calls = shell(WHOLE, answer="an id")("3-switch.sh")
    told = next(words for words in calls if "--settings" in words)
    assert told[told.index("--settings") + 1] == "AZURE_CLIENT_ID=an id"


@pytest.mark.parametrize("script", ["1-grant.sh", "4-verify.sh"])
def test_an_empty_answer_ends_a_script(shell, script) -> None:
    ran, calls = shell(WHOLE, answer="")(script)
    assert ran.returncode != 0
    assert len(calls) == 1


def test_a_script_stops_at_the_first_failure(shell) -> None:
    ran, calls = shell(WHOLE, broken="create")("1-grant.sh")
    assert ran.returncode != 0
    assert [words[:2] for words in calls] == [["identity", "show"], ["role", "assignment"]]


def test_a_question_that_fails_ends_a_script(shell) -> None:
    ran, calls = shell(WHOLE, broken="show")("1-grant.sh")
    assert ran.returncode != 0
    assert len(calls) == 1


def test_the_way_back_tries_everything_and_fails_in_the_end(shell) -> None:
    ran, calls = shell(WHOLE, broken="recover")("rollback/5-revoke.sh")
    assert ran.returncode == 1
    assert "not taken back: delete the secret db-password" in ran.stderr
    assert calls[-1][:3] == ["role", "assignment", "create"]


def test_the_way_back_begins_with_the_last_step(shell) -> None:
    _, calls = shell(WHOLE)("rollback/0-prepare.sh")
    assert [words[0] for words in calls] == ["rest", "containerapp", "identity"]


def test_what_was_off_is_left_alone_and_stays_off_on_the_way_back(shell) -> None:
    scripts = shell(WHOLE, answer="true")
    for script in ("9-local-auth-off.sh", "rollback/9-local-auth-off.sh"):
        ran, calls = scripts(script)
        assert ran.returncode == 0, ran.stderr
        assert all(words[:2] == ["resource", "show"] for words in calls)


def test_what_was_on_is_switched_off_and_on_again_on_the_way_back(shell) -> None:
    scripts = shell(WHOLE, answer="false")
    _, calls = scripts("9-local-auth-off.sh")
    asked, off = ["resource", "show"], [["appconfig", "update"], ["resource", "update"]]
    assert [words[:2] for words in calls] == [asked, off[0], asked, off[1]]
    _, calls = scripts("rollback/9-local-auth-off.sh")
    assert [words[:2] for words in calls] == [["resource", "update"], ["appconfig", "update"]]
    assert scripts("rollback/9-local-auth-off.sh")[1] == []


def test_no_command_prints_what_it_was_answered(shell) -> None:
    scripts = shell(WHOLE, answer="a secret value")
    for name in write_az(WHOLE):
        ran, calls = scripts(name)
        assert "a secret value" not in ran.stdout + ran.stderr
        for words in calls:
            assert "tsv" in words or words[words.index("--output") + 1] == "none"


def test_every_script_can_be_read_by_a_strict_shell(tmp_path) -> None:
    for name, text in write_az(WHOLE).items():
        assert text.startswith("#!/usr/bin/env bash\n")
        strict = "set -uo pipefail" if name.startswith("rollback/") else "set -euo pipefail"
        assert strict in text
        checked = subprocess.run(["bash", "-n"], input=text, text=True, check=False, capture_output=True)
        assert checked.returncode == 0, checked.stderr


def test_only_stages_with_a_way_back_have_a_script_for_it() -> None:
    names = set(write_az(WHOLE))
    assert "rollback/2-wait.sh" not in names
    assert "rollback/4-verify.sh" not in names
    assert {"2-wait.sh", "rollback/1-grant.sh", "6-revoke-uncertain.sh"} <= names
