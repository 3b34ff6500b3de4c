"""What to write instead of a stored credential: the call, the identity, the roles, and what to turn off.

Rules:
- the call is that of the same library with an identity, in the same language; where the library takes none,
  that of the one that took its place;
- the roles are those for the operations that the file of the client was seen to call: the one that reads, the
  one that writes (which reads as well, but for messages), or both where nothing tells;
- the scope is the resource that the credential opens, never more than that;
- the identity is that of the compute whose setting the credential is, where a template has it.
"""

from __future__ import annotations

from keyless.assess.clients import ClientUse
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Remedy
from keyless.assess.fixes.said import said
from keyless.assess.operations.seen import SeenOperation, seen_operations
from keyless.assess.repository import Repository
from keyless.assess.stored.host import hosts
from keyless.assess.stored.opened import opened
from keyless.assess.stored.stored import Stored
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.templates import Dialect
from keyless.catalog.client_calls import Style
from keyless.catalog.replacements import Replacement, replacement_of
from keyless.catalog.services import Service, service
from keyless.catalog.setting_replacements import setting_replacement

_READS = ("/read", "/receive/action", "/process/action", "/executeQuery", "/readChangeFeed")
_APART = frozenset({"servicebus", "eventhubs", "queue", "eventgrid", "relay"})
"""Services whose role to write does not read."""
_IDENTITY = "a managed identity of the host that the code runs on"
_SWITCHES = {"true": True, "false": False}
_KINDS = {
    **dict.fromkeys(("blob", "queue", "table", "file"), "storage account"),
    "appconfig": "App Configuration store",
    "servicebus": "Service Bus namespace",
    "eventhubs": "Event Hubs namespace",
    "cosmos": "Cosmos DB account",
    "sql": "SQL server",
    "postgres": "PostgreSQL server",
    "mysql": "MySQL server",
    "redis": "cache",
    "search": "search service",
    "openai": "Azure OpenAI account",
    "cognitive": "Azure AI services account",
    "foundry": "Azure AI services account",
    "eventgrid": "Event Grid topic",
    "acr": "container registry",
    "iothub": "IoT hub",
}
"""What people call a resource of a service."""
_ENTRA_NOTE = (
    "where it must stay an application of Entra (another tenant, on-premises), a federated credential lets a"
    " managed identity sign in as it without a secret"
)


def remedy_of(repository: Repository, stored: Stored) -> Remedy:
    """What takes the place of one stored credential."""
    known = replacement_of(stored.service) or Replacement()
    about = _service(stored.service)
    if stored.use is None:
        return _of_setting(repository, stored, known, about)
    language = stored.use.within.unit.language.value
    return Remedy(
        instead=_instead(stored, known, language),
        language=language,
        identity=_identity(repository, stored),
        roles=() if stored.service == "entra" else _roles(repository, stored, known),
        scope=_scope(stored, about),
        local_auth_off=_off(repository, stored, about),
        note=_ENTRA_NOTE if stored.service == "entra" else _note(stored, known),
    )


def _of_setting(repository: Repository, stored: Stored, known: Replacement, about: Service | None) -> Remedy:
    """For a credential that no code of the repository reads: what its setting or property is to hold."""
    found = None if stored.instead else setting_replacement(stored.where, stored.service)
    levels = known.roles or known.native
    usual = (*levels.get("read", ())[:1], *levels.get("write", ())[:1])
    return Remedy(
        instead=stored.instead or ("" if found is None else found.instead),
        identity=_identity(repository, stored),
        roles=found.roles
        if found is not None and found.roles
        else usual
        if stored.service != "entra"
        else (),
        scope=_scope(stored, about),
        local_auth_off=_off(repository, stored, about),
        note=found.note if found is not None and found.note else _note(stored, known),
    )


def _instead(stored: Stored, known: Replacement, language: str) -> str:
    if stored.use is not None and stored.use.library.instead:
        return _with_own_client(stored.use.library.instead, stored.use)
    call = known.calls.get(language, "")
    client = "" if stored.use is None else stored.use.client.partition(".")[0]
    if "<Client>" in call and client.endswith("Client"):
        return call.replace("<Client>", client)
    about = _service(stored.service)
    if stored.use is not None and not stored.use.library.language and about is not None and about.scope:
        return f"Authorization: Bearer <token of DefaultAzureCredential for {about.scope}>"
    return call if stored.use is None else _with_own_client(call, stored.use)


def _with_own_client(call: str, use: ClientUse) -> str:
    """The call of the client that is used, where the library makes it and the one of the call alike."""
    usual = call.partition("(")[0]
    alike = any({usual, use.client} <= set(one.on) for one in use.library.calls if one.style is Style.NEW)
    if not alike or usual == use.client:
        return call
    own = use.client + call.removeprefix(usual)
    return f"{own}  # with azure.identity.aio" if use.client.startswith("Async") else own


def _roles(repository: Repository, stored: Stored, known: Replacement) -> tuple[str, ...]:
    levels = known.roles or known.native
    read, write = levels.get("read", ())[:1], levels.get("write", ())[:1]
    actions = _actions(repository, stored)
    if not actions or not read or not write:
        return (*read, *write)
    reads = any(action.endswith(_READS) for action in actions)
    writes = not all(action.endswith(_READS) for action in actions)
    if writes and (not reads or stored.service not in _APART):
        return write
    return (*read, *write) if writes else read


def _actions(repository: Repository, stored: Stored) -> set[str]:
    """The actions of the service that the file of the client was seen to take."""
    if stored.use is None:
        return set()
    seen = repository.view(_seen_by_file).get((stored.use.within.unit.path, stored.service), ())
    return {action for one in seen for action in one.operation.actions}


def _seen_by_file(repository: Repository) -> dict[tuple[str, str], list[SeenOperation]]:
    found: dict[tuple[str, str], list[SeenOperation]] = {}
    for one in repository.view(seen_operations):
        found.setdefault((one.place.path, one.service), []).append(one)
    return found


def _identity(repository: Repository, stored: Stored) -> str:
    """The identity of what has the setting that the credential goes through, where a template tells."""
    found = dict.fromkeys(one.words for one in hosts(repository, (*stored.flow.steps, stored.place)))
    if stored.service == "acr" and not found:
        return "the managed identity of the host that pulls"
    return "; ".join(found) or _IDENTITY


def _scope(stored: Stored, about: Service | None) -> str:
    kind = "what the identity is to reach"
    if about is not None and stored.service != "entra":
        kind = f"the {_KINDS.get(about.key) or plain_name(about)}"
    return f"{kind} `{stored.flow.subject}`" if stored.flow.subject else kind


def plain_name(about: Service) -> str:
    """A service's name without what is said with it."""
    return about.name.partition(" (")[0].partition(" / ")[0].partition(",")[0]


def _off(repository: Repository, stored: Stored, about: Service | None) -> str:
    """What turns the credential off, as the file that has the resource says it."""
    if about is None or not about.local_auth_off:
        return ""
    path, _, value = about.local_auth_off.partition(": ")
    found = opened(repository, stored.flow, about.arm_type)
    if found is None or value not in _SWITCHES:
        return f"{about.local_auth_off} ({about.arm_type})"
    text = said(found, path, _SWITCHES[value])
    if found.template.dialect is Dialect.ARM:
        name, _, given = text.partition(": ")
        text = f'"{name}": {given}'
    return f"{text} (`{subject_of(found)}`)"


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
