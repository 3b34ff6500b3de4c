"""A login to a registry with a password that the script reads of it is one finding, at the login."""

from __future__ import annotations

import pytest

from keyless.assess.findings.finding import Confidence, Finding
from keyless.assess.rules.registry import rules
from repositories_made import repository

SHOW = 'az acr credential show -n shop --query "passwords[0].value" -o tsv'
LOGIN = "docker login shop.azurecr.io -u shop"
RULES = ("container-registry-credential", "pipeline-credential")


def found(files: dict[str, str]) -> list[Finding]:
    made = repository(files)
    return [one for rule in RULES for one in rules()[rule].check(made)]


@pytest.mark.parametrize(
    ("path", "text", "line", "first"),
    [
        ("a.sh", f"PW=$({SHOW})\n{LOGIN} -p $PW\n", 2, 1),
        ("a.sh", f"{LOGIN} -p $({SHOW})\n", 1, 1),
        ("a.sh", f"{SHOW} | {LOGIN} --password-stdin\n", 1, 1),
        ("a.sh", f"PW=$({SHOW})\necho $PW | {LOGIN} --password-stdin\n", 2, 1),
        ("a.sh", f"{SHOW} | docker login $REGISTRY -u shop --password-stdin\n", 1, 1),
        ("a.sh", f"( {SHOW} | {LOGIN} --password-stdin )\n", 1, 1),
        ("a.ps1", f"$pw = ({SHOW})\n{LOGIN} -p $pw\n", 2, 1),
    ],
)
def test_in_a_script_it_is_told_with_the_credentials_of_registries(path, text, line, first):
    (one,) = found({path: text})
    assert (one.rule, one.place.span.line, one.steps[0].place.span.line) == (RULES[0], line, first)
    assert one.message.startswith(
        "`docker login` is given a password of Azure Container Registry, which is read"
    )


@pytest.mark.parametrize("registry", ["shop.azurecr.io", "$REGISTRY"])
def test_in_a_workflow_it_is_told_with_the_sign_ins_of_pipelines_and_has_the_way(registry):
    login = f"docker login {registry} -u shop -p $TOKEN"
    workflow = f"on: push\njobs:\n  b:\n    steps:\n    - run: |\n        TOKEN=$({SHOW})\n        {login}\n"
    (one,) = found({".github/workflows/a.yml": workflow})
    assert (one.rule, one.place.span.line, one.confidence) == (RULES[1], 7, Confidence.HIGH)
    assert one.steps[0].what == "read with `az acr credential show`"
    assert one.steps[-1].what == "signs in with it"
    assert one.message.endswith("use `az acr login` after signing in with a token")


def test_a_password_that_is_read_and_goes_nowhere_is_told_where_it_is_read():
    (one,) = found({"a.sh": f"{SHOW}\n"})
    assert one.message.startswith(
        "`az acr credential show` reads a password of Azure Container Registry: sign"
    )
    assert [step.what for step in one.steps] == ["read with `az acr credential show`"]


def test_a_login_with_a_password_from_elsewhere_stays_a_sign_in():
    (one,) = found({"a.sh": f"{LOGIN} -p $PASSWORD\n"})
    assert one.rule == RULES[1]
