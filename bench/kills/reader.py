"""What a vault holds after its writer was killed, read as its clients read it."""

from __future__ import annotations

from typing import Any

from bench.kills.kinds import KINDS, link_of, of
from bench.kills.model import Held, State, Version
from bench.kills.vault import OpenVault


class HalfThere(Exception):
    """Something is in the vault that no whole operation makes."""


async def read(vault: OpenVault, marker: str) -> State:
    """The state of a vault.

    Raises:
        HalfThere: a version has another value than it was made with, or cannot be read.
    """
    objects: dict[str, Held] = {}
    for collection, kind in KINDS.items():
        for item in await _own(vault, f"/{collection}"):
            name = link_of(kind, item)
            objects[name] = Held(await _versions(vault, name, marker))
        for item in await _own(vault, f"/deleted{collection}"):
            name = link_of(kind, item)
            if name in objects:
                raise HalfThere(f"`{name}` is both live and deleted")
            objects[name] = Held((_told(item),), deleted=True)
    return State(objects)


async def _own(vault: OpenVault, path: str) -> list[Any]:
    """The items of a list, but for what stands behind a certificate."""
    return [item for item in await vault.listed(path) if not item.get("managed")]


async def _versions(vault: OpenVault, name: str, marker: str) -> tuple[Version, ...]:
    """The versions of a live object, the newest last; each is opened."""
    listed = await vault.listed(f"/{name}/versions")
    found = [await _listed(vault, name, item, marker) for item in listed]
    newest = await _version(vault, name, name, marker)
    return (*sorted(version for version in found if version != newest), newest)


async def _listed(vault: OpenVault, name: str, item: Any, marker: str) -> Version:
    version = await _version(vault, name, link_of(of(name), item), marker)
    if _told(item) != version:
        raise HalfThere(f"a version of `{name}` is listed otherwise than it is read")
    return version


async def _version(vault: OpenVault, name: str, path: str, marker: str) -> Version:
    answer = await vault.ask("GET", f"/{path}")
    if answer.status != 200:
        raise HalfThere(f"`{path}` is answered {answer}")
    version = _told(answer.body)
    if not await of(name).is_whole(vault, f"/{path}", answer, marker, version.made):
        raise HalfThere(f"`{path}` is not what it was made as")
    return version


def _told(item: Any) -> Version:
    return Version(int(item["tags"]["made"]), int(item["tags"]["changed"]))


def same(found: State, expected: State) -> bool:
    """Whether a state is the one expected; of a deleted object its newest version is seen alone."""
    return found.objects == {name: _seen(held) for name, held in expected.objects.items()}


def _seen(held: Held) -> Held:
    if held.deleted:
        return Held(held.versions[-1:], deleted=True)
    *older, newest = held.versions
    return Held((*sorted(older), newest))
