"""`keyless demo`: the whole loop on the order service, with the very commands that a person types."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from keyless.cli.failure import Failure

_SAMPLE = "orders"
_NEEDED = ("flask", "azure.identity", "azure.appconfiguration.provider")
_TESTS = ("python", "-m", "unittest", "-q")


@click.command("demo")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Leave the sample and its world here."
)
def command(keep: Path | None) -> None:
    """Run the loop on a small real web service: assess, learn, plan, prove, and see a proof fail."""
    missing = [name for name in _NEEDED if not _is_there(name)]
    if missing:
        raise Failure(
            f"the sample needs {', '.join(missing)}: install them (in a clone: `pip install '.[example]'`)", 2
        )
    started = time.monotonic()
    with _workspace(keep) as folder:
        _tell(_Story(folder))
    click.secho(f"\nThat was the loop, in {time.monotonic() - started:.0f} seconds.", bold=True)
    click.echo("On your own app: keyless run --learn -- YOUR COMMAND")


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@contextmanager
def _workspace(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        if keep.exists() and any(keep.iterdir()):
            raise Failure(f"`{keep}` is not empty: name another directory", 2)
        shutil.copytree(
            _sample(), keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".keyless")
        )
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="keyless-demo-") as folder:
        target = Path(folder) / _SAMPLE
        shutil.copytree(_sample(), target, ignore=shutil.ignore_patterns("__pycache__", ".keyless"))
        yield target


def _sample() -> Path:
    """The sample: in the installed package, or in the repository that the package is run from."""
    here = Path(__file__).resolve()
    for place in (here.parent.parent / "examples" / _SAMPLE, here.parents[3] / "examples" / _SAMPLE):
        if (place / "keyless.yaml").exists():
            return place
    raise Failure(
        "the sample is not part of this installation: run `make demo` in a clone of the repository", 2
    )


class _Story:
    """Runs the steps in the sample's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        inherited = {name: value for name, value in os.environ.items() if name != "KEYLESS_PROJECT"}
        self._environment = inherited | {
            "ORDERS_CONFIG_ENDPOINT": "https://contoso-orders.azconfig.io",
            "ORDERS_SIGNING_KEY": secrets.token_urlsafe(32),
            "ORDERS_PAYMENT_API_KEY": secrets.token_urlsafe(24),
        }

    def step(self, title: str, *explanation: str) -> None:
        """Say what comes next, and why."""
        click.secho(f"\n== {title}", bold=True, fg="cyan")
        for line in explanation:
            click.echo(f"   {line}")

    def keyless(self, *arguments: str) -> None:
        """Run a command as a person would; it must succeed."""
        self._hold(arguments, self._run(arguments, None), fails=False)

    def failing_keyless(self, *arguments: str) -> None:
        """Run a command that must fail, and show what Keyless says of it; the app's traceback is long."""
        done = self._run(arguments, subprocess.PIPE)
        for line in done.stderr.decode(errors="replace").splitlines():
            if line.startswith(("keyless: ", "FAILED")):
                click.echo(line)
        self._hold(arguments, done, fails=True)

    def _run(self, arguments: tuple[str, ...], stderr: int | None) -> subprocess.CompletedProcess[bytes]:
        click.secho(f"\n   $ keyless {_shown(arguments)}", fg="green")
        sys.stdout.flush()
        real = [sys.executable if argument == "python" else argument for argument in arguments]
        command = [sys.executable, "-m", "keyless.cli.main", *real]
        return subprocess.run(command, cwd=self.folder, env=self._environment, stderr=stderr, check=False)

    def _hold(
        self, arguments: tuple[str, ...], done: subprocess.CompletedProcess[bytes], *, fails: bool
    ) -> None:
        """Hold a command to the outcome that the story tells."""
        if (done.returncode != 0) is not fails:
            raise Failure(f"the demo stops: `keyless {_shown(arguments)}` ended with {done.returncode}", 1)


def _shown(arguments: tuple[str, ...]) -> str:
    return " ".join(shlex.quote(argument) for argument in arguments)


def _tell(story: _Story) -> None:
    story.step(
        "The app: an order service with Flask",
        "It loads its settings from App Configuration, and its secrets from Key Vault, at start-up,",
        "with DefaultAzureCredential. Not one line of it knows Keyless:",
    )
    click.echo()
    text = (story.folder / "orders" / "settings.py").read_text()
    for line in text[text.index("def load_settings") :].splitlines()[2:11]:
        click.secho(f"   | {line}", dim=True)
    story.step(
        "0. Assess: is there a stored credential in it, or a setting that departs from the guidance?",
        "Nothing is run for this; every file is read, and values are followed across files.",
    )
    story.keyless("assess")
    story.step(
        "1. Learn: run its tests with a real managed identity, and record what it does",
        "keyless.yaml declares a web app with a system-assigned identity, a vault and a store, and no roles.",
    )
    story.keyless("run", "--learn", "--", *_TESTS)
    story.step("2. Plan: the least-privileged roles for what was recorded")
    story.keyless("plan", "--out", "deploy")
    story.step("3. Prove: the same tests, with exactly these roles and nothing else")
    story.keyless("prove", "--", *_TESTS)
    story.step(
        "4. The check can fail: take the vault's role away, and prove again",
        "(deploy/smaller.json is the plan without it.)",
    )
    _take_away(story.folder / "deploy" / "plan.json", story.folder / "deploy" / "smaller.json")
    story.failing_keyless("prove", "--plan", "deploy/smaller.json", "--", *_TESTS)
    story.step("5. Explain: why was that denied?")
    story.keyless("explain", "--proof")


def _take_away(plan_file: Path, smaller_file: Path) -> None:
    plan = json.loads(plan_file.read_text())
    kept = [one for one in plan["assignments"] if "Microsoft.KeyVault" not in one["scope"]]
    if len(kept) == len(plan["assignments"]):
        raise Failure("the demo stops: the plan has no role for the vault", 1)
    plan["assignments"] = kept
    smaller_file.write_text(json.dumps(plan))
