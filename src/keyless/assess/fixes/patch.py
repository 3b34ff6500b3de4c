"""Changed files as one patch that `git apply` and `patch -p1` take.

Rules:
- lines are bytes: encodings and ends of lines are kept;
- a name with control characters or quotes is quoted as git does, after one with spaces a tab ends it;
- a patch holds lines as they stand in the files, so that it can be applied; that credentials are among them
  can be told.

Source: https://git-scm.com/docs/git-diff#generate_patch_text_with_p
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff

from keyless.assess.fixes.apply import Changed
from keyless.assess.masking import secrets_in

_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def patch_of(files: Iterable[Changed]) -> bytes:
    """The patch; empty where nothing changed."""
    return b"".join(piece for one in files for piece in _file(one))


def shows_credentials(patch: bytes) -> bool:
    """Whether a line of a patch holds what a report would hide."""
    lines = patch.decode("utf-8", "replace").splitlines()
    return any(secrets_in(line[1:4000], document=True) for line in lines if line[:1] in "+- " and line)


def _file(one: Changed) -> Iterator[bytes]:
    old, new = _quoted(f"a/{one.path}"), _quoted(f"b/{one.path}")
    yield f"diff --git {old} {new}\n".encode()
    before, after = _lines(one.before), _lines(one.after)
    lines = unified_diff(before, after, _ended(old), _ended(new), lineterm="\n")
    for number, line in enumerate(lines):
        data = line.encode("utf-8" if number < 2 else "latin-1")
        yield data if data.endswith(b"\n") else data + b"\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[str]:
    """Lines by line feeds alone; Latin-1 keeps each byte as it is."""
    pieces = data.decode("latin-1").split("\n")
    return [f"{one}\n" for one in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


def _quoted(name: str) -> str:
    if not any(ord(one) in _ESCAPES or ord(one) < 32 or ord(one) == 127 for one in name):
        return name
    return '"' + "".join(map(_escaped, name)) + '"'


def _escaped(character: str) -> str:
    number = ord(character)
    if number in _ESCAPES:
        return _ESCAPES[number]
    return f"\\{number:03o}" if number < 32 or number == 127 else character


def _ended(name: str) -> str:
    return f"{name}\t" if " " in name and not name.startswith('"') else name
