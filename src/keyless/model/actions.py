"""Action strings and the patterns that roles grant them by.

Rules:
- an action is matched without case, and whole: a pattern without a wildcard matches only itself;
- `*` stands for any run of characters, the `/` included, wherever it stands in the pattern;
- control-plane actions and data actions are two namespaces (`ActionPlane`) that never mix; the directory's
  actions are a third, which no role of Azure RBAC speaks of.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from functools import lru_cache


class ActionPlane(enum.StrEnum):
    """Which of a role's two pairs of lists speaks of an action; of the directory's, roles of Entra do."""

    CONTROL = "control"
    DATA = "data"
    DIRECTORY = "directory"


AZURE_RBAC = (ActionPlane.CONTROL, ActionPlane.DATA)
"""The planes that roles of Azure RBAC speak of."""


@lru_cache(maxsize=65536)
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.casefold().split("*")), re.DOTALL)


def action_matches(pattern: str, action: str) -> bool:
    """Whether one role pattern covers one action."""
    if "*" not in pattern:
        return pattern.casefold() == action.casefold()
    return _matcher(pattern).fullmatch(action.casefold()) is not None


def any_matches(patterns: Iterable[str], action: str) -> bool:
    """Whether any of the patterns covers the action."""
    return any(action_matches(pattern, action) for pattern in patterns)
