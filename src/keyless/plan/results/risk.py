"""What could be done with a permission that nobody needs."""

from __future__ import annotations

import enum

import msgspec

from keyless.model.actions import ActionPlane


class Risk(enum.StrEnum):
    """The kinds that weigh, the gravest first."""

    PRIVILEGE_ESCALATION = "privilege-escalation"
    SECRET_READING = "secret-reading"
    DATA_DESTRUCTION = "data-destruction"


class RiskyPermission(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """A permission and its risk; permissions of no stated risk have no such record."""

    risk: Risk
    plane: ActionPlane
    action: str
