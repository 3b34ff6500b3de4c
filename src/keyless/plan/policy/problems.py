"""A policy that cannot be followed, which shows only when a plan is made."""

from __future__ import annotations


class CannotFollow(ValueError):
    """``path`` is the key, as in `roles.forbidden[0]`; ``message`` what is wrong, ``hint`` what to do."""

    def __init__(self, path: str, message: str, hint: str = "") -> None:
        self.path, self.message, self.hint = path, message, hint
        super().__init__(f"`{path}`: {message}; {hint}" if hint else f"`{path}`: {message}")
