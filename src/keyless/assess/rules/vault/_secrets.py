"""Whether a value of a template is secret, and where it comes from.

Rules:
- what flows say is secret counts: a key of a resource, a secure parameter, a drawn password;
- what is read from a vault stays in its vault when it is a reference, and that is as it should be;
- a parameter that is secure for caution (`client_id`, `tenant_id`) is as little secret as its name says;
- a text that is written stands for itself: what is secret by its shape has a rule of its own.
"""

from __future__ import annotations

from keyless.assess.flows.flow import Flow, Origin, is_credential
from keyless.assess.flows.origins import template_origins
from keyless.assess.repository import Repository
from keyless.assess.rules.vault._plain import is_plain_name
from keyless.assess.syntax.expressions import Expr
from keyless.assess.syntax.templates import Template


def secrets_in(repository: Repository, template: Template, value: Expr) -> tuple[Flow, ...]:
    """The ways by which something secret gets into a value, keys of resources first."""
    found = [one for one in template_origins(repository, template, value) if _is_secret(one)]
    return tuple(sorted(found, key=lambda one: one.origin is not Origin.KEY_OF_RESOURCE))


def _is_secret(flow: Flow) -> bool:
    if not is_credential(flow) or flow.origin is Origin.VAULT:
        return False
    return flow.origin is not Origin.PARAMETER or not is_plain_name(flow.name)


def what_it_is(flow: Flow) -> str:
    """What is secret, in words that name no value."""
    if flow.service == "entra" and flow.subject:
        return f"a client secret of `{flow.subject}`"
    if flow.origin is Origin.KEY_OF_RESOURCE:
        return f"a key of `{flow.subject}`" if flow.subject else "a key of a resource"
    if flow.origin is Origin.PARAMETER and flow.name:
        return f"the secret parameter `{flow.name}`"
    if flow.origin is Origin.GENERATED:
        return "a password that is drawn at deployment"
    return f"the secret `{flow.name}`" if flow.name else "a secret"
