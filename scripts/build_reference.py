"""Write the generated pages of the reference: commands, operations, logs, environment, client
libraries, assessments, the policy's and the estate file's.

python scripts/build_reference.py           # write them
python scripts/build_reference.py --check   # say which are out of date; exit code 1 if any is
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import build_estate_reference
from reference import (
    assessment,
    commands,
    environment,
    identity_matrix,
    log_operations,
    operations,
    plan,
    policy,
    rules,
)

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[Path, str]:
    """Every generated file, as it should be."""
    pages = ROOT / "docs" / "reference"
    return {
        pages / assessment.SCHEMA_FILE: assessment.schema(),
        pages / "commands.md": commands.page(),
        pages / "environment.md": environment.page(),
        pages / "identity-matrix.md": identity_matrix.page(),
        pages / "log-operations.md": log_operations.page(),
        pages / "plan.md": plan.page(),
        pages / plan.SCHEMA_FILE: plan.schema(),
        pages / "policy.md": policy.page(),
        pages / policy.SCHEMA_FILE: policy.schema(),
        **{pages / name: text for name, text in operations.pages().items()},
        **{ROOT / "docs" / "rules" / name: text for name, text in rules.pages().items()},
        **build_estate_reference.generated(),
    }


def stale() -> list[Path]:
    """The generated files that are not as they should be."""
    made = generated()
    wrong = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    return wrong + [path for path in _of_rules() if path not in made]


def _of_rules() -> list[Path]:
    """The pages of rules that there are, those of rules that are gone among them."""
    return sorted((ROOT / "docs" / "rules").glob("*.md"))


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(description="Write the generated pages of the reference.")
    parser.add_argument("--check", action="store_true", help="only say which files are out of date")
    if parser.parse_args(arguments).check:
        found = stale()
        for path in found:
            print(f"{path.relative_to(ROOT)} is out of date: run `make reference`")
        return 1 if found else 0
    made = generated()
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for path in _of_rules():
        if path not in made:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
