"""What `keyless plan` does besides planning: compare, check, and show the score; nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure
from keyless.cli.plan_files import loaded_plan
from keyless.cli.plan_now import plan_now
from keyless.cli.plan_policy import PolicyOptions
from keyless.cli.terminal import say
from keyless.runtime.project import Project

if TYPE_CHECKING:
    import msgspec

TEXTS = ("table", "markdown", "json")


def show_difference(
    project: Project, decided: PolicyOptions, old: Path, new: Path | None, wanted: str
) -> None:
    """Print what differs; ends with 1 where anything does."""
    from keyless.plan.difference import difference
    from keyless.plan.reports.difference import difference_markdown, print_difference

    _check_format(wanted, "--diff")
    before = loaded_plan(old)
    found = difference(before, loaded_plan(new) if new else plan_now(project, decided).plan)
    if wanted == "json":
        print_json(found)
    elif wanted == "markdown":
        click.echo(difference_markdown(found), nl=False)
    else:
        print_difference(found)
    if not found.is_empty:
        raise SystemExit(1)


def show_check(project: Project, decided: PolicyOptions, given: Path | None, wanted: str) -> None:
    """Print whether the plan that was agreed on holds; ends with 1 where it does not, 3 where it is open."""
    import os

    from keyless.plan.check import check_plan
    from keyless.plan.reports.check import check_markdown, print_check, runner_commands

    _check_format(wanted, "--check")
    agreed = loaded_plan(given or _agreed_file(project))
    if given is None and not project.agreed_plan_file.exists():
        say(f"there is no `{project.agreed_plan_file.name}`: the last plan made here is checked")
    now = plan_now(project, decided)
    found = check_plan(agreed, now.plan, now.given, now.policy)
    if wanted == "json":
        print_json(found)
    elif wanted == "markdown":
        click.echo(check_markdown(found), nl=False)
    else:
        print_check(found)
        if os.environ.get("GITHUB_ACTIONS") == "true":
            click.echo(runner_commands(found), nl=False)
    if found.exit_code:
        raise SystemExit(found.exit_code)


def _agreed_file(project: Project) -> Path:
    """The plan that is committed, else the last one made."""
    committed = project.agreed_plan_file
    return committed if committed.exists() else project.plan_file


def show_scores(project: Project, wanted: str) -> None:
    """Print the score so far; raises Failure where there is none."""
    from keyless.plan.reports.scores import print_scores, score_section
    from keyless.plan.score import ScoreHistory
    from keyless.runtime.score_history import read_scores

    _check_format(wanted, "--score")
    history = read_scores(project.scores_file)
    if not history:
        raise Failure(f"no score is kept in `{project.root}` yet: make a plan with `keyless plan`", 2)
    if wanted == "json":
        print_json(ScoreHistory(scores=history))
    elif wanted == "markdown":
        click.echo(score_section(history).text(), nl=False)
    else:
        print_scores(history)


def _check_format(wanted: str, mode: str) -> None:
    if wanted not in TEXTS:
        raise Failure(f"`{mode}` is printed as {', '.join(TEXTS[:-1])} or {TEXTS[-1]}, not as {wanted}", 2)


def print_json(found: msgspec.Struct) -> None:
    """Print a value as JSON, as a person can read it."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
