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
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.proposed import (
    own_identities_to_switch_on,
    proposed_identities,
    role_definition_path,
    role_properties,
)
from keyless.plan.result import Plan
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityChange, IdentityChoice
from keyless.plan.results.stages import Step
from keyless.plan.staging.hosts import SYSTEM, attach, detach, is_cluster
from keyless.plan.staging.words import AUTHORIZATION_API, az, az_rest, of_resource


def prepare(plan: Plan) -> tuple[Step, ...]:
    """The steps of the stage."""
    return (
        *(_identity(one) for one in proposed_identities(plan)),
        *(_switched_on(one, choice) for one, choice in own_identities_to_switch_on(plan)),
        *(_trust(choice) for choice in plan.identities.choices if _needs_trust(choice)),
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
    keeps = "UserAssigned" if choice and _had(choice, SubjectKind.USER_ASSIGNED) else ""
    do, undo = attach(host, SYSTEM, keeps=keeps), detach(host, SYSTEM, keeps=keeps)
    return Step(
        what=f"switch the system-assigned identity of {host.name} on",
        target=subject.resource_id,
        reason=choice.reason if choice else "the plan gives roles to it",
        do=(do,) if do else (),
        undo=(undo,) if undo else (),
        by_hand="" if do else f"switch the system-assigned identity of {host.name} on",
    )


def _had(choice: IdentityChoice, kind: SubjectKind) -> bool:
    return any(one.kind is kind for one in choice.replaces)


def _needs_trust(choice: IdentityChoice) -> bool:
    new = choice.change is not IdentityChange.KEEP and choice.chosen is IdentityKind.USER_ASSIGNED
    return new and is_cluster(ResourceId.parse(choice.resource))


def _trust(choice: IdentityChoice) -> Step:
    cluster = ResourceId.parse(choice.resource)
    return Step(
        what=f"let {choice.identity.name} trust the service accounts of {cluster.name}",
        target=choice.identity.resource_id,
        reason="pods get the identity by a federated credential",
        by_hand=(
            "for each service account, with its NAMESPACE and NAME: `az identity federated-credential create "
            f"--name NAME --identity-name {choice.identity.name} --resource-group GROUP --issuer ISSUER "
            "--subject system:serviceaccount:NAMESPACE:NAME --audiences api://AzureADTokenExchange`; "
            f"the issuer is what `az aks show --ids {choice.resource} --query "
            "oidcIssuerProfile.issuerUrl` prints"
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
