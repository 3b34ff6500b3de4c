"""Parameters of templates that are secret and are not declared so.

Rules:
- a parameter of text whose name says that it is a password, key, secret, token or connection string is
  secret, unless the name speaks of something about one (`secretName`, `keyVaultUri`, `passwordLength`);
- what is given to the password of a resource is secret as well, whatever it is called;
- a secure parameter with a default that is written has that default in every copy of the template, unless it
  is a public key;
- Terraform only keeps what is not sensitive from being printed: low severity;
- an edit is withheld where a plain output holds the variable, since Terraform would refuse the output, and
  where it has a default that is written, which is to be left out as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import PurePosixPath

from keyless.assess.deployed.standing import is_unsure
from keyless.assess.findings.finding import Confidence, Edit, Finding, Fix, Severity
from keyless.assess.flows.ends import is_placeholder
from keyless.assess.flows.flow import Origin
from keyless.assess.flows.origins import template_origins
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.expressions import text_of
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Dialect, Template, TemplateParameter

_ID = "secret-in-deployment"
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET = frozenset({"password", "passwd", "pwd", "secret", "passphrase"})
_PAIRS = frozenset(
    {
        ("api", "key"),
        ("access", "key"),
        ("account", "key"),
        ("shared", "key"),
        ("subscription", "key"),
        ("storage", "key"),
        ("private", "key"),
        ("connection", "string"),
        ("access", "token"),
        ("sas", "token"),
        ("auth", "token"),
        ("bearer", "token"),
    }
)
_NAMES_OF_SECRETS = (("password", "key"), ("string", "key"))
"""What ends so is the name under which a secret is kept."""
_ABOUT = frozenset(
    re.findall(
        r"\w+",
        "insights applicationinsights appinsights name names id ids uri url version length type kind path "
        "prefix suffix expiry expiration rotation days enabled enable disable disabled use has allow policy "
        "policies scope reference ref settings setting config vault resource group count size permissions "
        "identifier location store arn label hint public required username thumbprint format output create "
        "generate management officer "
        "reader",
    )
)
_PUBLIC_KEYS = ("ssh-", "ecdsa-", "-----BEGIN PUBLIC")
_TEXT = frozenset({"string", "securestring", ""})


def _check(repository: Repository) -> Iterable[Finding]:
    for template in repository.templates:
        for parameter in template.parameters:
            yield from _of_parameter(repository, template, parameter)


def _of_parameter(
    repository: Repository, template: Template, parameter: TemplateParameter
) -> Iterator[Finding]:
    if parameter.secure:
        if _has_secret_default(parameter):
            yield _finding(
                repository,
                template,
                parameter,
                f"the secret parameter `{parameter.name}` has a default that is written here: leave it out",
                Severity.HIGH,
            )
    elif parameter.type.casefold() in _TEXT and is_secret_name(parameter.name):
        how = {
            Dialect.BICEP: "`@secure()`",
            Dialect.ARM: "`securestring`",
            Dialect.TERRAFORM: "`sensitive = true`",
        }
        terraform = template.dialect is Dialect.TERRAFORM
        where = "plans and logs" if terraform else "the history of deployments"
        yield _finding(
            repository,
            template,
            parameter,
            f"the parameter `{parameter.name}` is secret, and its value stands in {where}: "
            f"{'leave its default out, and ' if _has_secret_default(parameter) else ''}declare it "
            f"{how[template.dialect]}",
            Severity.LOW if terraform else Severity.MEDIUM,
        )


def is_secret_name(name: str) -> bool:
    """Whether a parameter of that name holds a secret, and not something about one."""
    words = [one.casefold() for one in _WORDS.findall(name)]
    if not words or set(words) & _ABOUT or tuple(words[-2:]) in _NAMES_OF_SECRETS:
        return False
    pairs = set(pairwise(words))
    return bool(set(words) & _SECRET or pairs & _PAIRS)


def _has_secret_default(parameter: TemplateParameter) -> bool:
    text = text_of(parameter.default) or ""
    return bool(text) and not is_placeholder(text) and not text.startswith(_PUBLIC_KEYS)


def _finding(
    repository: Repository, template: Template, parameter: TemplateParameter, message: str, severity: Severity
) -> Finding:
    return Finding(
        rule=_ID,
        place=Place(template.path, parameter.span),
        message=message,
        severity=severity,
        confidence=Confidence.LOW if is_unsure(repository, template.path) else Confidence.HIGH,
        subject=parameter.name,
        fix=_fix(repository, template, parameter),
    )


def _fix(repository: Repository, template: Template, parameter: TemplateParameter) -> Fix | None:
    withheld = parameter.secure or _has_secret_default(parameter)
    withheld = withheld or _is_put_out(repository, template, parameter)
    edit = None if withheld else _declared_secure(template, parameter)
    return Fix(f"declare the parameter `{parameter.name}` secure", (edit,)) if edit is not None else None


def _is_put_out(repository: Repository, template: Template, parameter: TemplateParameter) -> bool:
    """Whether a plain output of Terraform holds it, which would be refused once it is sensitive."""
    if template.dialect is not Dialect.TERRAFORM:
        return False
    folder = PurePosixPath(template.path).parent
    beside = [one for one in repository.templates if PurePosixPath(one.path).parent == folder]
    return any(
        flow.origin is Origin.PARAMETER and flow.name == parameter.name
        for one in beside
        for output in one.outputs
        if not output.secure
        for flow in template_origins(repository, one, output.value)
    )


def _declared_secure(template: Template, parameter: TemplateParameter) -> Edit | None:
    span = parameter.span
    if template.dialect is Dialect.BICEP:
        return Edit(template.path, span.start, span.start, "@secure()\n")
    if template.dialect is Dialect.TERRAFORM and span.line < span.end_line and span.end_column == 2:
        return Edit(template.path, span.end - 1, span.end - 1, "\n  sensitive = true\n")
    return None


RULE = Rule(
    id=_ID,
    group=Group.VAULT,
    title="A secret parameter of a template is not declared so",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "The values of plain parameters are kept with each deployment, for everyone who may read the "
        "resource group, and are printed in logs. A default stands in the repository."
    ),
    instead=(
        "Declare it `@secure()` (`securestring`, `sensitive = true`), give it no default, and let the value "
        "come from Key Vault, or better: leave it out, because an identity will do."
    ),
    sources=(
        "https://learn.microsoft.com/azure/azure-resource-manager/bicep/linter-rule-secure-secrets-in-parameters",
        "https://learn.microsoft.com/azure/azure-resource-manager/bicep/linter-rule-secure-parameter-default",
    ),
    check=_check,
)
