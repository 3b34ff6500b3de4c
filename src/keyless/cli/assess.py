"""`keyless assess`: where a repository uses stored credentials, and what else departs from the guidance."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.assess_fixes import fix
from keyless.cli.failure import Failure
from keyless.cli.terminal import say

if TYPE_CHECKING:
    from keyless.assess.config import Found
    from keyless.assess.run import Run
    from keyless.assess.standing.baseline import Baseline

_FILE = click.Path(dir_okay=False, path_type=Path)
_LEVELS = click.Choice(("high", "medium", "low"))
FORMATS = ("terminal", "json", "sarif", "junit", "html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command line, each by its own name."""

    paths: tuple[Path, ...]
    wanted: str
    out: Path | None
    since: str
    staged: bool
    revision: str
    only: tuple[str, ...]
    skip: tuple[str, ...]
    exclude: tuple[str, ...]
    min_severity: str | None
    min_confidence: str | None
    baseline: Path | None
    write_baseline: Path | None
    no_config: bool
    allow_incomplete: bool
    fix: bool
    apply: bool


@click.command(
    "assess",
    epilog="Exit code: 0 where nothing is told, 1 where something is, 2 where the command line or the "
    "configuration is wrong, 3 where something could not be read or understood: then what is told is not "
    "all, so 3 counts before 1.",
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(FORMATS),
    default="terminal",
    show_default=True,
    help="How to print it: `sarif` for code scanning, `junit` for pipelines, `html` one file to look at.",
)
@click.option("--out", type=_FILE, help="Write it into this file.")
@click.option(
    "--since",
    default="",
    metavar="REV",
    help="Tell only what touches lines that changed since this revision, or since it went another way.",
)
@click.option(
    "--staged", is_flag=True, help="Assess what is staged, and tell only what touches lines that it changes."
)
@click.option("--revision", default="", metavar="REV", help="Assess this revision; nothing is checked out.")
@click.option("--rule", "only", multiple=True, metavar="RULE", help="Only this rule, or group of rules.")
@click.option("--skip", multiple=True, metavar="RULE", help="Not this rule, or group of rules.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Not these files, as in `.gitignore`.")
@click.option("--min-severity", type=_LEVELS, help="The least severity to tell (default: low).")
@click.option("--min-confidence", type=_LEVELS, help="The least confidence to tell (default: medium).")
@click.option("--baseline", type=_FILE, help="Do not tell what this baseline knows.")
@click.option("--write-baseline", type=_FILE, help="Write all that would be told into this baseline.")
@click.option("--fix", is_flag=True, help="Print a patch of what can be changed by rule, and no report.")
@click.option("--apply", is_flag=True, help="With `--fix`: change the files.")
@click.option("--allow-incomplete", is_flag=True, help="Let the exit code be as if all could be read.")
@click.option(
    "--no-config", is_flag=True, help="Leave the configuration alone that the assessed folder brings with it."
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
def command(**given: object) -> None:
    """Find every stored credential in a repository, and say what to write instead.

    PATH is a folder (default: the current one), a file, or several of them. Code, infrastructure as code,
    pipelines and configuration are read together, so that a key is followed from where it is made to where
    it is used. Nothing of the repository is run, and no value of a secret is shown.
    """
    options = Options(**given)  # type: ignore[arg-type]  # click gives each option by its name
    _check(options)
    gc.disable()  # what is made here lives until the end
    made = _assessed(options)
    if not made.report.files and not options.staged:
        say(f"nothing of `{made.report.scope.root}` is read: is it the right place?")
    if options.fix:
        click.get_current_context().exit(fix(made, out=options.out, apply=options.apply))
    _write(made, options)
    click.get_current_context().exit(made.report.exit_code)


def _check(options: Options) -> None:
    """See that the options go together."""
    if options.apply and not options.fix:
        raise Failure("`--apply` goes with `--fix`", 2)
    if options.fix and (options.staged or options.revision):
        raise Failure("`--fix` changes files of the folder: leave `--staged` and `--revision` out", 2)
    if options.fix and (options.wanted != "terminal" or options.write_baseline is not None):
        raise Failure("`--fix` writes a patch: leave `--format` and `--write-baseline` out", 2)
    if options.apply and options.out is not None:
        raise Failure("`--apply` changes the files, and `--out` writes the patch: give one of them", 2)


def _assessed(options: Options) -> Run:
    import datetime

    from keyless.assess.config import InvalidConfig
    from keyless.assess.readers import CannotStart
    from keyless.assess.run import NoSuchRule, run
    from keyless.assess.standing.baseline import BaselineError
    from keyless.assess.target import NoTarget, target_of
    from keyless.cli.progress import shown

    try:
        target = target_of(
            options.paths, revision=options.revision, staged=options.staged, since=options.since
        )
        found = _configured(target.root, options)
        with shown() as progress:
            return run(
                target,
                found,
                datetime.date.today(),  # noqa: DTZ011 - a last day is one where the person is
                named=str(options.paths[0]) if len(options.paths) == 1 else ".",
                baseline=_baseline(found, options),
                progress=progress,
                with_components=options.wanted == "json",
            )
    except (NoTarget, NoSuchRule, InvalidConfig, BaselineError) as error:
        raise Failure(str(error), 2) from error
    except CannotStart as error:
        raise Failure(str(error), 3) from error


def _configured(root: Path, options: Options) -> Found:
    """The configuration of the folder, with what the command line says instead."""
    import msgspec

    from keyless.assess.config import Config, Found, find_config
    from keyless.assess.findings.finding import Confidence, Severity
    from keyless.assess.target import prefix_of

    found = Found(Config()) if options.no_config else find_config(root, prefix_of(root)[0])
    config = found.config
    config = msgspec.structs.replace(
        config,
        rule=options.only or config.rule,
        skip=(*(one for one in config.skip if one not in options.only), *options.skip),
    )
    if options.min_severity:
        config = msgspec.structs.replace(config, min_severity=Severity(options.min_severity))
    if options.min_confidence:
        config = msgspec.structs.replace(config, min_confidence=Confidence(options.min_confidence))
    config = msgspec.structs.replace(
        config,
        exclude=(*config.exclude, *options.exclude),
        allow_incomplete=config.allow_incomplete or options.allow_incomplete,
    )
    return msgspec.structs.replace(found, config=config)


def _baseline(found: Found, options: Options) -> Baseline | None:
    from keyless.assess.standing.baseline import read_baseline

    file = options.baseline
    if file is None and found.config.baseline and found.folder is not None:
        file = found.folder / found.config.baseline
    if file is None or _is_written_anew(file, options):
        return None
    try:
        return read_baseline(file)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise Failure(f"cannot read the baseline `{file}`: {why}", 2) from error


def _is_written_anew(baseline: Path, options: Options) -> bool:
    """Whether the baseline is the file to write, by whatever path: then it holds back nothing."""
    written = options.write_baseline
    return written is not None and baseline.resolve() == written.resolve()


def _write(made: Run, options: Options) -> None:
    from keyless.cli.files import write_whole

    if options.write_baseline is not None:
        from keyless.assess.standing.baseline import baseline_text

        told = [(one.finding, one.fingerprint) for one in made.report.standing.told]
        write_whole(options.write_baseline, baseline_text(told).decode())
    if options.out is not None:
        write_whole(options.out, _text(made, options.wanted))
    elif options.wanted == "terminal":
        from keyless.assess.reports.terminal import print_report

        print_report(made.report, made.texts)
    else:
        click.echo(_text(made, options.wanted), nl=False)


def _text(made: Run, wanted: str) -> str:
    if wanted == "json":
        from keyless.assess.reports.json import json_text

        return json_text(made.report)
    if wanted == "sarif":
        from keyless.assess.reports.sarif import sarif_text

        return sarif_text(made.report)
    if wanted == "junit":
        from keyless.assess.reports.junit import junit_text

        return junit_text(made.report)
    if wanted == "html":
        from keyless.assess.reports.html.page import html_text

        return html_text(made.report, made.texts)
    from keyless.assess.reports.terminal import report_text

    return report_text(made.report, made.texts)
