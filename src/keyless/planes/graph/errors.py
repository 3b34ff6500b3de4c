"""What goes wrong in the directory, with the codes and sentences that Graph's clients know.

Source: https://learn.microsoft.com/graph/resolve-auth-errors and https://learn.microsoft.com/graph/errors
"""

from __future__ import annotations

from keyless.wire.errors import Conflict, InvalidRequest, NotFound

_SHOWN = 200


class ResourceNotFound(NotFound):
    """There is no such object."""

    def __init__(self, wanted: str) -> None:
        super().__init__(
            f"Resource '{wanted[:_SHOWN]}' does not exist or one of its queried reference-property objects "
            "are not present.",
            code="Request_ResourceNotFound",
        )


class BadRequest(InvalidRequest):
    """What was asked for cannot be."""

    def __init__(self, message: str, code: str = "Request_BadRequest") -> None:
        super().__init__(message, code=code)


class SameKeyValue(Conflict):
    """Something has that name already."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="Request_MultipleObjectsWithSameKeyValue")


def taken(name: str) -> BadRequest:
    """Another object has this value of a property that is unique."""
    return BadRequest(f"Another object with the same value for property {name} already exists.")


def already_referenced(name: str) -> BadRequest:
    """What was to be added is there already."""
    return BadRequest(
        f"One or more added object references already exist for the following modified properties: '{name}'."
    )
