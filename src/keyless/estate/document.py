"""YAML text to a tree of nodes with their places, or one precise problem.

Rules:
- the file is UTF-8, at most ``MAX_BYTES`` long, and one YAML document;
- nesting is bounded before the tree is built: the C composer recurses without a limit of its own;
- nothing of the file's text goes into a message, since any of it could be a secret.

Source: https://yaml.org/spec/1.1/
"""

from __future__ import annotations

from pathlib import Path

import yaml
from yaml.nodes import Node

from keyless.estate.problems import At
from keyless.estate.reading import MAX_VALUES, refuse
from keyless.estate.yaml_mistakes import at_mark, explain

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 32
_TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep"

_Loader: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_file(path: Path) -> str:
    """The text of an estate file.

    Raises:
        InvalidEstate: it is not there, not a file, not readable, too long, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = "`keyless estate init` writes a commented starter"
        raise refuse(str(path), "there is no such file", hint) from None
    except IsADirectoryError:
        raise refuse(
            str(path), "is a directory", "name the estate file in it, such as `keyless.yaml`"
        ) from None
    except OSError as error:
        raise refuse(str(path), f"cannot be read: {error.strerror}", "check its permissions") from None
    return decode(data, str(path))


def decode(data: bytes, file: str) -> str:
    """Bytes as text; a byte order mark is dropped.

    Raises:
        InvalidEstate: too long, or not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise refuse(file, f"is longer than {MAX_BYTES // 1024**2} MiB", "split it into several estates")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = _place_of(data[: error.start].decode("utf-8", "replace"))
        raise refuse(file, "is not UTF-8 text from here on", "save it as UTF-8", at) from None


def compose(text: str, file: str) -> Node:
    """The root node of a YAML text.

    Raises:
        InvalidEstate: it is not YAML, nested too deeply, or empty.
    """
    try:
        _check_size(text, file)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        if "nesting depth" in (error.problem or error.context or ""):  # the parser's own, higher limit
            raise refuse(file, _TOO_DEEP, "", at_mark(error.problem_mark)) from None
        at, message, hint = explain(error)
        raise refuse(file, message, hint, at) from None
    except yaml.reader.ReaderError as error:
        at = _place_of(text[: error.position])
        hint = 'in text, write it between double quotes as an escape such as "\\x07"'
        raise refuse(file, "there is a control character here", hint, at) from None
    except UnicodeEncodeError as error:
        raise refuse(file, "is not Unicode text from here on", "", _place_of(text[: error.start])) from None
    if root is None:
        raise refuse(file, "is empty", "`keyless estate init` writes a commented starter")
    return root


def _check_size(text: str, file: str) -> None:
    """Look at the file event by event, which needs neither memory nor stack."""
    depth = values = 0
    for event in yaml.parse(text, Loader=_Loader):
        values += isinstance(event, yaml.NodeEvent)
        if values > MAX_VALUES:
            raise refuse(file, f"holds more than {MAX_VALUES:,} values", "split it into several estates")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                at = at_mark(event.start_mark)
                raise refuse(file, _TOO_DEEP, "", at)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _place_of(before: str) -> At:
    lines = before.split("\n")
    return At(len(lines), len(lines[-1]) + 1)
