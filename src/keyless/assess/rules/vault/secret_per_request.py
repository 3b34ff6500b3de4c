"""A vault or configuration store that is read again for each request, or in each round of a loop.

Rules:
- where the request names what is read, it is less sure that it can be kept: confidence is medium;
- tests are left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.files.purpose import is_test
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity, Step
from keyless.assess.handlers.repeated import Again, Repeated, repeated
from keyless.assess.handlers.varying import names_of_request, varies_with
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.rules.vault._reads import VaultRead, vault_reads
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import text_of
from keyless.assess.syntax.span import Place

_INSTEAD = {
    Language.PYTHON: (
        "@functools.lru_cache\n"
        "def secret(name: str) -> str:\n"
        "    return client.get_secret(name).value  # secret.cache_clear() once it stops working"
    ),
    Language.JAVASCRIPT: (
        "const kept = new Map();\n"
        "const secret = (name) => {\n"
        "  if (!kept.has(name)) kept.set(name, client.getSecret(name));\n"
        "  return kept.get(name);\n"
        "}; // kept.delete(name) once it stops working"
    ),
    Language.CSHARP: (
        "builder.Configuration.AddAzureKeyVault(vaultUri, credential,\n"
        "    new AzureKeyVaultConfigurationOptions { ReloadInterval = TimeSpan.FromHours(1) });"
    ),
    Language.JAVA: (
        "private final Map<String, String> kept = new ConcurrentHashMap<>();\n\n"
        "String secret(String name) {\n"
        "    return kept.computeIfAbsent(name, one -> client.getSecret(one).getValue());\n"
        "}"
    ),
    Language.GO: (
        "var secret = sync.OnceValues(func() (azsecrets.GetSecretResponse, error) {\n"
        '\treturn client.GetSecret(context.Background(), name, "", nil)\n'
        "})"
    ),
}
_STORES = {"keyvault": "the vault", "appconfig": "the configuration store"}


def _check(repository: Repository) -> Iterable[Finding]:
    for read in repository.view(vault_reads):
        if is_test(read.site.within.unit.path):
            continue
        found = repeated(repository, read.site.call, read.site.within)
        if found is not None:
            yield _finding(read, found)


def _finding(read: VaultRead, found: Repeated) -> Finding:
    unit = read.site.within.unit
    return Finding(
        rule="secret-per-request",
        place=Place(unit.path, read.site.call.span),
        message=_message(read, found),
        severity=Severity.MEDIUM,
        confidence=_confidence(read, found),
        service=read.service,
        subject=text_of(read.name) or "",
        steps=steps_to(found, f"reads {_STORES[read.service]} with `{read.site.method}`", _place(read)),
        remedy=Remedy(instead=_INSTEAD.get(unit.language, ""), language=unit.language.value, note=_NOTE),
    )


_NOTE = "read it again when what it opens refuses it, or after hours; not for each request"


def _place(read: VaultRead) -> Place:
    return Place(read.site.within.unit.path, read.site.call.span)


def _message(read: VaultRead, found: Repeated) -> str:
    name = text_of(read.name)
    what = f"the {read.kind}{f' `{name}`' if name else ''}"
    how = f"`{read.site.method}` reads {what} from {_STORES[read.service]}"
    if found.reached is None:
        return f"{how} in each round of a loop: read it once, before"
    handler = found.reached.handler
    named = f" to `{handler.name}`" if handler.name else ""
    return f"{how} for each request{named} ({handler.framework}): read it once, and keep it"


def steps_to(found: Repeated, what: str, place: Place) -> tuple[Step, ...]:
    """The way from the handler to a place."""
    if found.reached is None:
        return ()
    handler = found.reached.handler
    first = Step(
        Place(handler.unit.path, handler.function.span), f"{handler.framework} calls this for a request"
    )
    return (first, *found.reached.steps, Step(place, what))


def _confidence(read: VaultRead, found: Repeated) -> Confidence:
    if any(varies_with(read.name, names_of_request(one)) for one in read.site.within.functions):
        return Confidence.MEDIUM
    return Confidence.HIGH if found.again is Again.REQUEST else Confidence.MEDIUM


RULE = Rule(
    id="secret-per-request",
    group=Group.VAULT,
    title="A vault or configuration store is read for each request",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "A vault answers some thousand requests in ten seconds, then refuses more, and each read costs a "
        "round trip: under load the application fails because of its secrets. What is read seldom changes."
    ),
    instead=(
        "Read secrets and settings once, at the start or when they are first needed, keep them in memory, "
        "and read them again when what they open refuses them. Where the target takes an identity, there is "
        "no secret to read."
    ),
    sources=(
        "https://learn.microsoft.com/azure/key-vault/general/overview-throttling",
        "https://learn.microsoft.com/azure/key-vault/general/best-practices",
    ),
    check=_check,
)
