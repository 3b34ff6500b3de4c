"""What `keyless vault import` says: what became of each object, and what cannot come in. Never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.model.visible import visible
from keyless.planes.keyvault.arrivals import Outcome

if TYPE_CHECKING:
    from keyless.deploy.vaults.found import Found
    from keyless.planes.keyvault.arrivals import Arrived

_WHY = {
    Outcome.DIFFERS: "the vault has another one: `--force` makes a new version, and keeps the older ones",
    Outcome.DELETED: "one of that name is deleted: purge it, or `--force` recovers and renews it",
    Outcome.MANAGED: "one of that name stands behind a certificate, or would: it comes with that alone",
}


def lines_of(found: Found, arrived: list[Arrived]) -> list[str]:
    """A line for each object, and for each thing that cannot come in."""
    lines = [f"{one.outcome.value:<10} {_named(found, one)}" for one in arrived]
    return lines + [f"left out   {visible(one.what)}: {visible(one.why)}" for one in found.left]


def refusals_of(arrived: list[Arrived]) -> list[str]:
    """Why nothing was written, object by object; empty where nothing stands in the way."""
    return [
        f"{one.arrival.kind.noun} `{one.arrival.name}`: {_WHY[one.outcome]}"
        for one in arrived
        if one.outcome.refused
    ]


def arrivals_json(found: Found, arrived: list[Arrived]) -> str:
    """The same as JSON."""
    import msgspec

    objects = [
        {
            "kind": one.arrival.kind.noun,
            "name": one.arrival.name,
            "from": found.called(one.arrival),
            "versions": len(one.arrival.versions),
            "outcome": one.outcome.value,
        }
        for one in arrived
    ]
    left = [{"name": one.what, "reason": one.why} for one in found.left]
    return msgspec.json.encode({"objects": objects, "leftOut": left}).decode()


def _named(found: Found, one: Arrived) -> str:
    called = found.called(one.arrival)
    as_called = "" if called == one.arrival.name else f"  from {visible(called)}"
    return f"{one.arrival.kind.noun} {one.arrival.name}{as_called}"
