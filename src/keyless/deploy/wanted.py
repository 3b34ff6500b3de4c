"""What a world's apps have asked for so far, for the first estate file of a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from keyless.deploy.contents import PlaneContents
from keyless.estate.starter import Wanted
from keyless.evidence.recorder import WantKey


async def wanted_so_far(contents: PlaneContents, missed: Iterable[WantKey]) -> Wanted:
    """The vaults and stores that are there, with what is in them and what was asked for in vain."""
    vaults = {vault: set(names) for vault, names in (await contents.secret_names()).items()}
    stores = {store: set(keys) for store, keys in (await contents.setting_keys()).items()}
    more_secrets: defaultdict[str, set[str]] = defaultdict(set, vaults)
    more_keys: defaultdict[str, set[tuple[str, str | None]]] = defaultdict(set, stores)
    for want in missed:
        if want.kind == "secret":
            more_secrets[want.container].add(want.name)
        elif want.kind == "key-value":
            more_keys[want.container].add((want.name, want.label.strip("\0") or None))
    return Wanted(
        {vault: tuple(sorted(names)) for vault, names in more_secrets.items()},
        {store: tuple(sorted(keys, key=str)) for store, keys in more_keys.items()},
    )
