"""Whether a list has certificates that were never finished: `includePending`.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificates/get-certificates
"""

from __future__ import annotations

from typing import Any, NamedTuple

from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest

_KNOWN = {"true": True, "false": False}


class IncludePending(NamedTuple):
    """What a list call asks for; none where it does not say."""

    asked: bool | None

    @classmethod
    def of(cls, call: Authorized[Any]) -> IncludePending:
        """Read a call's query.

        Raises:
            InvalidRequest: it is neither true nor false.
        """
        text = call.request.query.get("includepending")
        if text is None:
            return cls(None)
        if text.lower() not in _KNOWN:
            raise InvalidRequest(
                "the parameter `includePending` must be `true` or `false`", field="includePending"
            )
        return cls(_KNOWN[text.lower()])

    @property
    def included(self) -> bool:
        """Whether the list has them."""
        return self.asked is True

    def kept(self, link: str | None) -> str | None:
        """A link to the next page, which asks for the same."""
        return (
            link if link is None or self.asked is None else f"{link}&includePending={str(self.asked).lower()}"
        )
