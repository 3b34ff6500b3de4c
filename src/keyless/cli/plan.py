"""`keyless plan`: the least-privileged roles for what was recorded; what differs, what holds, how it goes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.plan_files import REPORTS, print_as, write_all
from keyless.cli.plan_modes import show_check, show_difference, show_scores
from keyless.cli.plan_now import plan_now
from keyless.cli.plan_policy import PolicyOptions, policy_options
from keyless.plan.writers.formats import FORMATS
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.plan.result import Plan
    from keyless.plan.score import Score

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "plan",
    epilog="Exit code: with `--diff`, 0 where the plans say the same and 1 where they differ; with "
    "`--check`, 0 where the plan holds, 1 where it does not, 3 where that could not be judged in full.",
)
@policy_options
@click.option(
    "--format",
    "wanted",
    type=click.Choice((*REPORTS, *FORMATS)),
    default="table",
    show_default=True,
    help="How to print it; `markdown` is for a pull request, `html` one file to look at.",
)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the plan in every format that deploys it into this directory.",
)
@click.option(
    "--diff",
    "old",
    metavar="OLD",
    type=_FILE,
    help="Say what differs between two plans, JSON files; without NEW, between OLD and the plan made now.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Say whether the plan still holds: nothing granted and nothing used beyond it. Nothing is written.",
)
@click.option(
    "--plan",
    "agreed",
    metavar="FILE",
    type=_FILE,
    help="The plan to check (default: `keyless.plan.json` beside `keyless.yaml`, else the last one made).",
)
@click.option(
    "--assessment",
    metavar="FILE",
    type=_FILE,
    help="Take what the code calls from this JSON of `keyless assess`, and not from the code here.",
)
@click.option("--score", is_flag=True, help="Show the score of each plan so far, and make none.")
@project_option
@click.argument("new", metavar="[NEW]", type=_FILE, required=False)
def command(
    decided: PolicyOptions,
    wanted: str,
    folder: Path | None,
    old: Path | None,
    check: bool,
    agreed: Path | None,
    assessment: Path | None,
    score: bool,
    directory: Path | None,
    new: Path | None,
) -> None:
    """Choose, for every identity, the built-in roles that cover what it used with the least besides.

    Then it names every stored credential that was signed in with, and what replaces it; and for vaults with
    access policies who can let himself in, and what everybody gains and loses when roles decide there; and
    what becomes of each secret: which can go, which stay, which lie in the wrong place.

    The plan is the exact minimum: first the excess that weighs least, then fewest roles. It is kept in
    `.keyless/plan.json`, where `keyless prove` finds it.
    """
    _check_modes({"--score": score, "--check": check, "--diff": old, "--out": folder})
    _check_files(old, new, agreed, check=check)
    if assessment is not None and (score or old is not None or check):
        raise Failure("`--assessment` is for making a plan: leave it out here", 2)
    with explained():
        project = chosen_project(directory)
        if score:
            show_scores(project, wanted)
        elif old is not None:
            show_difference(project, decided, old, new, wanted)
        elif check:
            show_check(project, decided, agreed, wanted)
        else:
            _plan(project, decided, wanted, folder, assessment)


def _check_modes(asked: Mapping[str, object]) -> None:
    """See that what was asked for is one thing."""
    names = [name for name, is_set in asked.items() if is_set]
    if len(names) > 1:
        raise Failure(f"`{names[0]}` and `{names[1]}` are two commands: give them one after the other", 2)


def _check_files(old: Path | None, new: Path | None, agreed: Path | None, *, check: bool) -> None:
    """See that each plan that was named is for something."""
    if new is not None and old is None:
        raise Failure(f"`{new}` is a plan to compare with another: `keyless plan --diff OLD {new}`", 2)
    if agreed is not None and not check:
        raise Failure(f"`--plan` names the plan to check: `keyless plan --check --plan {agreed}`", 2)


def _plan(
    project: Project, decided: PolicyOptions, wanted: str, folder: Path | None, assessment: Path | None
) -> None:
    plan = plan_now(project, decided, assessment).plan
    history = _keep(project, plan)
    if folder is not None:
        write_all(plan, folder)
    if wanted == "table":
        from keyless.plan.reports.terminal import print_plan

        print_plan(plan)
    elif wanted in REPORTS:
        click.echo(_report(plan, history, wanted), nl=False)
    else:
        print_as(plan, wanted)


def _report(plan: Plan, history: Sequence[Score], wanted: str) -> str:
    if wanted == "html":
        from keyless.plan.reports.html.page import html_text

        return html_text(plan, history)
    from keyless.plan.reports.markdown import markdown_text

    return markdown_text(plan, history)


def _keep(project: Project, plan: Plan) -> tuple[Score, ...]:
    """Keep the plan, and its score where that says anything new; the history of the score."""
    from keyless.gateway.owner_files import write_owner_only
    from keyless.plan.score import score_of
    from keyless.plan.writers.json import write_json
    from keyless.runtime.score_history import keep_score

    write_owner_only(project.plan_file, write_json(plan).encode())
    return keep_score(project.scores_file, score_of(plan, int(time.time())))
