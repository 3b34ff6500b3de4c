"""An action of a plane, as plans speak of it."""

from __future__ import annotations

import msgspec

from keyless.model.actions import ActionPlane


class GrantedAction(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """A permission: an action and its plane."""

    plane: ActionPlane
    action: str
