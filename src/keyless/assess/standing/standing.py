"""What stands of the findings: those to tell of, those that are allowed, those that were known before.

Rules, in this order:
- a finding below the thresholds is counted, and no more;
- where only changes are asked for, a finding counts whose place or any step touches a changed line;
- what is allowed is listed with its reason; past its last day it stands again;
- what the baseline knows is counted, and what it knows that is no more is listed.
"""

from __future__ import annotations

import datetime
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


def sort_out(
    findings: Sequence[tuple[Finding, str]],
    config: Config,
    allowances: Allowances,
    today: datetime.date,
    *,
    baseline: Baseline | None = None,
    touches: Touches | None = None,
    rules: Iterable[str] = (),
) -> Standing:
    """Sort out findings with their fingerprints; ``rules`` are the ids of those that were looked for."""
    known = frozenset(one.fingerprint for one in baseline.findings) if baseline else frozenset()
    told, allowed = [], []
    below = unchanged = known_again = 0
    for finding, fingerprint in findings:
        allowance = allowances.of(finding)
        if not _is_wanted(finding, config):
            below += 1
        elif touches is not None and not touches(finding):
            unchanged += 1
        elif allowance is not None and allowances.holds(allowance):
            left = allowance.days_left(today)
            allowed.append(
                AllowedFinding(finding=finding, fingerprint=fingerprint, allowance=allowance, days_left=left)
            )
        elif fingerprint in known:
            known_again += 1
        else:
            told.append(Told(finding=finding, fingerprint=fingerprint, expired=allowance))
    return Standing(
        told=tuple(told),
        allowed=tuple(allowed),
        known=known_again,
        gone=gone(baseline, {one for _, one in findings}) if baseline else (),
        below=below,
        unchanged=unchanged,
        unused=allowances.unused(rules),
    )


def _is_wanted(finding: Finding, config: Config) -> bool:
    return finding.severity.at_least(config.min_severity) and finding.confidence.at_least(
        config.min_confidence
    )
