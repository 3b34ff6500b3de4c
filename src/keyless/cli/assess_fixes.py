"""`keyless assess --fix`: what can be changed by rule, as a patch or in the files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure
from keyless.cli.terminal import say

if TYPE_CHECKING:
    from keyless.assess.fixes.apply import Fixed
    from keyless.assess.run import Run


def fix(made: Run, *, out: Path | None, apply: bool) -> int:
    """Make the fixes of what is told; the exit code, for which what was changed counts no more."""
    from keyless.assess.fixes.apply import fixed

    told = [one.finding for one in made.report.standing.told]
    done = fixed(told, made.texts.data, made.digests)
    if apply:
        _apply(made, done)
    else:
        _print(done, out)
    for one in done.refused:
        place = one.finding.place
        say(f"not fixed: {one.finding.rule} at {place.path}:{place.span.line}: {one.why}")
    _sum_up(done, len(told), applied=apply)
    left = len(told) - len(done.made) if apply else len(told)
    incomplete = made.report.exit_code == 3
    return 3 if incomplete else 1 if left else 0


def _apply(made: Run, done: Fixed) -> None:
    from keyless.assess.fixes.write import CannotWrite, write_all

    try:
        write_all(made.root, done.files)
    except CannotWrite as error:
        raise Failure(str(error), 1) from error


def _print(done: Fixed, out: Path | None) -> None:
    from keyless.assess.fixes.patch import patch_of, shows_credentials
    from keyless.cli.files import write_whole

    patch = patch_of(done.files)
    if shows_credentials(patch):
        say("the patch has lines that hold credentials, as they stand in the files: keep it out of logs")
    if out is None:
        click.echo(patch, nl=False)
    else:
        write_whole(out, patch)


def _sum_up(done: Fixed, told: int, *, applied: bool) -> None:
    files = f"{len(done.files):,} file{'' if len(done.files) == 1 else 's'}"
    how = "changed" if applied else "would change"
    say(f"{len(done.made):,} of {told:,} findings can be fixed by rule: {files} {how}")
