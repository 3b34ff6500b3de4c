from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from keyless.cli.options import limits_option
from keyless.runtime.messages import ChosenLimits


@click.command()
@limits_option
def show(limits: ChosenLimits | None) -> None:
    """Print what was chosen."""
    click.echo(repr(limits))


def chosen(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(show, arguments)
    return result.exit_code, result.output


def test_without_the_option_nothing_is_chosen():
    assert chosen() == (0, "None\n")


@pytest.mark.parametrize(
    ("text", "scale"),
    [("on", 1.0), ("off", None), ("scale=0.1", 0.1), ("scale=1e3", 1000.0), ("scale=2", 2.0)],
)
def test_limits_are_on_or_off_or_so_many_times_azures(text: str, scale: float | None):
    assert chosen("--limits", text) == (0, f"{ChosenLimits(scale)!r}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0.1",
        "scale",
        "scale=",
        "scale=0",
        "scale=-1",
        "scale=nan",
        "scale=inf",
        "scale=x",
        "OFF",
        "azure",
    ],
)
def test_anything_else_is_refused_with_what_it_could_be(text: str):
    code, said = chosen("--limits", text)
    assert code == 2
    assert f"`{text}` is neither `on` nor `off` nor a number above 0 after `scale=`" in " ".join(said.split())
