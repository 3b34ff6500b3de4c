"""Every rule there is: one for each file in the groups' packages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from keyless.assess.rules.rule import Group, Rule


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """The rules by id, in the order of groups and ids."""
    found = [_rule_in(group, name) for group in Group for name in _modules(group)]
    return {rule.id: rule for rule in found}


def _modules(group: Group) -> list[str]:
    package = Path(__file__).parent / group.value.replace("-", "_")
    return sorted(one.name for one in pkgutil.iter_modules([str(package)]) if not one.name.startswith("_"))


def _rule_in(group: Group, name: str) -> Rule:
    module = importlib.import_module(f"keyless.assess.rules.{group.value.replace('-', '_')}.{name}")
    rule: Rule = module.RULE
    return rule
