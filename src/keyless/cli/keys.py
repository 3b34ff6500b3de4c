"""`keyless keys`: the keys that sign tokens, and letting others take over.

A plane that runs on the project's state follows with its next request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.commands import Commands
from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.wording import moment
from keyless.cli.world import opened_store
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.store.ports import Store
    from keyless.tokens.keys import StoredSigningKey

    Change = Callable[[Store, int], Awaitable[list[StoredSigningKey]]]


@click.group("keys", cls=Commands)
def command() -> None:
    """List, rotate and revoke the keys that sign tokens."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object for each key.")
@project_option
def list_keys(as_json: bool, directory: Path | None) -> None:
    """Print every key: its id, what it does, and until when."""
    from keyless.planes.entra.keys import stored_keys

    now = int(time.time())
    keys = _changed(chosen_project(directory), stored_keys, now)
    if not keys:
        say("there is no signing key yet: the first is made when a plane starts")
    for key in keys:
        click.echo(_as_json(key, now) if as_json else _as_line(key, now))


@command.command("rotate")
@click.option("--now", "at_once", is_flag=True, help="Let the new key sign at once, instead of in a day.")
@click.option("--retire", "kid", metavar="KID", help="Only let this key sign no longer.")
@project_option
def rotate(at_once: bool, kid: str | None, directory: Path | None) -> None:
    """Let another key sign: published now, signing in a day, so that no client meets it unprepared.

    The key that signed before verifies until its last token has expired, and not after.
    """
    from keyless.planes.entra import keys

    if kid is not None and at_once:
        raise Failure("`--now` and `--retire` are two orders: give one at a time", 2)

    async def change(store: Store, now: int) -> list[StoredSigningKey]:
        if kid is not None:
            return await keys.retire(store, kid, now)
        return await keys.rotate(store, now, at_once=at_once)

    now = int(time.time())
    for key in _changed(chosen_project(directory), change, now):
        click.echo(_as_line(key, now))
    if at_once or kid is not None:
        say(
            "who keeps the key set, as clients may for a day, meets a key that he does not know: the planes "
            "here know it already"
        )
        _say_where_others_trust(chosen_project(directory))


@command.command("revoke")
@click.argument("kid")
@project_option
def revoke(kid: str, directory: Path | None) -> None:
    """Refuse every token of key KID from now on, and forget its private half.

    Clients that handle claims challenges fetch new tokens by themselves.
    """
    from keyless.planes.entra import keys

    now = int(time.time())
    for key in _changed(chosen_project(directory), lambda store, at: keys.revoke(store, kid, at), now):
        click.echo(_as_line(key, now))
    say(f"tokens of `{kid}` are refused from now on")
    _say_where_others_trust(chosen_project(directory))


def _say_where_others_trust(project: Project) -> None:
    """Say that others keep the keys too, where this site is an issuer for them."""
    from keyless.wire.federation import site_issuer

    async def issuer() -> str | None:
        with opened_store(project) as store:
            return await site_issuer(store)

    found = asyncio.run(issuer())
    if found is not None:
        say(f"others trust this site as `{found}`: publish the keys again with `keyless federate --publish`")


def _changed(project: Project, change: Change, now: int) -> list[StoredSigningKey]:
    from keyless.planes.entra.keys import UnknownKey

    async def changed() -> list[StoredSigningKey]:
        with opened_store(project) as store:
            return await change(store, now)

    try:
        with explained():
            return asyncio.run(changed())
    except UnknownKey as error:
        raise Failure(str(error), 2) from error


def _as_line(key: StoredSigningKey, now: int) -> str:
    from keyless.tokens.rotation import Phase, phase_of

    phase = phase_of(key, now)
    return f"{key.kid}  {phase.value}{_until(key, now) if phase is not Phase.SIGNING else ''}"


def _until(key: StoredSigningKey, now: int) -> str:
    from keyless.tokens.rotation import Phase, ends_at, phase_of

    phase, end = phase_of(key, now), ends_at(key)
    if phase is Phase.NEXT:
        return f", from {moment(key.signs_from)} on it does"
    if phase is Phase.REVOKED:
        return f" at {moment(key.revoked_at or now)}"
    return f", until {moment(end or now)}"


def _as_json(key: StoredSigningKey, now: int) -> str:
    import msgspec

    from keyless.tokens.rotation import ends_at, phase_of

    return msgspec.json.encode(
        {
            "kid": key.kid,
            "state": phase_of(key, now).name.lower(),
            "publishedAt": key.created_at,
            "signsFrom": key.signs_from,
            "retiredAt": key.retired_at,
            "revokedAt": key.revoked_at,
            "endsAt": ends_at(key),
        }
    ).decode()
