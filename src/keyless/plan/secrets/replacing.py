"""How an identity takes a secret's place: the call, the role, and what is switched off at last.

Rules:
- the call is shown in the language of the code that names the secret, or else in the first that is known;
- roles are named by what they let do, of which a plan knows nothing before the identity is used there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from keyless.catalog.replacements import Replacement, replacement_of
from keyless.catalog.services import services
from keyless.plan.results.secrets import CodePlace
from keyless.plan.wording import listed

_LANGUAGES: Mapping[str, str] = {
    "py": "python",
    "cs": "csharp",
    "java": "java",
    "kt": "java",
    "js": "javascript",
    "mjs": "javascript",
    "ts": "javascript",
    "tsx": "javascript",
    "go": "go",
}
_OTHERS = {"entra": "Microsoft Entra ID"}
_STORAGE = ("blob", "queue", "table", "file")


def takes_identity(keys: Iterable[str]) -> bool:
    """Whether any of the services takes identities."""
    return any(found.takes_identity for found in map(replacement_of, keys) if found is not None)


def service_names(keys: Sequence[str]) -> str:
    """What people call the services, without what their names say in brackets."""
    if tuple(keys) == _STORAGE:
        return "Azure Storage"
    names = {one.key: one.name.partition(" (")[0] for one in services()} | _OTHERS
    return " or ".join(dict.fromkeys(names.get(key, key) for key in keys))


def how_to_replace(keys: Sequence[str], places: Sequence[CodePlace], host: str) -> str:
    """What to write in place of the secret, and which role the identity needs for it."""
    if "entra" in keys:
        return (
            "let the code run with a managed identity, or give the application a federated credential where "
            "it runs outside of Azure; then delete the client secret"
        )
    call = _call(keys, places)
    at = f" at `{host}`" if host else ""
    said = f"open it with the identity: `{call}`{at}" if call else f"open it with the identity{at}"
    role = _role(keys)
    off = next((one.local_auth_off for one in services() if one.key in keys and one.local_auth_off), None)
    last = f"; last, set `{off}`" if off else ""
    return f"{said}{f'; it needs {role}' if role else ''}; then delete the secret{last}"


def _call(keys: Sequence[str], places: Sequence[CodePlace]) -> str:
    languages = [_LANGUAGES.get(one.file.rpartition(".")[2].casefold(), "") for one in places]
    for found in filter(None, map(replacement_of, keys)):
        if found.calls:
            wanted = next((one for one in languages if one in found.calls), next(iter(found.calls)))
            return found.calls[wanted]
    return ""


def _role(keys: Sequence[str]) -> str:
    """The least roles of the first service that has some, by level."""
    for found in filter(None, map(replacement_of, keys)):
        said = [f"`{names[0]}` to {level}" for level, names in _levels(found).items() if names]
        if said:
            own = "" if found.roles else "its own role "
            return own + listed(said).replace(" and ", ", ")
    return ""


def _levels(found: Replacement) -> Mapping[str, tuple[str, ...]]:
    levels = found.roles or found.native
    return {level: levels[level] for level in ("read", "write") if level in levels}
