"""What a repository says of its own assessment.

It stands in `[tool.keyless.assess]` of pyproject.toml, or under `assess:` in keyless.yaml.

Rules:
- the nearest of these files counts, from the folder that is assessed upwards to the root of its repository;
  one that has no such section is passed over, and two in one folder are a mistake;
- keys may be written `min-severity`, `min_severity` or `minSeverity`; an unknown one is a mistake, and the
  nearest known one is named;
- paths in it count from its own folder;
- whoever may change the repository may change this as well, so what it turns off is told each time, and the
  baseline that it names lies below its folder;
- what is allowed (`allow`) has a rule, a reason and if need be a path and a last day: see
  ``keyless.assess.standing.allowances``.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from keyless.assess.findings.finding import Confidence, Severity
from keyless.model.nearest import nearest, quoted_list

PYPROJECT, ESTATE_FILE = "pyproject.toml", "keyless.yaml"
_LARGEST_BYTES = 1024 * 1024


class InvalidConfig(ValueError):
    """A configuration that says nothing clear."""


class Allowed(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """Findings that are allowed, with the reason: those of a rule below a path, until the end of a day."""

    rule: str
    reason: str
    path: str = "**"
    until: datetime.date | None = None


class Config(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """The section. What the command line says counts before it."""

    rule: tuple[str, ...] = ()
    """Rules and groups of rules to look for; all where there are none."""
    skip: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """Files not to look at, in patterns as in `.gitignore`."""
    min_severity: Severity = Severity.LOW
    min_confidence: Confidence = Confidence.MEDIUM
    baseline: str = ""
    """The file of the baseline."""
    allow_incomplete: bool = False
    """Whether a file that could not be read leaves the exit code as it is."""
    allow: tuple[Allowed, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """A configuration, the name of its file for messages, the folder that its paths count from, and what it
    turns off, in words."""

    config: Config
    file: str = ""
    folder: Path | None = None
    turned_off: str = ""


def find_config(root: Path, top: Path | None) -> Found:
    """The configuration for a folder; ``top`` is the root of its repository, and nothing above is looked at.

    Raises:
        InvalidConfig: it is wrong; the message says where, and what to do.
    """
    for folder in _upwards(root, top):
        sections = [
            (file, section)
            for file in (PYPROJECT, ESTATE_FILE)
            if (section := _section(folder / file)) is not None
        ]
        if len(sections) > 1:
            raise InvalidConfig(
                f"`{folder}` has two configurations, in `{PYPROJECT}` and `{ESTATE_FILE}`: keep one"
            )
        for file, section in sections:
            config = _config(section, file)
            return Found(config, file, folder, _turned_off(config, file))
    return Found(Config())


def _turned_off(config: Config, file: str) -> str:
    """What a configuration keeps from being told, for people; empty where it keeps nothing."""
    parts = (
        f"looks for {quoted_list(config.rule, 'and')} only" if config.rule else "",
        f"leaves out {quoted_list(config.skip, 'and')}" if config.skip else "",
        f"leaves out files like {quoted_list(config.exclude, 'and')}" if config.exclude else "",
        f"tells nothing below severity {config.min_severity}" if config.min_severity != Severity.LOW else "",
        f"tells nothing below confidence {config.min_confidence}"
        if config.min_confidence is Confidence.HIGH
        else "",
        f"takes what `{config.baseline}` knows for known" if config.baseline else "",
        "allows files that cannot be read" if config.allow_incomplete else "",
    )
    said = ", ".join(filter(None, parts))
    return f"`{file}` {said}: `--no-config` assesses without it" if said else ""


def _upwards(root: Path, top: Path | None) -> Iterator[Path]:
    yield root
    if top is not None and root.is_relative_to(top):
        for folder in root.parents:
            if folder.is_relative_to(top):
                yield folder


def _section(file: Path) -> object:
    """The section of a file as it is written; none where there is no file, or no section."""
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST_BYTES:
            return None
        data = file.read_bytes()
    except OSError:
        return None
    if b"assess" not in data:
        return None
    try:
        return _in_pyproject(data) if file.name == PYPROJECT else _in_estate(data)
    except (ValueError, RecursionError) as error:
        raise InvalidConfig(f"`{file}` cannot be read: {str(error).splitlines()[0]}") from error


def _in_pyproject(data: bytes) -> object:
    return _below(tomllib.loads(data.decode()), "tool", "keyless", "assess")


def _in_estate(data: bytes) -> object:
    import yaml

    try:
        return _below(yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), "assess")  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _below(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _config(section: object, file: str) -> Config:
    if not isinstance(section, dict):
        raise InvalidConfig(f"`assess` in `{file}` has keys: {quoted_list(_keys(Config), 'and')}")
    named = _named(section, Config, "", file)
    allowed = named.get("allow")
    if isinstance(allowed, list):
        named["allow"] = [
            _named(one, Allowed, f"allow[{at}].", file) if isinstance(one, dict) else one
            for at, one in enumerate(allowed)
        ]
    for key in ("rule", "skip", "exclude"):
        if isinstance(named.get(key), str):
            named[key] = [named[key]]
    try:
        found = msgspec.convert(named, Config)
    except msgspec.ValidationError as error:
        raise InvalidConfig(f"`assess` in `{file}`: {str(error)[:1].lower()}{str(error)[1:]}") from error
    _check_reasons(found, file)
    if found.baseline.startswith("/") or ".." in Path(found.baseline).parts:
        raise InvalidConfig(f"`baseline` in `{file}` names a file outside its folder: give one below it")
    return found


def _check_reasons(config: Config, file: str) -> None:
    for at, one in enumerate(config.allow):
        if not one.reason.strip():
            raise InvalidConfig(f"`allow[{at}]` in `{file}` needs a reason: say why `{one.rule}` is allowed")


def _named(section: dict[Any, Any], kind: type[msgspec.Struct], path: str, file: str) -> dict[str, Any]:
    """A section with its keys in the one form."""
    known = _keys(kind)
    named = {}
    for key, value in section.items():
        name = re.sub(r"(?<=[a-z])([A-Z])", r"-\1", str(key)).replace("_", "-").casefold()
        if name not in known:
            near = nearest(name, known, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {quoted_list(known, 'and')}"
            raise InvalidConfig(f"`{path}{key}` in `{file}` is no key of `assess`: {hint}")
        named[name] = value
    return named


def _keys(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(kind))
