"""Credential objects and clients that are made again for each request, or in each round of a loop.

Rules:
- one finding for a function: its credential object, or else its client;
- a client that is made of what a request brings cannot be shared: it is left out, and so is one for a single
  object (a blob, a queue), which is cheap;
- tests are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.files.purpose import is_test
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity, Step
from keyless.assess.handlers.repeated import Again, Repeated, repeated
from keyless.assess.handlers.varying import names_of_request, varies_with
from keyless.assess.repository import Repository
from keyless.assess.rules.identity._makers import Made, made
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.span import Place

_OF_OBJECTS = frozenset({
    "BlobClient", "ContainerClient", "QueueClient", "TableClient", "ShareFileClient", "ShareClient",
    "BlobContainerClient", "DataLakeFileClient", "BlobClientBuilder", "BlobLeaseClient",
    "ShareDirectoryClient",    "CryptographyClient", "CryptographyClientBuilder", "HttpClient",
})  # fmt: skip
_INSTEAD = {
    Language.PYTHON: (
        'CREDENTIAL = ManagedIdentityCredential(client_id=os.environ["AZURE_CLIENT_ID"])  # once, at the top'
    ),
    Language.JAVASCRIPT: (
        "const credential = new ManagedIdentityCredential({ clientId: process.env.AZURE_CLIENT_ID }); "
        "// once, at the top"
    ),
    Language.CSHARP: (
        "builder.Services.AddSingleton<TokenCredential>(\n"
        '    new ManagedIdentityCredential(builder.Configuration["AZURE_CLIENT_ID"]));'
    ),
    Language.JAVA: (
        "@Bean\n"
        "TokenCredential credential() {\n"
        "    return new ManagedIdentityCredentialBuilder()\n"
        '        .clientId(System.getenv("AZURE_CLIENT_ID")).build();\n'
        "}"
    ),
    Language.GO: (
        "cred, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{\n"
        '\tID: azidentity.ClientID(os.Getenv("AZURE_CLIENT_ID")),\n'
        "}) // once, in main"
    ),
}


def _check(repository: Repository) -> Iterable[Finding]:
    taken: set[tuple[str, int]] = set()
    for one in sorted(repository.view(made), key=_order):
        if is_test(one.site.within.unit.path):
            continue
        found = repeated(repository, one.site.call, one.site.within)
        key = _function(one)
        if found is None or key in taken or not _counts(one, found):
            continue
        taken.add(key)
        yield _finding(one, found)


def _order(one: Made) -> tuple[bool, str, int]:
    return not one.credential, one.site.within.unit.path, one.site.call.span.start


def _function(one: Made) -> tuple[str, int]:
    within = one.site.within
    outer = within.functions[0].span.start if within.functions else one.site.call.span.start
    return within.unit.path, outer


def _counts(one: Made, found: Repeated) -> bool:
    if one.credential:
        return True
    if one.name.removeprefix("New") in _OF_OBJECTS or found.again is Again.LOOP:
        return False
    return not any(
        varies_with(argument.value, names_of_request(function))
        for argument in one.site.call.arguments
        for function in one.site.within.functions
    )


def _finding(one: Made, found: Repeated) -> Finding:
    unit = one.site.within.unit
    place = Place(unit.path, one.site.call.span)
    return Finding(
        rule="credential-per-request",
        place=place,
        message=_message(one, found),
        severity=Severity.MEDIUM if one.credential else Severity.LOW,
        confidence=_confidence(one, found),
        subject=one.name,
        steps=tuple(_steps(one, found, place)),
        remedy=Remedy(instead=_INSTEAD[unit.language], language=unit.language.value, note=_NOTE),
    )


_NOTE = "credentials and clients may be used by many threads at once, and keep tokens and connections"


def _message(one: Made, found: Repeated) -> str:
    what = "credential" if one.credential else "client"
    if found.reached is None:
        return f"`{one.name}` makes a new {what} in each round of a loop: make it once, before"
    handler = found.reached.handler
    named = f" to `{handler.name}`" if handler.name else ""
    return f"`{one.name}` makes a new {what} for each request{named} ({handler.framework}): make it once"


def _steps(one: Made, found: Repeated, place: Place) -> Iterator[Step]:
    if found.reached is None:
        return
    handler = found.reached.handler
    yield Step(
        Place(handler.unit.path, handler.function.span), f"{handler.framework} calls this for a request"
    )
    yield from found.reached.steps
    yield Step(place, f"makes `{one.name}`")


def _confidence(one: Made, found: Repeated) -> Confidence:
    if not one.credential:
        return Confidence.MEDIUM if found.again is Again.REQUEST else Confidence.LOW
    return Confidence.HIGH if found.again is Again.REQUEST else Confidence.MEDIUM


RULE = Rule(
    id="credential-per-request",
    group=Group.IDENTITY,
    title="A credential or client is made for each request",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "Tokens are kept in the credential object: a new one asks the identity endpoint again, which answers "
        "twenty requests a second and then refuses more. A new client opens new connections as well."
    ),
    instead=(
        "Make the credential, and the clients that use it, once when the application starts, and share them."
    ),
    sources=(
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token",
        "https://learn.microsoft.com/dotnet/azure/sdk/authentication/best-practices",
    ),
    check=_check,
)
