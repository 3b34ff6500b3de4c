"""Write the estate file's reference page and JSON schema from its declaration.

python scripts/build_estate_reference.py           # write them
python scripts/build_estate_reference.py --check   # say which are out of date; exit code 1 if any is
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from keyless.estate.reference import reference_text
from keyless.estate.schema import SCHEMA_FILE, schema_text

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[Path, str]:
    """Every generated file, as it should be."""
    return {
        ROOT / "docs" / "reference" / "estate.md": reference_text(),
        ROOT / "docs" / "reference" / SCHEMA_FILE: schema_text(),
        ROOT / "src" / "keyless" / "estate" / "data" / SCHEMA_FILE: schema_text(),
    }


def stale() -> list[Path]:
    """The generated files that are not as they should be."""
    return [
        path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text
    ]


def main() -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(description="Write the estate file's reference page and JSON schema.")
    parser.add_argument("--check", action="store_true", help="only say which files are out of date")
    if parser.parse_args().check:
        for path in stale():
            print(f"{path.relative_to(ROOT)} is out of date: run python {sys.argv[0]}")
        return 1 if stale() else 0
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
