"""A credential that takes whatever identity it finds, where several are attached to what runs the code.

Rules:
- only where a template attaches two or more user-assigned identities to a host of applications or a machine;
  where only some hosts have several, it is not told which one runs the code: confidence is low;
- `AZURE_CLIENT_ID` among the settings that anything gives says which identity it is, and so does a client or
  resource id that the credential is made with, or options that cannot be looked into;
- tests are left out.

Source: https://learn.microsoft.com/azure/developer/python/sdk/authentication/credential-chains
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.calls import calls
from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.compute import is_app_host, is_machine
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.settings_of import settings_of
from keyless.assess.files.purpose import is_test
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity, Step
from keyless.assess.repository import Repository
from keyless.assess.rules.identity._makers import Made, made
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.settings.setting import setting_of
from keyless.assess.settings.written import written
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Argument, Expr, Items, Literal, Record, text_of
from keyless.assess.syntax.span import Place

_AMBIENT = frozenset({"DefaultAzureCredential", "DefaultAzureCredentialBuilder", "NewDefaultAzureCredential"})
_SAYS_WHICH = frozenset({
    "managed_identity_client_id", "managedIdentityClientId", "managedIdentityResourceId",
    "ManagedIdentityClientId", "ManagedIdentityResourceId", "workload_identity_client_id",
    "workloadIdentityClientId", "WorkloadIdentityClientId", "exclude_managed_identity_credential",
    "ExcludeManagedIdentityCredential",
})  # fmt: skip
_WHICH = setting_of("AZURE_CLIENT_ID")
_CLUSTER = "microsoft.containerservice/managedclusters"
_SEVERAL = 2
_INSTEAD = {
    Language.PYTHON: 'ManagedIdentityCredential(client_id=os.environ["AZURE_CLIENT_ID"])',
    Language.JAVASCRIPT: "new ManagedIdentityCredential({ clientId: process.env.AZURE_CLIENT_ID })",
    Language.CSHARP: 'new ManagedIdentityCredential(configuration["AZURE_CLIENT_ID"])',
    Language.JAVA: (
        'new ManagedIdentityCredentialBuilder()\n    .clientId(System.getenv("AZURE_CLIENT_ID")).build()'
    ),
    Language.GO: (
        "azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{\n"
        '\tID: azidentity.ClientID(os.Getenv("AZURE_CLIENT_ID")),\n'
        "})"
    ),
}


def _check(repository: Repository) -> Iterable[Finding]:
    hosts = [one for one in repository.view(deployed) if _runs_code(one)]
    several = [one for one in hosts if _identities(one) >= _SEVERAL]
    if not several or _is_set(repository):
        return
    confidence = Confidence.MEDIUM if len(several) == len(hosts) else Confidence.LOW
    chosen = set(_units_that_choose(repository))
    for one in repository.view(made):
        path = one.site.within.unit.path
        if one.name in _AMBIENT and path not in chosen and not is_test(path) and not _says_which(one):
            yield _finding(one, several[0], confidence)


def _runs_code(one: Deployed) -> bool:
    kind = one.arm_type.casefold()
    return not one.existing and kind != _CLUSTER and (is_app_host(kind) or is_machine(kind))


def _identities(host: Deployed) -> int:
    """How many user-assigned identities a host has, as far as it is written out."""
    value = host.value("identity.userAssignedIdentities")
    match value.means or value.expression:
        case Record(entries=entries):
            return len(entries)
        case Items(items=items):
            return len(items)
        case _:
            return 0


def _is_set(repository: Repository) -> bool:
    names = [one.setting for one in repository.view(written)]
    return _WHICH in names or any(setting_of(one.name) == _WHICH for one in repository.view(settings_of))


def _units_that_choose(repository: Repository) -> Iterator[str]:
    """Files where a builder, or an options object, is told which identity it is."""
    for site in repository.view(calls):
        if site.method in _SAYS_WHICH or any(_chooses(one.key) for one in site.call.then):
            yield site.within.unit.path


def _chooses(key: Expr) -> bool:
    return (text_of(key) or getattr(key, "id", "")) in _SAYS_WHICH


def _says_which(one: Made) -> bool:
    return any(_is_open(argument) for argument in one.site.call.arguments)


def _is_open(argument: Argument) -> bool:
    """Whether an argument says which identity it is, or may do so."""
    if argument.name is not None:
        return argument.name in _SAYS_WHICH
    match argument.value:
        case Literal():
            return argument.spread
        case Record(entries=entries):
            return any(_chooses(entry.key) for entry in entries)
        case _:
            return True


def _finding(one: Made, host: Deployed, confidence: Confidence) -> Finding:
    unit = one.site.within.unit
    place = Place(unit.path, one.site.call.span)
    name = host.name or host.symbol
    return Finding(
        rule="ambient-credential",
        place=place,
        message=(
            f"`{one.name}` does not say which identity it is, and `{name}` has several: name its client id"
        ),
        severity=Severity.MEDIUM,
        confidence=confidence,
        subject=one.name,
        steps=(
            Step(host.head, f"several identities are attached to `{name}`"),
            Step(place, "none of them is named here"),
        ),
        remedy=Remedy(
            instead=_INSTEAD[unit.language],
            language=unit.language.value,
            identity="the user-assigned identity that has the roles; its client id in `AZURE_CLIENT_ID`",
        ),
    )


RULE = Rule(
    id="ambient-credential",
    group=Group.IDENTITY,
    title="A credential does not say which of several identities it is",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    why=(
        "`DefaultAzureCredential` tries one source after another and takes the first that answers. With "
        "several identities attached, the endpoint refuses a request that names none, or the code runs as "
        "another identity than was meant, with other roles."
    ),
    instead=(
        "In production use `ManagedIdentityCredential` with the client id of the identity, which the host "
        "gets as `AZURE_CLIENT_ID`; keep `DefaultAzureCredential` for developers' machines."
    ),
    sources=(
        "https://learn.microsoft.com/dotnet/azure/sdk/authentication/best-practices",
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-faq",
    ),
    check=_check,
)
