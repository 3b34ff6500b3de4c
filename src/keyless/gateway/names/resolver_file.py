"""`/etc/resolv.conf`: which name servers a machine has, and the same file with another one in their place.

Everything else that the file says (search domains, options) stays as it is.

Source: resolv.conf(5)
"""

from __future__ import annotations

from pathlib import Path

PLACE = Path("/etc/resolv.conf")
_MOST_SERVERS = 3
_DEFAULT = "127.0.0.1"


def servers_in(text: str) -> tuple[str, ...]:
    """The addresses of the name servers that the file names; this machine itself where it names none."""
    named = [words[1] for line in text.splitlines() if _names_server(words := line.split())]
    return tuple(named[:_MOST_SERVERS]) or (_DEFAULT,)


def with_server(text: str, address: str) -> str:
    """The file with this name server alone."""
    others = [line for line in text.splitlines() if not _names_server(line.split())]
    return "\n".join([f"nameserver {address}", *others, ""])


def _names_server(words: list[str]) -> bool:
    return len(words) > 1 and words[0] == "nameserver"
