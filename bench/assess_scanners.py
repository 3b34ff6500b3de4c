"""`keyless assess` beside checkov, detect-secrets and CredSweeper, on the same trees in one run.

python -m bench.assess_scanners FOLDER --tools BIN   # BIN holds the others' commands

For each: the time, how many findings, how many of the labelled places they name (any rule, to the line beside
it), and how many of the places that must be left alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from bench.assess_runs import assessed
from bench.corpus.labels import NONE, Label, commits, labels, near

Place = tuple[str, int]


def checkov(tools: Path, tree: Path) -> list[Place]:
    """Failed checks of every framework, its secrets scanner among them."""
    done = _run(tools / "checkov", "-d", ".", "--quiet", "--compact", "-o", "json", at=tree)
    reports = json.loads(done) if done.strip() else []
    places: list[Place] = []
    for report in reports if isinstance(reports, list) else [reports]:
        for one in report.get("results", {}).get("failed_checks", ()):
            first, last = one["file_line_range"]
            path = one["file_path"].lstrip("/")
            places.extend((path, line) for line in sorted({first, last}))
    return places


def detect_secrets(tools: Path, tree: Path) -> list[Place]:
    """Every file, as it is told to where there is no repository."""
    done = json.loads(_run(tools / "detect-secrets", "scan", "--all-files", ".", at=tree))
    return [(one["filename"], one["line_number"]) for found in done["results"].values() for one in found]


def cred_sweeper(tools: Path, tree: Path) -> list[Place]:
    """With its own defaults, the machine-learning filter among them."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        _run(tools / "credsweeper", "--path", ".", "--save-json", str(report), at=tree)
        found = json.loads(report.read_text("utf-8")) if report.exists() else []
    lines = [line for one in found for line in one["line_data_list"]]
    return [(line["path"].removeprefix("./"), line["line_num"]) for line in lines]


OTHERS: dict[str, Callable[[Path, Path], list[Place]]] = {
    "checkov": checkov,
    "detect-secrets": detect_secrets,
    "CredSweeper": cred_sweeper,
}


def main(arguments: list[str] | None = None) -> int:
    """Run all, and print a table for each tree and one for all of them."""
    parser = argparse.ArgumentParser(description="Measure scanners side by side.")
    parser.add_argument("folder", type=Path, help="where the repositories lie, as OWNER+NAME")
    parser.add_argument("--tools", type=Path, required=True, help="where the others' commands lie")
    chosen = parser.parse_args(arguments)
    rows: list[tuple[str, str, float, list[Place]]] = []
    for name in commits():
        tree = chosen.folder / name.replace("/", "+")
        rows.append((name, "keyless assess", *_timed(partial(_ours, tree, name))))
        for tool, run in OTHERS.items():
            rows.append((name, tool, *_timed(partial(run, chosen.tools, tree))))
        _print([row for row in rows if row[0] == name], labels())
    _print_all(rows)
    return 0


def _ours(tree: Path, name: str) -> list[Place]:
    return [place for one in assessed(tree, name) for place in one.places]


def _timed(run: Callable[[], list[Place]]) -> tuple[float, list[Place]]:
    begun = time.monotonic()
    found = run()
    return time.monotonic() - begun, found


def _print(rows: Iterable[tuple[str, str, float, list[Place]]], labelled: Iterable[Label]) -> None:
    for name, tool, took_s, found in rows:
        asked = [one for one in labelled if one.repository == name and one.confidence != "low"]
        named, alone = _named(asked, found)
        places = len(set(found))
        print(f"{name:40}{tool:16}{took_s:8.1f} s {places:6} places, labelled {named}, left alone {alone}")


def _named(asked: Iterable[Label], found: list[Place]) -> tuple[str, str]:
    wanted = [one for one in asked if one.rule != NONE]
    alone = [one for one in asked if one.rule == NONE]
    met = sum(near(found, one.places) for one in wanted)
    hit = sum(near(found, ((one.file, one.line),)) for one in alone)
    return f"{met} of {len(wanted)}", f"{len(alone) - hit} of {len(alone)}"


def _print_all(rows: list[tuple[str, str, float, list[Place]]]) -> None:
    print()
    for tool in dict.fromkeys(row[1] for row in rows):
        own = [row for row in rows if row[1] == tool]
        took_s = sum(row[2] for row in own)
        print(f"{'all':40}{tool:16}{took_s:8.1f} s {sum(len(set(row[3])) for row in own):6} places")


def _run(*command: str | Path, at: Path) -> str:
    done = subprocess.run([str(one) for one in command], cwd=at, check=False, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
