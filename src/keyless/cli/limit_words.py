"""A limit that was reached, in words: whose, how much in how long, and what to do about it."""

from __future__ import annotations

from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE

_HOUR_S, _DAY_S = 3600, 24 * 3600
_SPANS = {_HOUR_S: "an hour", _DAY_S: "a day"}
_ENDS = {_HOUR_S: "the end of the hour", _DAY_S: "midnight in UTC"}


def limited(scope: ResourceId, *, of_subscription: bool) -> str:
    """What has the limit that a request at a scope has reached: `subscription`, `vault` or `store`."""
    if of_subscription:
        return "subscription"
    return "store" if _in_store(scope) else "vault"


def amount(units: int, pool: str, window_s: int) -> str:
    """How much of what in how long: `1,000 requests in a day`; what is kept is `in all`."""
    if not window_s:
        return f"{units:,} {pool} in all"
    return f"{units:,} {pool} in {_SPANS.get(window_s, f'{window_s} s')}"


def advice(scope: ResourceId, window_s: int) -> str:
    """What to do beyond a limit."""
    if not window_s:
        return "delete some, keep history for a shorter time, or choose a larger `sku`"
    if window_s in _ENDS:
        return (
            f"nothing more is answered until {_ENDS[window_s]}, and clients that wait as they are told stand "
            "still until then; load settings once, at the start, ask with an etag whether they have changed, "
            "or choose a larger `sku`"
        )
    header = "retry-after-ms" if _in_store(scope) else "Retry-After"
    return f"read what can be kept once, at the start, and wait as `{header}` says"


def _in_store(scope: ResourceId) -> bool:
    return (scope.resource_type or "").casefold().startswith(STORE_TYPE.casefold())
