"""`docs/reference/commands.md`: every command with its arguments, options and exit codes, read from click."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from keyless.cli.main import command as keyless
from reference.markdown import code, head, one_line, table

_TEXT = """
Every command takes `-h` (`--help`), which says what stands here. What was asked for goes to standard output.
What Keyless has to say besides goes to standard error, in lines that begin with `keyless:`.

The options of `keyless run`, `keyless prove` and `keyless shell` come before the command that they run: its
first word ends them, and so does `--`.
"""
_EXIT_CODES = """
| code | meaning |
|---|---|
| 0 | It is done. For `keyless prove`: the proof holds. |
| 1 | It could not be done; the message says why, and what to do. For `keyless prove`: the proof fails. |
| 2 | The command line is wrong, or something that it names is: an option, a file with mistakes in it, a name that is not known, a project in which nothing was recorded yet. |

Those of `keyless run`, `keyless prove` and `keyless shell` are the command's own. Where a signal ended the command, the same
signal ends Keyless. Beside the command's own there are:

| code | meaning |
|---|---|
| 1 | `keyless prove` alone: the command ended with 0, and the proof fails. |
| 125 | Keyless itself failed, or an option of it is wrong. |
| 126 | The command is there, and cannot be run. |
| 127 | The command is not there. |
"""  # noqa: E501  # a row of a table is one line


def page() -> str:
    """The page."""
    found = list(commands())
    contents = "\n".join(f"- [`{path}`](#{_anchor(path)}): {_first_sentences(one)}" for path, one in found)
    sections = "".join(_section(path, one) for path, one in found)
    top = head("Commands", "the command's module in src/keyless/cli", _TEXT)
    return f"{top}\n{contents}\n\n## Exit codes\n{_EXIT_CODES}{sections}"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with all the words that call it."""
    yield from _below("keyless", keyless, click.Context(keyless, info_name="keyless"))


def _below(path: str, one: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(one, click.Group):
        yield path, one
        return
    if one.invoke_without_command:
        yield path, one
    for name in one.list_commands(context):
        inner = one.get_command(context, name)
        if inner is None:
            raise LookupError(f"`{path}` lists a command `{name}` that it does not have")
        yield from _below(f"{path} {name}", inner, click.Context(inner, info_name=name, parent=context))


def _section(path: str, one: click.Command) -> str:
    options = [parameter for parameter in one.params if isinstance(parameter, click.Option)]
    rows = table(("option", "meaning"), ((_spelled(option), _meaning(option)) for option in options))
    ending = f"\n{one.epilog}\n" if one.epilog else ""
    return f"\n## `{path}`\n\n    {_usage(path, one)}\n\n{_help_of(one)}\n\n{rows}{ending}"


def _usage(path: str, one: click.Command) -> str:
    arguments = [_argument(found) for found in one.params if isinstance(found, click.Argument)]
    runs_another = one.context_settings.get("allow_interspersed_args") is False
    return " ".join([path, "[OPTIONS]", *(["[--]"] if runs_another else []), *arguments])


def _argument(argument: click.Argument) -> str:
    word = argument.metavar or (argument.name or "").upper()
    return word if argument.required or argument.metavar else f"[{word}]"


def _spelled(option: click.Option) -> str:
    return code(f"{spelling} {_value(option)}".strip() for spelling in (*option.opts, *option.secondary_opts))


def _value(option: click.Option) -> str:
    """The word for what an option takes; empty where it takes nothing."""
    kind = option.type
    if option.is_flag:
        return ""
    if option.metavar:
        return option.metavar
    if isinstance(kind, click.Path):
        return "DIRECTORY" if not kind.file_okay else "FILE"
    if isinstance(kind, click.Choice):
        return option.opts[-1].lstrip("-").upper()
    return "NUMBER" if isinstance(kind, click.IntRange) else "TEXT"


def _meaning(option: click.Option) -> str:
    kind, said = option.type, [option.help or ""]
    if isinstance(kind, click.Choice):
        said.append(f"One of {code(kind.choices)}.")
    if option.show_default:
        said.append(f"Default: `{option.default}`.")
    if isinstance(option.envvar, str):
        said.append(f"The variable `{option.envvar}` says the same.")
    return " ".join(text for text in said if text)


def _help_of(one: click.Command) -> str:
    return inspect.cleandoc(one.help or "")


def _first_sentences(one: click.Command) -> str:
    return one_line(_help_of(one).split("\n\n", maxsplit=1)[0])


def _anchor(path: str) -> str:
    return path.replace(" ", "-")
