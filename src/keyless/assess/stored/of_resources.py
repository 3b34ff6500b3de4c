"""Stored credentials in properties of resources that say by themselves what they open.

Rules:
- the secret of the application that a cluster signs in as: an identity of the cluster takes its place;
- the key of a function that a gateway's backend sends along, as a parameter or header; `{{x}}` is the
  gateway's named value `x`;
- a property that is left out or empty holds none; any other counts as what is given to a call that takes
  nothing but a credential.

Sources:
https://learn.microsoft.com/azure/aks/kubernetes-service-principal
https://learn.microsoft.com/azure/api-management/import-function-app-as-api
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed, Told, Value
from keyless.assess.deployed.standing import is_unsure
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Step
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.origins import template_origins
from keyless.assess.repository import Repository
from keyless.assess.stored.judged import strongest
from keyless.assess.stored.stored import Stored
from keyless.assess.syntax.expressions import Expr, Items, text_of
from keyless.assess.syntax.span import Place
from keyless.catalog.client_calls import Form

_CLUSTER = "give the cluster an identity (`identity`), and leave the application out"
_BACKEND = (
    "the policy `authentication-managed-identity` on the backend, with App Service authentication on the"
    " function app"
)
_KNOWN: dict[str, tuple[tuple[str, str, Form, str], ...]] = {
    "microsoft.containerservice/managedclusters": (
        ("properties.servicePrincipalProfile.secret", "entra", Form.ENTRA_SECRET, _CLUSTER),
    ),
    "microsoft.redhatopenshift/openshiftclusters": (
        ("properties.servicePrincipalProfile.clientSecret", "entra", Form.ENTRA_SECRET, _CLUSTER),
    ),
    "microsoft.apimanagement/service/backends": (
        ("properties.credentials.query.code", "functions", Form.API_KEY, _BACKEND),
        ("properties.credentials.header.x-functions-key", "functions", Form.API_KEY, _BACKEND),
    ),
}
_NAMED_VALUE = re.compile(r"\{\{([\w.-]{1,256})\}\}")


def stored_in_resources(repository: Repository) -> tuple[Stored, ...]:
    """The credentials of all such properties: `repository.view(stored_in_resources)`."""
    return tuple(
        stored
        for one in repository.view(deployed)
        if not one.existing
        for path, service, form, instead in _KNOWN.get(one.arm_type.casefold(), ())
        for stored in _of(repository, one, one.value(path), (path, service, form, instead))
    )


def _of(
    repository: Repository, one: Deployed, value: Value, known: tuple[str, str, Form, str]
) -> Iterator[Stored]:
    path, service, form, instead = known
    if value.told is Told.ABSENT or value.expression is None or text_of(value.expression) == "":
        return
    chosen = _flow(repository, one, value.expression, form)
    if chosen is None:
        return
    name = path.removeprefix("properties.")
    place = value.entry or value.place
    yield Stored(
        service=service,
        form=form,
        place=place,
        where=f"{name} of {subject_of(one)}",
        flow=chosen[0],
        confidence=Confidence.LOW if is_unsure(repository, one.template.path) else chosen[1],
        last=Step(place, f"given to `{subject_of(one)}` as `{name}`"),
        instead=instead,
    )


def _flow(
    repository: Repository, one: Deployed, expression: Expr, form: Form
) -> tuple[Flow, Confidence] | None:
    if isinstance(expression, Items):
        expression = expression.items[0] if expression.items else expression
    named = _NAMED_VALUE.fullmatch(text_of(expression) or "")
    if named is not None:
        place = Place(one.template.path, expression.span)
        step = Step(place, f"named value `{named[1]}` of the gateway")
        return Flow(Origin.SETTING, place, expression, (step,), name=named[1]), Confidence.HIGH
    return strongest(template_origins(repository, one.template, expression), form, certain=True)
