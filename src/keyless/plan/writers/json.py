"""Writes a plan as JSON: everything in it, under a versioned schema name."""

from __future__ import annotations

import msgspec

from keyless.plan.result import Plan
from keyless.plan.stages import stages_of


def write_json(plan: Plan) -> str:
    """The plan's JSON; ``keyless.plan.result.read_plan`` reads it back."""
    return msgspec.json.format(msgspec.json.encode(plan), indent=2).decode() + "\n"


def write_stages(plan: Plan) -> str:
    """The plan's stages as JSON, each command as its words."""
    return msgspec.json.format(msgspec.json.encode(stages_of(plan)), indent=2).decode() + "\n"
