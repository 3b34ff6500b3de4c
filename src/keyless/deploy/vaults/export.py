"""What a vault holds as one sealed file, and such a file as a source again.

Rules:
- every live object is in it, with all versions, their ids and times, and policies; what is deleted is not;
- private keys are in it too, which the service never gives out: it opens for whoever has the passphrase, in
  any estate;
- an object that does not fit the vault that it comes into (a key of an HSM type) is left out.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from keyless.deploy.sources import Choice, Left, NotASource
from keyless.deploy.vaults.found import Found
from keyless.deploy.vaults.sealed import CannotOpen, Opener, open_sealed, seal
from keyless.model.resources import Vault
from keyless.planes.keyvault.copies import NotACopy, ObjectCopy, arrival_of
from keyless.planes.keyvault.keys.records import KeyVersion


class _Export(msgspec.Struct, frozen=True):
    """``exported_at`` is the estate's time, in epoch seconds."""

    vault: str
    exported_at: int
    objects: list[ObjectCopy]


def exported(
    vault: str, objects: list[ObjectCopy], opener: Opener, entropy: Callable[[int], bytes], now: int
) -> bytes:
    """A sealed file with these objects."""
    return seal(msgspec.msgpack.encode(_Export(vault, now, objects)), opener, entropy)


def read_export(data: bytes, opener: Opener, vault: Vault, choice: Choice) -> Found:
    """What a sealed file holds for a vault.

    Raises:
        NotASource: it does not open, or what is in it is not sound.
    """
    found = Found()
    for copy in _objects(data, opener):
        if not choice.takes(copy.head.name):
            continue
        try:
            arrival = arrival_of(copy)
        except NotACopy as error:
            raise NotASource(str(error)) from error
        hard = [one for one in arrival.versions if isinstance(one, KeyVersion) and one.key_type.in_hardware]
        if hard and vault.sku.lower() != "premium":
            why = f"keys of type {hard[0].key_type} are for vaults of the premium tier"
            found.left.append(Left(f"{copy.kind} {copy.head.name}", why))
        else:
            found.add(arrival)
    return found


def _objects(data: bytes, opener: Opener) -> list[ObjectCopy]:
    try:
        return msgspec.msgpack.decode(open_sealed(data, opener), type=_Export).objects
    except CannotOpen as error:
        raise NotASource(str(error)) from error
    except msgspec.DecodeError as error:
        raise NotASource("what was sealed is not what a vault held") from error
