"""Findings without what is a credential in their texts: names are shown, and anything can be a name.

Rules:
- what stands in back quotes is a name that somebody else chose: one that has the shape of a credential (a
  token as the name of a setting, a key as the key of a record) is `…`;
- so is the subject, and each word of the code to write instead;
- where a finding stands, its rule and what its edits put into files stay as they are.
"""

from __future__ import annotations

import re

import msgspec

from keyless.assess.findings.finding import Finding, Step
from keyless.assess.masking import HIDDEN
from keyless.catalog.shapes.inside import credential_in

_NAMED = re.compile(r"(?<=`)[^`\n]{12,4000}(?=`)")
_WORD = re.compile(r"[^\s`\"']{16,4000}")


def hushed(finding: Finding) -> Finding:
    """A finding that names no credential; the same one where it did not."""
    remedy = finding.remedy
    changed = {
        "message": _without_names(finding.message),
        "subject": HIDDEN if credential_in(finding.subject) else finding.subject,
        "steps": _steps(finding.steps),
        "also": _steps(finding.also),
        "remedy": remedy and msgspec.structs.replace(remedy, instead=_WORD.sub(_hidden, remedy.instead)),
        "fix": finding.fix and msgspec.structs.replace(finding.fix, what=_without_names(finding.fix.what)),
    }
    return msgspec.structs.replace(finding, **changed)


def _steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(Step(one.place, _without_names(one.what)) for one in steps)


def _without_names(text: str) -> str:
    return _NAMED.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    return HIDDEN if credential_in(found[0]) else found[0]
