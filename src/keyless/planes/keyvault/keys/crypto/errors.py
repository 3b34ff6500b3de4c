"""What Key Vault answers where a key does not serve.

Of keys outside of their time only the status is documented: the inner codes are ours.

Sources: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes, and answers of the service that
its clients' maintainers have published.
"""

from __future__ import annotations

from keyless.wire.errors import NotAllowed


class KeyOperationForbidden(NotAllowed):
    """The key was not made for this use."""

    def __init__(self, operation: str) -> None:
        super().__init__(
            f"Operation {operation} is not permitted on this key.", inner="KeyOperationForbidden"
        )


class KeyNotYetValid(NotAllowed):
    """The key's time has not come."""

    def __init__(self, operation: str) -> None:
        super().__init__(
            f"Operation {operation} is not allowed on a key that is not valid yet: its `nbf` is to come.",
            inner="KeyNotYetValid",
        )


class KeyExpired(NotAllowed):
    """The key's time is over."""

    def __init__(self, operation: str) -> None:
        super().__init__(
            f"Operation {operation} is not allowed on an expired key: its `exp` has passed.",
            inner="KeyExpired",
        )
