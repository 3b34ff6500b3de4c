"""A baseline: findings that were there before, and that are to be told of no more until they change.

Rules:
- an entry is a fingerprint; rule, path, line and message stand with it for people, and count for nothing;
- an entry whose finding is no more is told as gone, so that the file gets shorter;
- the file is in the order of paths, a line for each field: two people's changes merge.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from keyless.assess.findings.finding import Finding

_SCHEMA = 1
_LARGEST_BYTES = 64 * 1024 * 1024


class BaselineError(ValueError):
    """A file that is no baseline."""


class Entry(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A finding that is known."""

    path: str
    rule: str
    fingerprint: str
    line: int = 0
    message: str = ""


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """The file."""

    schema: int = _SCHEMA
    findings: tuple[Entry, ...] = ()


def read_baseline(file: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        BaselineError: it is none, or of a later version, or no plain file.
        OSError: it cannot be read.
    """
    size = file.stat().st_size
    if not file.is_file() or size > _LARGEST_BYTES:
        raise BaselineError(
            f"`{file}` is no baseline: it is no plain file, or has more than {_LARGEST_BYTES:,} bytes"
        )
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Baseline)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BaselineError(f"`{file}` is no baseline: write one with `--write-baseline`") from error
    if found.schema != _SCHEMA:
        raise BaselineError(f"`{file}` is a baseline of version {found.schema}, and this reads {_SCHEMA}")
    return found


def baseline_text(findings: Sequence[tuple[Finding, str]]) -> bytes:
    """A baseline of findings with their fingerprints."""
    entries = sorted(
        Entry(
            path=one.place.path,
            rule=one.rule,
            fingerprint=fingerprint,
            line=one.place.span.line,
            message=one.message,
        )
        for one, fingerprint in findings
    )
    return msgspec.json.format(msgspec.json.encode(Baseline(findings=tuple(entries))), indent=1) + b"\n"


def gone(baseline: Baseline, fingerprints: Collection[str]) -> tuple[Entry, ...]:
    """The entries whose findings are no more."""
    return tuple(one for one in baseline.findings if one.fingerprint not in fingerprints)
