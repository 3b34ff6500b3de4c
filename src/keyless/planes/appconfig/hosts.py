"""Which host names are those of configuration stores, and of which."""

from __future__ import annotations

from keyless.model.resources import STORE_SUFFIX


def store_name(host: str) -> str | None:
    """The endpoint that a host name speaks of, in lower case; none for other hosts. A port is let go."""
    name = host.partition(":")[0].lower().rstrip(".")
    label = name.removesuffix(STORE_SUFFIX)
    return label if label and label != name and "." not in label else None
