"""What to write instead of a stored credential: the call, the identity, the roles, and what to turn off.

Rules:
- the call is that of the same library with an identity, in the same language; where the library takes none,
  that of the one that took its place;
- of the roles, the one that reads is named where the file only reads, the one that writes where it also
  writes, and both where nothing tells;
- the scope is the resource that the credential opens, never more than that.
"""

from __future__ import annotations

from keyless.assess.calls import calls
from keyless.assess.findings.finding import Remedy
from keyless.assess.repository import Repository
from keyless.assess.stored.stored import Stored
from keyless.assess.syntax.code import Language
from keyless.catalog.replacements import Replacement, replacement_of
from keyless.catalog.services import Service, service

_READS = ("get", "list", "read", "download", "query", "peek", "receive", "search", "find", "exists", "select")
_WRITES = (
    "upload",
    "set",
    "put",
    "create",
    "delete",
    "send",
    "publish",
    "insert",
    "upsert",
    "update",
    "write",
)
_IDENTITY = "a managed identity of the host that the code runs on"
_ENTRA_NOTE = (
    "where it must stay an application of Entra (another tenant, on-premises), a federated credential lets a"
    " managed identity sign in as it without a secret"
)


def remedy_of(repository: Repository, stored: Stored) -> Remedy:
    """What takes the place of one stored credential."""
    known = replacement_of(stored.service) or Replacement()
    about = _service(stored.service)
    language = "" if stored.use is None else stored.use.within.unit.language.value
    return Remedy(
        instead=_instead(stored, known, language),
        language=language,
        identity=_IDENTITY,
        roles=() if stored.service == "entra" else _roles(repository, stored, known),
        scope=_scope(stored, about),
        local_auth_off=_off(about),
        note=_ENTRA_NOTE if stored.service == "entra" else _note(stored, known),
    )


def _instead(stored: Stored, known: Replacement, language: str) -> str:
    if stored.use is not None and stored.use.library.instead:
        return stored.use.library.instead
    call = known.calls.get(language, "")
    client = "" if stored.use is None else stored.use.client.partition(".")[0]
    if "<Client>" in call and client.endswith("Client"):
        return call.replace("<Client>", client)
    about = _service(stored.service)
    if stored.use is not None and not stored.use.library.language and about is not None and about.scope:
        return f"Authorization: Bearer <token of DefaultAzureCredential for {about.scope}>"
    return call


def _roles(repository: Repository, stored: Stored, known: Replacement) -> tuple[str, ...]:
    levels = known.roles or known.native
    read, write = levels.get("read", ())[:1], levels.get("write", ())[:1]
    reads, writes = _does(repository, stored)
    if writes and not reads:
        return write or read
    return read if reads and not writes and read else (*read, *write)


def _does(repository: Repository, stored: Stored) -> tuple[bool, bool]:
    """Whether the file of the client reads, and whether it writes, by the names of what it calls."""
    if stored.use is None:
        return False, False
    names = _called(repository, stored.use.within.unit.path)
    return any(name.startswith(_READS) for name in names), any(name.startswith(_WRITES) for name in names)


def _called(repository: Repository, path: str) -> set[str]:
    return repository.view(_names_by_file).get(path, set())


def _names_by_file(repository: Repository) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for site in repository.view(calls):
        if not site.call.new and "." in site.name:
            word = site.method.removeprefix("begin_").casefold()
            found.setdefault(site.within.unit.path, set()).add(word)
    return found


def _scope(stored: Stored, about: Service | None) -> str:
    kind = about.name if about is not None and stored.service != "entra" else "what the identity is to reach"
    return f"{kind} `{stored.flow.subject}`" if stored.flow.subject else kind


def _off(about: Service | None) -> str:
    if about is None or not about.local_auth_off:
        return ""
    return f"{about.local_auth_off} ({about.arm_type})"


def _note(stored: Stored, known: Replacement) -> str:
    if not known.takes_identity:
        return "the service takes no identity from clients: keep the key in a vault, and rotate it"
    script = stored.use is not None and stored.use.within.unit.language in {
        Language.SHELL,
        Language.POWERSHELL,
    }
    return "sign in with `az login --identity`" if script else ""


def _service(key: str) -> Service | None:
    try:
        return service(key)
    except KeyError:
        return None
