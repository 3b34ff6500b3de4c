"""Apps that take user names and passwords for publishing.

Rules:
- App Service takes them for FTP and for its deployment site (SCM) until a policy of each says no; in
  templates the policies are children of the app, in Terraform arguments of it;
- where a policy's value cannot be told, where a template has policies that may be of several apps, or has a
  module for them, nothing is said;
- where the repository publishes with a profile, that comes first, and no edit is offered; nor is one where
  Terraform itself publishes with it (`zip_deploy_file`);
- an app of Logic Apps is one of App Service; a slot goes with its app.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.children import about, is_text
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Edit, Finding, Fix, Remedy, Severity, Step
from keyless.assess.fixes.arguments import arguments_set
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials.publish_profile import RULE as PUBLISH_PROFILE
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.expressions import Call, Expr, Joined, entry_of
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Dialect, Module, Resource

_SITE = "microsoft.web/sites"
_POLICIES = "Microsoft.Web/sites/basicPublishingCredentialsPolicies"
_ARGUMENTS = {
    "ftp": "ftp_publish_basic_authentication_enabled",
    "scm": "webdeploy_publish_basic_authentication_enabled",
}
_WITH_ARGUMENTS = (
    "azurerm_linux_web_app",
    "azurerm_windows_web_app",
    "azurerm_linux_function_app",
    "azurerm_windows_function_app",
)
_NAMED = {"ftp": "FTP", "scm": "its deployment site"}


def _check(repository: Repository) -> Iterable[Finding]:
    for found in repository.view(deployed):
        if found.arm_type.casefold() != _SITE or found.existing:
            continue
        open_ = _open_ways(repository, found)
        if open_:
            yield _finding(repository, found, open_)


def _open_ways(repository: Repository, found: Deployed) -> list[str]:
    declared = found.declared
    if not isinstance(declared, Resource):
        return []
    if found.template.dialect is Dialect.TERRAFORM and declared.type != "azapi_resource":
        return [way for way in _ARGUMENTS if _is_open_in_terraform(declared, way)]
    if any(_is_about_policies(one) for one in found.template.modules):
        return []
    policies = about(repository, found, _POLICIES)
    return [way for way in _ARGUMENTS if not any(_closes(one, way) for one in policies)]


def _is_about_policies(module: Module) -> bool:
    """Whether a module makes the policies, as far as its name says."""
    return "basicpublishing" in f"{module.source}{module.symbol}".casefold().replace("-", "").replace("_", "")


def _is_open_in_terraform(declared: Resource, way: str) -> bool:
    if declared.type not in _WITH_ARGUMENTS:
        return False
    entry = entry_of(declared.body, _ARGUMENTS[way])
    return entry is None or getattr(entry.value, "value", None) is True


def _closes(policy: Deployed, way: str) -> bool:
    """Whether a policy says no to a way, or may: what cannot be told counts as a no."""
    named = _names_way(policy)
    if named not in ("", way):
        return False
    return not policy.value("properties.allow").is_(True)


def _names_way(policy: Deployed) -> str:
    """The way that a policy is about; empty where that cannot be told."""
    declared = policy.declared
    name = declared.name if isinstance(declared, Resource) else None
    for last in _ends(name):
        for way in _ARGUMENTS:
            if is_text(last, way) or is_text(last, f"/{way}") or _ends_with(last, f"/{way}"):
                return way
    return ""


def _ends(name: Expr | None) -> Iterator[Expr]:
    if isinstance(name, Joined) and name.parts:
        yield name.parts[-1]
    elif isinstance(name, Call):
        yield from (one.value for one in name.arguments)
    elif name is not None:
        yield name


def _ends_with(expression: Expr, ending: str) -> bool:
    value = getattr(expression, "value", None)
    return isinstance(value, str) and value.casefold().endswith(ending)


def _finding(repository: Repository, found: Deployed, ways: list[str]) -> Finding:
    subject = subject_of(found)
    terraform = found.template.dialect is Dialect.TERRAFORM
    first = repository.view(publishing)
    setting = (
        " and ".join(f"`{_ARGUMENTS[way]} = false`" for way in ways)
        if terraform
        else f"`allow: false` in `basicPublishingCredentialsPolicies` ({', '.join(ways)})"
    )
    return Finding(
        rule="basic-publishing",
        place=found.head,
        message=(
            f"`{subject}` takes a user name and password for publishing by "
            f"{' and '.join(_NAMED[way] for way in ways)}: "
            f"{'let what publishes with a profile sign in with Entra first, then ' if first else ''}set "
            f"{setting}"
        ),
        steps=() if first is None else (Step(first, "a publish profile is still used here"),),
        severity=Severity.MEDIUM,
        confidence=confidence_at(repository, found, Confidence.HIGH),
        subject=subject,
        remedy=Remedy(local_auth_off=setting.replace("`", ""), language=found.template.dialect.value),
        fix=None if first is not None else _fix(found, ways, subject),
    )


def publishing(repository: Repository) -> Place | None:
    """The first place that publishes with a profile, and so with a password."""
    return min((one.place for one in PUBLISH_PROFILE.check(repository)), default=None)


def _fix(found: Deployed, ways: list[str], subject: str) -> Fix | None:
    if not isinstance(found.declared, Resource):
        return None
    edits: tuple[Edit, ...] = ()
    if entry_of(found.declared.body, "zip_deploy_file") is not None:
        return None
    if found.template.dialect is Dialect.TERRAFORM:
        edits = arguments_set(found, {_ARGUMENTS[way]: False for way in ways})
    elif found.template.dialect is Dialect.BICEP:
        edits = _policies_added(found, found.declared, ways)
    return Fix(f"turn publishing with passwords off for `{subject}`", edits) if edits else None


def _policies_added(found: Deployed, declared: Resource, ways: list[str]) -> tuple[Edit, ...]:
    if declared.repeated is not None or declared.parent is not None or declared.condition is not None:
        return ()
    end = declared.span.end
    return (Edit(found.template.path, end, end, "".join(_policy(found.symbol, way) for way in ways)),)


def _policy(symbol: str, way: str) -> str:
    return (
        f"\n\nresource {symbol}{way.capitalize()}Publishing '{_POLICIES}@2022-09-01' = {{\n"
        f"  parent: {symbol}\n"
        f"  name: '{way}'\n"
        "  properties: {\n"
        "    allow: false\n"
        "  }\n"
        "}"
    )


RULE = Rule(
    id="basic-publishing",
    group=Group.LOCAL_AUTH,
    title="An app takes passwords for publishing",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "Publishing credentials are a user name and password that put code on the app, and so have "
        "everything that the app's identity may do. They stand in publish profiles, which get around."
    ),
    instead=(
        "Say no in both policies (`ftp` and `scm`), and let pipelines deploy with Entra: `azure/login` with "
        "federation, and the role Website Contributor on the app."
    ),
    sources=("https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable",),
    check=_check,
)
