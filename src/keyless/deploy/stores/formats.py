"""The formats of files, and which one a file has by its name."""

from __future__ import annotations

import enum
import re
from pathlib import PurePath

OF_DOTNET = ":"
"""What stands between the parts of a key in .NET."""


class Format(enum.StrEnum):
    """The formats of files."""

    JSON = "json"
    APPSETTINGS = "appsettings"
    YAML = "yaml"
    PROPERTIES = "properties"
    ENV = "env"
    KVSET = "kvset"


_NAMES: tuple[tuple[str, Format], ...] = (
    (r"appsettings([.\-_].*)?\.json", Format.APPSETTINGS),
    (r".*\.json", Format.JSON),
    (r".*\.ya?ml", Format.YAML),
    (r".*\.properties", Format.PROPERTIES),
    (r"(.*\.)?env|\.env\..*", Format.ENV),
)
UNKNOWN = "its name does not say which format it has: say `--format`, one of " + ", ".join(
    f"`{one.value}`" for one in Format
)


def format_by_name(name: str) -> Format | None:
    """The format that a file's name speaks of; none where it speaks of none."""
    plain = PurePath(name).name.casefold()
    return next((format_ for pattern, format_ in _NAMES if re.fullmatch(pattern, plain)), None)
