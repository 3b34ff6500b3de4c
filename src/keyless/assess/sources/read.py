"""Reading one file: its kind, its text, its reader.

Rules:
- whatever goes wrong with a file is a problem of that file, and the others are read;
- a file of no kind is nothing: none is returned.
"""

from __future__ import annotations

import importlib

from msgspec.structs import replace

from keyless.assess.files.contents import is_binary, text_of
from keyless.assess.files.kinds import FileKind, kind_of
from keyless.assess.sources.remarks import WITH_COMMENTS, remarks
from keyless.assess.syntax.source import Lack, Problem, Source
from keyless.grammars import TookTooLong


def read(path: str, data: bytes) -> Source | None:
    """What a file says; none where it is of no kind that is read. ``path`` is from the root, with `/`."""
    kind = kind_of(path)
    if kind is None:
        return None
    if is_binary(data):
        return _lacking(path, Lack.NOT_READ, "it is no text")
    try:
        return _read_as(kind, path, text_of(data))
    except TookTooLong:
        return _lacking(path, Lack.TOO_SLOW, "its grammar did not get through it in time")
    except RecursionError:
        return _lacking(path, Lack.TOO_DEEP, "it is nested too deeply")


def _read_as(kind: FileKind, path: str, text: str) -> Source:
    found: Source = importlib.import_module(f"keyless.assess.sources.{kind.value}").read(path, text)
    if kind in WITH_COMMENTS and (said := remarks(path, kind, text)):
        return replace(found, remarks=said)
    return found


def _lacking(path: str, lack: Lack, message: str) -> Source:
    return Source(path=path, problems=(Problem(path, lack, message),))
