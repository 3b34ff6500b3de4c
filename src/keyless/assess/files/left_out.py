"""Files that nobody here wrote, known by their paths: they are counted, and not looked at.

Rules:
- folders of packages and of tools' own files; libraries for browsers that lie in the tree; lock files;
- a name alone counts where it means one thing only (`node_modules`); folders whose names mean many things
  (`build`, `env`, `packages`) are looked at, unless what lies in them says what they are;
- what is generated or minified is known by its content (`made_by_tool`).
"""

from __future__ import annotations

import enum
import re
from pathlib import PurePosixPath

from keyless.assess.files.kinds import FileKind


class LeftOut(enum.StrEnum):
    """Why a file is not looked at, though it is of a kind that is."""

    VENDORED = "vendored"
    LOCK_FILE = "lock-file"
    GENERATED = "generated"
    MINIFIED = "minified"
    BINARY = "binary"
    LINK = "link"
    NO_FILE = "no-file"
    """A folder of another repository (a submodule), a device, a pipe, or one that is gone."""
    EXCLUDED = "excluded"
    """By the configuration of the assessment."""


_VENDORED = frozenset(
    {"node_modules", "bower_components", "jspm_packages", ".yarn", "site-packages", "__pycache__", "vendor"}
    | {".venv", "venv", ".tox", ".nox", ".eggs", ".terraform", ".gradle", ".m2", ".mvn", ".nuget", ".next"}
    | {".git", ".hg", ".svn", ".keyless", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".serverless"}
    | {"third_party", "third-party", "thirdparty", "__pypackages__", ".nuxt", ".angular", ".vs", ".idea"}
)
_LIBRARIES = re.compile(
    r"(?:jquery|bootstrap|angular|react|react-dom|vue|lodash|underscore|moment|d3|knockout|modernizr|popper"
    r"|require|handlebars|chart|swagger-ui[a-z-]{0,40}|signalr)(?:[.-][0-9a-z.-]{0,40})?\.js"
    r"|mavenwrapperdownloader\.java|gradle-wrapper\.properties|maven-wrapper\.properties",
)
_OF_BROWSERS = frozenset(
    {"lib", "libs", "js", "scripts", "wwwroot", "static", "assets", "public"} | {"dist", "plugins", "vendors"}
)
_LOCK_FILES = frozenset(
    {
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "packages.lock.json",
        "project.assets.json",
    }
    | {".terraform.lock.hcl", "deno.lock", "conda-lock.yml", "pubspec.lock", "composer.lock"}
    | {"chart.lock", "pixi.lock", "pnpm-lock.yml", "bun.lock", "function.deps.json", "mix.lock"}
)
_MINIFIED = re.compile(
    r".{0,200}(?:[.-]min|\.bundle|\.chunk|[.-][0-9a-f]{8,20})\.(?:js|cjs|mjs)|.{0,200}[.-]min\.json"
)


def left_out(path: str) -> LeftOut | None:
    """Why a path is left out; none where it is looked at."""
    name = PurePosixPath(path).name.casefold()
    if path_is_vendored(path):
        return LeftOut.VENDORED
    if name in _LOCK_FILES:
        return LeftOut.LOCK_FILE
    if _MINIFIED.fullmatch(name):
        return LeftOut.MINIFIED
    return LeftOut.BINARY if name.startswith("._") else None


def path_is_vendored(path: str) -> bool:
    """Whether a path lies in a folder of packages or tools, or is a library for browsers."""
    *folders, name = path.split("/")
    if any(map(is_vendored_folder, folders)):
        return True
    if not _LIBRARIES.fullmatch(name.casefold()):
        return False
    return not name.casefold().endswith(".js") or bool(_OF_BROWSERS.intersection(map(str.casefold, folders)))


def is_vendored_folder(name: str) -> bool:
    """Whether a folder of this name holds nothing that people here wrote."""
    return name in _VENDORED


_HEAD_BYTES = 2048
_GENERATED = re.compile(
    rb"<auto-?generated\b|^[ \t/*#;<!-]{0,20}(?:code generated\b[^\n]{0,200}\bdo not edit\b|@generated\b)",
    re.IGNORECASE | re.MULTILINE,
)
"""At the beginning of a line of a comment: what only mentions the mark is written by a person."""
_LEAST_MINIFIED_BYTES = 4096
_LONG_LINE = 400
_LEAST_SPACE = 0.1
"""What people write has more spaces and ends of lines than one in ten characters."""
_OF_BICEP = b'"_generator"'
_BANNER = re.compile(rb"\s*/\*[^/]{0,400}?\bv?\d{1,3}\.\d{1,3}\.\d{1,3}\b", re.IGNORECASE)
_LICENSED = re.compile(rb"licen[sc]e|copyright|\(c\)|https?://", re.IGNORECASE)


def made_by_tool(path: str, kind: FileKind, data: bytes, has_bicep: bool) -> LeftOut | None:
    """Whether a file's content says that a tool made it; ``has_bicep``: its Bicep lies beside it."""
    head = data[:_HEAD_BYTES]
    if kind is FileKind.JSON:
        return LeftOut.GENERATED if has_bicep and _OF_BICEP in head else None
    if _GENERATED.search(head):
        return LeftOut.GENERATED
    if kind is FileKind.JAVASCRIPT and len(data) > _LEAST_MINIFIED_BYTES:
        return _of_browsers(path, data)
    return None


def _of_browsers(path: str, data: bytes) -> LeftOut | None:
    """Whether JavaScript is minified, or a library that says its version and licence at its head."""
    if len(data) > _LONG_LINE * (data.count(b"\n") + 1):
        return LeftOut.MINIFIED
    if len(data) - len(data.translate(None, b" \t\r\n")) < _LEAST_SPACE * len(data):
        return LeftOut.MINIFIED
    head = data.removeprefix(b"\xef\xbb\xbf")[:_HEAD_BYTES]
    folders = map(str.casefold, path.split("/")[:-1])
    if _OF_BROWSERS.intersection(folders) and _BANNER.match(head) and _LICENSED.search(head):
        return LeftOut.VENDORED
    return None
