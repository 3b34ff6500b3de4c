"""Stage 0: what must be there before a role can be given: identities, trust in tokens, custom roles.

Rules:
- a user-assigned identity is made in its resource group; the system-assigned one of a resource is switched
  on;
- nothing here takes anything from anybody, and to undo it deletes only what the plan proposes;
- a custom role keeps the id that the plan gave it, so that making it again changes nothing. `az role
  definition create` would make up another, and so it is written through Azure Resource Manager;
- an identity for pods trusts the cluster's issuer, for one service account.

Sources: https://learn.microsoft.com/cli/azure/identity,
https://learn.microsoft.com/rest/api/authorization/role-definitions/create-or-update and
https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster
"""

from __future__ import annotations

import json

from keyless.model.identities import IdentityKind
from keyless.model.resource_id import ResourceId
from keyless.plan.problem import Subject
from keyless.plan.proposed import (
    own_identities_to_switch_on,
    proposed_identities,
    role_definition_path,
    role_properties,
)
from keyless.plan.result import Plan
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityChange, IdentityChoice
from keyless.plan.results.stages import Asked, Step
from keyless.plan.staging.beside import kinds_before
from keyless.plan.staging.hosts import SYSTEM, attach, detach, is_pods
from keyless.plan.staging.words import AUTHORIZATION_API, asking, az, az_rest, of_resource
from keyless.plan.trust import CLUSTER_TYPE, CREDENTIAL, Trust, trusts


def prepare(plan: Plan) -> tuple[Step, ...]:
    """The steps of the stage."""
    return (
        *(_identity(one) for one in proposed_identities(plan)),
        *(_switched_on(one, choice) for one, choice in own_identities_to_switch_on(plan)),
        *(_trust(one) for one in trusts(plan)),
        *(_trust_by_hand(choice) for choice in plan.identities.choices if _needs_trust(choice)),
        *(_role(one) for one in plan.proposed_roles),
    )


def _identity(subject: Subject) -> Step:
    where = ResourceId.parse(subject.resource_id)
    return Step(
        what=f"make the user-assigned identity {subject.name}",
        target=subject.resource_id,
        reason="the plan gives it to resources that need the same",
        do=(az("identity", "create", *of_resource(where)),),
        undo=(az("identity", "delete", *of_resource(where)),),
        by_template=True,
    )


def _switched_on(subject: Subject, choice: IdentityChoice | None) -> Step:
    host = ResourceId.parse(subject.resource_id)
    keeps = kinds_before(choice) if choice else ""
    do, undo = attach(host, SYSTEM, keeps=keeps), detach(host, SYSTEM, keeps=keeps)
    return Step(
        what=f"switch the system-assigned identity of {host.name} on",
        target=subject.resource_id,
        reason=choice.reason if choice else "the plan gives roles to it",
        do=(do,) if do else (),
        undo=(undo,) if undo else (),
        by_hand="" if do else f"switch the system-assigned identity of {host.name} on",
    )


def _trust(trust: Trust) -> Step:
    identity = trust.identity
    named = (
        *("--subscription", identity.subscription_id or ""),
        *("--resource-group", identity.resource_group or ""),
        *("--identity-name", identity.name, "--name", trust.name),
    )
    query = ("--query", "oidcIssuerProfile.issuerUrl")
    issuer = Asked(asking("aks", "show", *of_resource(trust.cluster), *query))
    trusted = ("--issuer", issuer, "--subject", trust.subject, "--audiences", trust.audience)
    group = ("identity", "federated-credential")
    return Step(
        what=f"let {identity.name} trust the service account {trust.service_account} of {trust.cluster.name}",
        target=identity.child(CREDENTIAL, trust.name).text,
        reason="pods get the identity by a federated credential",
        do=(az(*group, "create", *named, *trusted),),
        undo=(az(*group, "delete", *named, "--yes"),),
        by_template=True,
    )


def _needs_trust(choice: IdentityChoice) -> bool:
    """Whether pods are to have an identity whose trust is not known well enough to write it."""
    new = choice.change is not IdentityChange.KEEP and choice.chosen is IdentityKind.USER_ASSIGNED
    cluster = ResourceId.parse(choice.resource)
    written = choice.service_account and cluster.is_type(CLUSTER_TYPE)
    return new and is_pods(choice) and not written


def _trust_by_hand(choice: IdentityChoice) -> Step:
    cluster = ResourceId.parse(choice.resource)
    return Step(
        what=f"let {choice.identity.name} trust the service accounts of {cluster.name}",
        target=choice.identity.resource_id,
        reason="pods get the identity by a federated credential",
        by_hand=(
            "for each service account, with its NAMESPACE and NAME: `az identity federated-credential create "
            f"--name NAME --identity-name {choice.identity.name} --resource-group GROUP --issuer ISSUER "
            "--subject system:serviceaccount:NAMESPACE:NAME --audiences api://AzureADTokenExchange`, with "
            "the cluster's own ISSUER"
        ),
    )


def _role(proposed: ProposedRole) -> Step:
    role = proposed.definition
    path = f"{role_definition_path(role)}?api-version={AUTHORIZATION_API}"
    body = json.dumps({"properties": role_properties(role)}, ensure_ascii=False)
    return Step(
        what=f"define the custom role {role.name}",
        target=role_definition_path(role),
        reason=proposed.reason,
        do=(az_rest("put", path, body),),
        undo=(az_rest("delete", path),),
        by_template=True,
    )
