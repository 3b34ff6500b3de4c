"""What is written for a tool, read by that very tool where there is one.

- `terraform fmt` needs nothing; `terraform validate` needs the providers, which it does not fetch here:
  `KEYLESS_TERRAFORM_PROVIDERS` names a directory that mirrors them (`terraform providers mirror`);
- `bicep build` reads `main.bicep` with its modules.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from plan_worlds import LEGACY, SECRETS_USER, STORE, VAULT, WEB, WORKER
from staged_plans import ROLE, SHARED, WHOLE, assignment

from keyless.plan.result import Plan
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.writers import hcl
from keyless.plan.writers.formats import directory_of

ROLE_ALONE = ProposedRole(definition=ROLE, excess_saved=4, reason="exactly that")
PLANS = {
    "nothing": Plan(),
    "identities that are there": Plan(
        assignments=tuple(
            assignment(at, who, SECRETS_USER, VAULT) for at, who in enumerate((WEB, WORKER, LEGACY))
        )
    ),
    "a custom role": Plan(assignments=(assignment(1, SHARED, ROLE.id, STORE),), proposed_roles=(ROLE_ALONE,)),
    "everything": WHOLE,
}
MODULES = ("", "3-switch", "9-local-auth-off")


@pytest.fixture(params=PLANS, ids=lambda name: name.replace(" ", "-"))
def folder(request, tmp_path):
    for path, text in directory_of(PLANS[request.param]).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


@pytest.fixture
def tool(skip_loudly):
    def find(name):
        if shutil.which(name) is None:
            skip_loudly(f"the program `{name}`, which should read what is written for it")
        return name

    return find


def run(folder, *words):
    home = {"HOME": str(folder), "CHECKPOINT_DISABLE": "1", "PATH": os.environ["PATH"]}
    return subprocess.run(words, cwd=folder, env=home, capture_output=True, text=True, check=False)


def test_terraform_leaves_the_files_as_they_are_written(tool, folder) -> None:
    ran = run(folder, tool("terraform"), "fmt", "-check", "-diff", "-recursive")
    assert ran.returncode == 0, ran.stdout


def test_terraform_reads_every_text_as_it_is(tool, tmp_path) -> None:
    texts = ["${", "$${x}", "%{ if", "%%{", "\\", '"', "\\${x}", "a\nb\tc\r", "é😀", "\x07\u2028", "$$", ""]
    lines = [[f"value = {hcl.quote(text)}"] for text in texts]
    blocks = [hcl.block("output", (f"o{at}",), given) for at, given in enumerate(lines)]
    (tmp_path / "main.tf").write_text("\n".join(blocks))
    assert run(tmp_path, tool("terraform"), "apply", "-auto-approve").returncode == 0
    read = json.loads(run(tmp_path, "terraform", "output", "-json").stdout)
    assert [read[f"o{at}"]["value"] for at in range(len(texts))] == texts


@pytest.mark.parametrize("provider", ["terraform", "terraform-azapi"])
def test_terraform_finds_the_files_valid(tool, folder, skip_loudly, provider) -> None:
    terraform, providers = tool("terraform"), os.environ.get("KEYLESS_TERRAFORM_PROVIDERS")
    if not providers:
        skip_loudly("`terraform validate`: KEYLESS_TERRAFORM_PROVIDERS names no mirror of its providers")
    for module in MODULES:
        place = folder / provider / module
        if not place.is_dir():
            continue
        begun = run(place, terraform, "init", "-backend=false", f"-plugin-dir={Path(providers).resolve()}")
        assert begun.returncode == 0, begun.stderr
        ran = run(place, terraform, "validate")
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_bicep_builds_the_files(tool, folder) -> None:
    ran = run(folder, tool("bicep"), "build", "--stdout", "bicep/main.bicep")
    assert ran.returncode == 0, ran.stderr
