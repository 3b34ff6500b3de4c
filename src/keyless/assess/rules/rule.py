"""A rule: what it looks for, why that matters, what to do, and the function that finds it.

One rule is one file in `rules/<group>/`, with its id as the file's name (`_` for `-`) and `RULE` in it; its
fixture is `tests/assess/fixtures/<id>/`; its page `docs/rules/<id>.md` is generated from both.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository


class Group(enum.StrEnum):
    """What part of the guidance a rule belongs to."""

    CREDENTIALS = "credentials"
    IDENTITY = "identity"
    PRIVILEGE = "privilege"
    VAULT = "vault"
    LOCAL_AUTH = "local-auth"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``severity`` and ``confidence`` are what its findings mostly have; ``why`` and ``instead`` Markdown.

    ``sources`` are addresses of the guidance. ``check`` finds; it sees the whole repository and yields each
    finding once.
    """

    id: str
    group: Group
    title: str
    severity: Severity
    confidence: Confidence
    why: str
    instead: str
    sources: tuple[str, ...]
    check: Callable[[Repository], Iterable[Finding]]
