"""What makes a finding the same from one time to the next.

Rules:
- the rule, the path, and what stands at the place, without spaces and with credentials hidden; where several
  are equal in all of that, which of them it is, in the order of the file;
- not the line: what moves stays known;
- with credentials hidden, a secret that is rotated is the same finding, and no digest of one is written down.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from keyless.assess.files.texts import Texts
from keyless.assess.findings.finding import Finding
from keyless.assess.masking import masked

_MOST_LINES = 5
_MOST_CHARACTERS = 2000


def fingerprints(findings: Sequence[Finding], texts: Texts) -> tuple[str, ...]:
    """A fingerprint for each of the findings, which are in the order of their places."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found = []
    for one in findings:
        key = (one.rule, one.place.path, snippet(one, texts))
        found.append(_digest(*key, str(seen[key])))
        seen[key] += 1
    return tuple(found)


def snippet(finding: Finding, texts: Texts) -> str:
    """What stands at a finding's place: its lines, without spaces at their ends, credentials hidden."""
    span, path = finding.place.span, finding.place.path
    last = min(span.end_line, span.line + _MOST_LINES - 1)
    lines = (texts.line(path, number)[:_MOST_CHARACTERS] for number in range(span.line, last + 1))
    return "\n".join(" ".join(masked(line, document=True).split()) for line in lines)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]
