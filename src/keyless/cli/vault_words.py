"""What `keyless vault` says of what a vault holds, and of what was to come in. Never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keyless.cli.wording import counted, moment
from keyless.model.visible import visible
from keyless.planes.keyvault.arrivals import Outcome
from keyless.planes.keyvault.keys.records import KeyVersion
from keyless.planes.keyvault.secrets.records import SecretVersion

if TYPE_CHECKING:
    from keyless.deploy.vaults.found import Found
    from keyless.planes.keyvault.arrivals import Arrived
    from keyless.planes.keyvault.held import Held
    from keyless.planes.keyvault.objects.records import Version

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


def held_line(one: Held) -> str:
    """An object of a vault in one line."""
    current = one.current
    said = [
        counted(one.versions, "version", "versions"),
        _kind_of(current),
        "" if current.enabled else "disabled",
        f"expires {moment(current.expires)}" if current.expires is not None else "",
        "behind a certificate" if current.managed else "",
        f"deleted, and gone on {moment(one.deleted.purge_at)}" if one.deleted else "",
    ]
    return f"{one.kind.noun:<12}{one.name}  {', '.join(filter(None, said))}"


def held_json(held: list[Held]) -> str:
    """The objects of a vault as JSON."""
    import msgspec

    return msgspec.json.encode([_as_json(one) for one in held]).decode()


def _as_json(one: Held) -> dict[str, Any]:
    current = one.current
    return {
        "kind": one.kind.noun,
        "name": one.name,
        "version": current.id,
        "versions": one.versions,
        "type": _kind_of(current),
        "enabled": current.enabled,
        "managed": current.managed,
        "created": current.created,
        "updated": current.updated,
        "notBefore": current.not_before,
        "expires": current.expires,
        "tags": current.tags or {},
        "scheduledPurgeDate": one.deleted.purge_at if one.deleted else None,
    }


def _kind_of(version: Version) -> str:
    """What kind of key it is, or of value, where that is known."""
    if isinstance(version, KeyVersion):
        return f"{version.key_type} {version.material.curve or version.material.bits}"
    if isinstance(version, SecretVersion):
        return visible(version.content_type or "")
    return ""
