"""`keyless assess`: where a repository uses stored credentials, and what else departs from the guidance."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure
from keyless.model.visible import visible

if TYPE_CHECKING:
    from keyless.assess.assess import Assessment
    from keyless.assess.rules.rule import Rule


@click.command(
    "assess",
    epilog="Exit code: 0 where nothing was found, 1 where something was, 3 where something could not be "
    "read or understood: then what was found is not all, and 3 is said even if something was found.",
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(("terminal", "json")),
    default="terminal",
    show_default=True,
    help="How to print it.",
)
@click.option("--rule", "only", multiple=True, metavar="RULE", help="Only this rule, or group of rules.")
@click.option("--skip", multiple=True, metavar="RULE", help="Not this rule, or group of rules.")
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=".")
def command(path: Path, wanted: str, only: Sequence[str], skip: Sequence[str]) -> None:
    """Find every stored credential in a repository, and say what to write instead."""
    gc.disable()  # what is made here lives until the end
    found = _assessed(path.resolve(), _rules(only, skip))
    if wanted == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1))
    else:
        _print(found)
    click.get_current_context().exit(3 if found.problems else 1 if found.findings else 0)


def _assessed(root: Path, chosen_rules: Sequence[Rule]) -> Assessment:
    import datetime

    from keyless.assess.assess import assess
    from keyless.assess.files.chosen import chosen
    from keyless.assess.files.tree import tree
    from keyless.assess.messages import Request
    from keyless.assess.scan import scan

    files = chosen(tree(root).paths)
    requests = [Request(path, has_bicep=path in files.compiled) for path in files.paths]
    return assess(scan(root, requests).sources, datetime.date.today(), chosen_rules)  # noqa: DTZ011


def _rules(only: Sequence[str], skip: Sequence[str]) -> Sequence[Rule]:
    from keyless.assess.rules.registry import rules

    known = {name for rule in rules().values() for name in (rule.id, rule.group.value)}
    for name in (*only, *skip):
        if name not in known:
            raise Failure(f"there is no rule `{name}`: `keyless assess --help`", 2)
    wanted = [one for one in rules().values() if not only or {one.id, one.group.value} & set(only)]
    return [one for one in wanted if not {one.id, one.group.value} & set(skip)]


def _print(found: Assessment) -> None:
    for one in found.findings:
        place = f"{one.place.path}:{one.place.span.line}:{one.place.span.column}"
        click.echo(visible(f"{place}: {one.severity} {one.rule}: {one.message}"))
    for problem in found.problems:
        click.echo(visible(f"{problem.path}:{problem.span.line}: not read: {problem.message}"))
    click.echo(f"{len(found.findings)} found in {found.files} files, {len(found.problems)} not read")
