"""Which of the known names somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(wanted: str, known: Iterable[str], at_most: int = 3) -> tuple[str, ...]:
    """The known names that look like the wanted one, best first, compared without case."""
    from difflib import get_close_matches  # only ever needed after a mistake

    by_folded = {name.casefold(): name for name in known}
    return tuple(by_folded[close] for close in get_close_matches(wanted.casefold(), by_folded, at_most, 0.6))


def quoted_list(names: Iterable[str], last: str = "or") -> str:
    """Names for a message: ```a`, `b` or `c```."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
