"""Where `keyless store import` reads from, and the options that say how.

Several options of the Azure CLI are here under its own names (`az appconfig kv import`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure
from keyless.cli.files import read_whole
from keyless.cli.options import F

if TYPE_CHECKING:
    from keyless.deploy.sources import Choice
    from keyless.deploy.stores.found import Form, FoundSettings
    from keyless.deploy.stores.take_in import Source

_MOST_BYTES = 64 * 1024 * 1024
FORMATS = ("json", "appsettings", "yaml", "properties", "env", "kvset")


@dataclass(frozen=True, slots=True)
class Given:
    """A source as the command line gives it."""

    source: str
    format: str | None
    connection_string_env: str | None = None

    def reader(self, form: Form, choice: Choice) -> Source:
        """What reads it.

        Raises:
            Failure: it is not there.
        """
        if self.source.casefold().startswith(("https://", "http://")):
            return self._other_store(form, choice)
        if self.connection_string_env is not None:
            raise Failure("`--connection-string-env` is for a store at its address, and not for a file", 2)
        return self._file(form, choice)

    def _other_store(self, form: Form, choice: Choice) -> Source:
        from keyless.deploy.stores.azure import read_store
        from keyless.model.secret_text import SecretText

        if self.format is not None or form.separator or form.depth is not None:
            raise Failure(
                "`--format`, `--separator` and `--depth` are for a file: the key-values of a store come as "
                "they are",
                2,
            )
        text = None
        if self.connection_string_env is not None:
            text = os.environ.get(self.connection_string_env)
            if not text:
                raise Failure(f"the environment variable `{self.connection_string_env}` is not set", 2)

        async def read() -> FoundSettings:
            return read_store(self.source, form, choice, SecretText(text) if text else None)

        return read

    def _file(self, form: Form, choice: Choice) -> Source:
        from keyless.deploy.stores.formats import Format
        from keyless.deploy.stores.read import File, read_file

        data = read_whole(Path(self.source), _MOST_BYTES, "a store's contents")
        file = File(self.source, data, Format(self.format) if self.format else None)

        async def read() -> FoundSettings:
            return read_file(file, form, choice)

        return read


def form_options(command: F) -> F:
    """The options that say how key-values are made of a source, as arguments of `form_of`."""
    for option in reversed(
        (
            click.option(
                "--format",
                "format_",
                type=click.Choice(FORMATS),
                help="What SOURCE is (default: by its name and content).",
            ),
            click.option(
                "--label", help="The label that all get (default: what each has in SOURCE, or none)."
            ),
            click.option(
                "--from-label", help="Only what has this label, where SOURCE has labels (default: all)."
            ),
            click.option(
                "--prefix", default="", help="What the keys begin with; not those of feature flags."
            ),
            click.option(
                "--separator",
                default="",
                help="What stands between the parts of a key, for what is nested: `:` in .NET.",
            ),
            click.option(
                "--depth",
                type=click.IntRange(min=1),
                help="How many levels become parts of keys; what is deeper becomes JSON (default: all).",
            ),
            click.option("--content-type", help="The content type of all that has none in SOURCE."),
            click.option(
                "--tags", multiple=True, metavar="NAME=VALUE", help="A tag that all get. May be repeated."
            ),
            click.option("--skip-features", is_flag=True, help="Leave feature flags where they are."),
        )
    ):
        command = option(command)
    return command


def form_of(
    label: str | None,
    prefix: str,
    separator: str,
    depth: int | None,
    content_type: str | None,
    tags: tuple[str, ...],
    skip_features: bool,
    from_label: str | None,
) -> Form:
    """What the options say; raises Failure where they do not go together."""
    from keyless.deploy.stores.found import Form

    if depth is not None and depth > 1 and not separator:
        raise Failure("`--depth` needs a `--separator`, which stands between the parts of a key", 2)
    return Form(separator, depth, prefix, label, content_type, tags_of(tags), skip_features, from_label)


def tags_of(given: tuple[str, ...]) -> dict[str, str]:
    """Tags by name; raises Failure where one is none."""
    pairs = [one.partition("=") for one in given]
    if wrong := [name for name, equals, _ in pairs if not equals or not name]:
        raise Failure(f"`--tags {wrong[0]}`: a tag is written `NAME=VALUE`", 2)
    return {name: value for name, _, value in pairs}
