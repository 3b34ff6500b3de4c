"""What `keyless store` says of what a store holds, and of what was to come in. Never a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from keyless.cli.vault_words import refusals_of as refusals_of_secrets
from keyless.cli.wording import utc
from keyless.estate.key_values import FLAG_PREFIX, FLAG_TYPE, REFERENCE_TYPE
from keyless.model.nearest import quoted_list
from keyless.model.visible import visible
from keyless.planes.appconfig.key_values.arrivals import Outcome

if TYPE_CHECKING:
    from keyless.deploy.stores.held_back import Judged
    from keyless.deploy.stores.take_in import TakenIn
    from keyless.deploy.stores.written import Written
    from keyless.planes.appconfig.key_values.records import KeyValue, Name

WHY_REFUSED = {
    Outcome.DIFFERS: "the store has another one: `--force` changes it, and what it was stays in the history",
    Outcome.LOCKED: "it is locked: unlock it first",
}


def lines_of(done: TakenIn, vault: str | None) -> list[str]:
    """A line for each key-value, and for each thing that cannot come in or is held back."""
    lines = [
        f"{one.outcome.value:<10} {named(one.name)}{_as_reference(done, one.name, vault)}"
        for one in done.arrived
    ]
    lines += [f"held back  {named(one.name)}: {visible(one.why)}" for one in done.held_back]
    return lines + [f"left out   {visible(one.what)}: {visible(one.why)}" for one in done.left]


def _as_reference(done: TakenIn, name: Name, vault: str | None) -> str:
    secret = done.references.get(name)
    return f"  as secret {secret} of vault {vault}" if secret is not None else ""


def refusals_of(done: TakenIn) -> list[str]:
    """Why nothing was written, one by one; empty where nothing stands in the way."""
    settings = [
        f"key-value {named(one.name)}: {WHY_REFUSED[one.outcome]}"
        for one in done.arrived
        if one.outcome.refused
    ]
    return settings + refusals_of_secrets(done.secrets)


def taken_in_json(done: TakenIn, vault: str | None) -> str:
    """The same as JSON."""
    import msgspec

    key_values = [
        {
            "key": one.name.key,
            "label": one.name.label,
            "outcome": one.outcome.value,
            "secret": done.references.get(one.name),
        }
        for one in done.arrived
    ]
    held = [{"key": one.name.key, "label": one.name.label, "reason": one.why} for one in done.held_back]
    secrets = [{"name": one.arrival.name, "outcome": one.outcome.value} for one in done.secrets]
    left = [{"name": one.what, "reason": one.why} for one in done.left]
    told = {
        "keyValues": key_values,
        "heldBack": held,
        "vault": vault,
        "secrets": secrets,
        "leftOut": left,
    }
    return msgspec.json.encode(told).decode()


def lines_of_file(file: Written, secrets: Sequence[Name]) -> list[str]:
    """What is not in a file, what is lost in it, and which names look like those of secrets."""
    lines = [f"left out: {visible(one.what)}: {visible(one.why)}" for one in file.left]
    lines += [f"of {named(name)} the file does not have: {', '.join(lost)}" for name, lost in file.lost]
    if file.other_labels:
        labels = quoted_list([visible(label) if label else "(none)" for label in file.other_labels], "and")
        lines.append(f"key-values with the labels {labels} are not in it: `--label` says which are")
    if secrets:
        names = ", ".join(named(one) for one in secrets)
        lines.append(f"in clear in the file, and look like secrets: {names}")
    return lines


def named(name: Name) -> str:
    """A key with its label."""
    return visible(name.key) + (f"  label {visible(name.label)}" if name.label else "")


def shown_line(one: KeyValue, why: str) -> str:
    """A key-value of a store in one line; ``why`` it looks like a secret, if it does."""
    from keyless.planes.appconfig.key_values.records import Name

    judged = f"looks like a secret: {visible(why)}" if why else ""
    said = [_kind_of(one), "locked" if one.locked else "", judged]
    return f"{named(Name(one.key, one.label))}  {', '.join(filter(None, said))}".rstrip()


def shown_json(judged: Sequence[Judged]) -> str:
    """The key-values of a store as JSON."""
    import msgspec

    return msgspec.json.encode([_as_json(one, why) for one, why in judged]).decode()


def _as_json(one: KeyValue, why: str) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "contentType": one.content_type,
        "tags": dict(one.tags),
        "locked": one.locked,
        "lastModified": utc(one.modified_at),
        "looksLikeSecret": why or None,
    }


def _kind_of(one: KeyValue) -> str:
    """What kind of key-value it is, where its content type or key says so."""
    if one.content_type == REFERENCE_TYPE:
        return "Key Vault reference"
    if one.content_type == FLAG_TYPE and one.key.startswith(FLAG_PREFIX):
        return "feature flag"
    return visible(one.content_type or "")
