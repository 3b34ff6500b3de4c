"""What stands of the findings: those to tell of, those that are allowed, those that were known before.

Rules, in this order:
- a finding below the thresholds is counted, and no more;
- where only changes are asked for, a finding counts whose place or any step touches a changed line;
- what is allowed is listed with its reason; past its last day it stands again;
- what the baseline knows is counted, and what it knows that is no more is listed.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from keyless.assess.config import Config
from keyless.assess.findings.finding import Finding
from keyless.assess.standing.allowances import Allowance, Allowances
from keyless.assess.standing.baseline import Baseline, Entry, gone

Touches = Callable[[Finding], bool]


class Told(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A finding to tell of; ``expired`` is what allowed it until its last day was over."""

    finding: Finding
    fingerprint: str
    expired: Allowance | None = None


class AllowedFinding(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A finding that is allowed; ``days_left`` counts down where it has a last day."""

    finding: Finding
    fingerprint: str
    allowance: Allowance
    days_left: int | None = None


class Standing(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All findings, sorted out."""

    told: tuple[Told, ...] = ()
    allowed: tuple[AllowedFinding, ...] = ()
    known: int = 0
    """Those that the baseline has."""
    gone: tuple[Entry, ...] = ()
    below: int = 0
    """Those below the thresholds."""
    unchanged: int = 0
    """Those that touch no changed line, where only such are asked for."""
    unused: tuple[Allowance, ...] = ()


class _Fate(enum.Enum):
    """What becomes of a finding."""

    BELOW = enum.auto()
    UNCHANGED = enum.auto()
    ALLOWED = enum.auto()
    KNOWN = enum.auto()
    TOLD = enum.auto()


def sort_out(
    findings: Sequence[tuple[Finding, str]],
    config: Config,
    allowances: Allowances,
    *,
    baseline: Baseline | None = None,
    touches: Touches | None = None,
    rules: Iterable[str] = (),
) -> Standing:
    """Sort out findings with their fingerprints; ``rules`` are the ids of those that were looked for."""
    known = frozenset(one.fingerprint for one in baseline.findings) if baseline else frozenset()
    told, allowed, fates = [], [], Counter[_Fate]()
    for finding, mark in findings:
        allowance = allowances.of(finding)
        held = allowance if allowance is not None and allowances.holds(allowance) else None
        fate = _fate(finding, config, touches, is_allowed=held is not None, is_known=mark in known)
        fates[fate] += 1
        if fate is _Fate.TOLD:
            told.append(Told(finding=finding, fingerprint=mark, expired=allowance))
        elif fate is _Fate.ALLOWED and held is not None:
            left = allowances.days_left(held)
            allowed.append(AllowedFinding(finding=finding, fingerprint=mark, allowance=held, days_left=left))
    return Standing(
        told=tuple(told),
        allowed=tuple(allowed),
        known=fates[_Fate.KNOWN],
        gone=gone(baseline, {mark for _, mark in findings}) if baseline else (),
        below=fates[_Fate.BELOW],
        unchanged=fates[_Fate.UNCHANGED],
        unused=allowances.unused(rules),
    )


def _fate(
    finding: Finding, config: Config, touches: Touches | None, *, is_allowed: bool, is_known: bool
) -> _Fate:
    if not _is_wanted(finding, config):
        return _Fate.BELOW
    if touches is not None and not touches(finding):
        return _Fate.UNCHANGED
    if is_allowed:
        return _Fate.ALLOWED
    return _Fate.KNOWN if is_known else _Fate.TOLD


def _is_wanted(finding: Finding, config: Config) -> bool:
    return finding.severity.at_least(config.min_severity) and finding.confidence.at_least(
        config.min_confidence
    )
