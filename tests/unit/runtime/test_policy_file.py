from __future__ import annotations

import msgspec
import pytest

from keyless.estate.problems import At, InvalidEstate
from keyless.plan.policy.policy import DEFAULT_POLICY, PlanPolicy
from keyless.plan.policy.roles import CustomRoles
from keyless.plan.policy.scopes import ScopeLevel
from keyless.runtime.policy_file import policy_of_text, read_policy
from keyless.runtime.policy_words import wanted


def problems(text):
    with pytest.raises(InvalidEstate) as caught:
        policy_of_text(text, "p.yaml")
    return [str(one) for one in caught.value.problems]


@pytest.mark.parametrize("text", ["", "# nothing\n\n---\n", "~", "roles:\n", "roles: {}\n"])
def test_a_file_that_decides_nothing_is_the_default_policy(text):
    assert policy_of_text(text).policy == DEFAULT_POLICY


def test_every_section_is_read():
    read = policy_of_text(
        "roles: {forbidden: [Owner], custom: proposed, mostAssignments: 3}\n"
        "scopes:\n  services: {keyvault: object}\n"
        "evidence: {windowDays: 90}\n"
        "risks: {privilegeEscalation: 20}\n"
    )
    policy = read.policy
    assert policy.roles.forbidden == ("Owner",)
    assert (policy.roles.custom, policy.roles.most_assignments) == (CustomRoles.PROPOSED, 3)
    assert policy.scopes.services == {"keyvault": ScopeLevel.OBJECT}
    assert policy.evidence.window_days == 90
    assert policy.risks.privilege_escalation == 20


def test_a_policy_survives_being_written_and_read():
    policy = policy_of_text("roles: {forbidden: [A, B]}\nvaults: {wholePolicies: true}\n").policy
    assert msgspec.convert(msgspec.to_builtins(policy), PlanPolicy) == policy


def test_every_mistake_is_told_at_once_with_its_line_and_key():
    assert problems(
        "roles:\n  forbidden: [Owner, 3]\n  custm: none\n  mostAssignments: 0\n"
        "scopes:\n  level: objects\n  services: {blob: 3}\nrisks: 5\nevidence:\n  windowDays: 2026-01-01\n"
    ) == [
        "p.yaml:2:22: `roles.forbidden[1]`: text is wanted here",
        "p.yaml:3:3: `roles.custm` is not known; did you mean `custom` or `customSaves`?",
        "p.yaml:4:20: `roles.mostAssignments`: a whole number (1 or more) or nothing is wanted here",
        "p.yaml:6:10: `scopes.level`: `container` or `object` is wanted here",
        "p.yaml:7:20: `scopes.services.blob`: `container` or `object` is wanted here",
        (
            "p.yaml:8:8: `risks`: keys are wanted here, and this is a number; they are "
            "`privilegeEscalation`, `secretReading`, `dataDestruction`, `changing` and `other`"
        ),
        "p.yaml:10:15: `evidence.windowDays`: a whole number (1 or more) or nothing is wanted here",
    ]


def test_an_unknown_key_that_is_like_no_other_is_answered_with_those_that_there_are():
    (problem,) = problems("vaults: {zzz: 1}")
    assert problem.endswith("`vaults.zzz` is not known; the keys here are `wholePolicies`")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- roles", "a policy: keys are wanted here, and this is a list"),
        ("roles:\n  custom: none\n  custom: none\n", "`custom` stands here a second time"),
        ("roles: [", "p.yaml:"),
        ("roles: {forbidden: [{a: b}]}", "`roles.forbidden[0]`: text is wanted here"),
        ("roles: {forbidden: Owner}", "`roles.forbidden`: a list of text is wanted here"),
        ("scopes: {services: [a]}", "`scopes.services`: a mapping from names to"),
        ("roles: {forbidden: [!!binary x]}", "`roles.forbidden[0]`: another value is wanted here"),
        ("scopes: {services: {keyvalt: object}}", "`scopes`: `services` has `keyvalt`, which is no service"),
    ],
)
def test_what_cannot_be_read_is_told(text, told):
    assert told in problems(text)[0]


def test_nothing_that_stands_in_the_file_is_repeated_but_keys():
    assert not any("hunter2" in one for one in problems("roles: {custom: hunter2}\nrisks: {other: hunter2}"))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InvalidEstate, match=r"there is no such file; name another one with `--policy`"):
        read_policy(tmp_path / "none.yaml")


def test_a_problem_found_later_still_knows_its_line():
    read = policy_of_text("roles:\n  forbidden:\n    - Owner\n", "p.yaml")
    assert read.places["roles.forbidden[0]"] == At(3, 7)
    assert str(read.problem("roles.forbidden[0]", "is bad")) == "p.yaml:3:7: `roles.forbidden[0]`: is bad"
    assert str(read.problem("roles.forbidden[7].x", "is bad")).startswith("p.yaml:2:3: ")
    assert str(read.problem("vaults", "is bad", "do so")) == "p.yaml: `vaults`: is bad; do so"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (list[int], "a list of a whole number"),
        (float | None, "a number or nothing"),
        (PlanPolicy, "keys: `roles`, "),
        (bytes, "text"),
    ],
)
def test_what_may_be_written_is_said_in_words(kind, words):
    assert wanted(kind).startswith(words)
