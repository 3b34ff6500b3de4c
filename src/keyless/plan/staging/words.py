"""Words of the Azure CLI that several stages need.

Sources: https://learn.microsoft.com/cli/azure/role/assignment and
https://learn.microsoft.com/cli/azure/resource
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.proposed import ROLE_DEFINITION_TYPE
from keyless.plan.result import PlannedAssignment
from keyless.plan.results.stages import Asked, Command, Word

ROLE_ASSIGNMENT_TYPE = "Microsoft.Authorization/roleAssignments"
AUTHORIZATION_API = "2022-04-01"


def az(*words: Word) -> Command:
    """A command that prints nothing: what it would print can hold secrets."""
    return Command(words=("az", *words, "--output", "none", "--only-show-errors"))


def az_rest(method: str, path: str, body: str = "") -> Command:
    """A request to Azure Resource Manager; ``path`` has the api-version, ``body`` is JSON."""
    return az("rest", "--method", method, "--url", path, *(("--body", body) if body else ()))


def asking(*words: str) -> tuple[str, ...]:
    """A question whose answer is one word."""
    return ("az", *words, "--output", "tsv")


def of_resource(resource: ResourceId) -> tuple[str, ...]:
    """The options that name a resource; those of a resource on its own, not of its children."""
    return (
        *("--subscription", resource.subscription_id or ""),
        *("--resource-group", resource.resource_group or ""),
        *("--name", resource.name),
    )


def principal_word(subject: Subject) -> Word:
    """The principal id: as it is, or asked for where the identity does not exist yet."""
    if not subject.is_proposed:
        return subject.principal_id
    if subject.kind is SubjectKind.USER_ASSIGNED:
        return Asked(asking("identity", "show", "--ids", subject.resource_id, "--query", "principalId"))
    return Asked(asking("resource", "show", "--ids", subject.resource_id, "--query", "identity.principalId"))


def client_id_word(identity_id: str, prefix: str) -> Asked:
    """The client id of a user-assigned identity, behind a prefix."""
    return Asked(asking("identity", "show", "--ids", identity_id, "--query", "clientId"), prefix)


def role_definition_id(role_id: str, scope: ResourceId) -> str:
    """A role by its id, below the subscription of a scope; above subscriptions by its GUID alone.

    There the Azure CLI takes any other id for a name.
    """
    subscription = scope.subscription_id
    if not subscription:
        return role_id
    return f"{subscription_scope(subscription).text}/providers/{ROLE_DEFINITION_TYPE}/{role_id}"


def assignment_path(scope: str, name: str) -> str:
    """The id of a role assignment."""
    return f"{scope.rstrip('/')}/providers/{ROLE_ASSIGNMENT_TYPE}/{name}"


def assign(
    name: str,
    subject: Subject,
    role_id: str,
    scope: ResourceId,
    *,
    condition: str | None = None,
    condition_version: str | None = None,
    description: str = "",
) -> Command:
    """Make a role assignment; it is no error where there is one of the kind already."""
    return az(
        *("role", "assignment", "create", "--name", name),
        *("--assignee-object-id", principal_word(subject)),
        *("--assignee-principal-type", subject.principal_type),
        *("--role", role_definition_id(role_id, scope), "--scope", scope.text),
        *_given("--condition", _as_text(condition)),
        *_given("--condition-version", condition_version if condition else None),
        *_given("--description", description),
    )


def _as_text(condition: str | None) -> str | None:
    """The same condition, and never the name of a file: for the Azure CLI a text from `@` on can be one."""
    return f" {condition}" if condition and condition.startswith("@") else condition


def unassign(scope: str, name: str) -> Command:
    """Delete a role assignment; it is no error where there is none."""
    return az("role", "assignment", "delete", "--ids", assignment_path(scope, name))


def _given(option: str, value: str | None) -> Iterable[str]:
    return (option, value) if value else ()


def description_of(assignment: PlannedAssignment) -> str:
    """What the assignment itself says about why it is there; no number in it changes from plan to plan."""
    name = assignment.principal.name
    seen = any(used.count for used in assignment.used)
    why = f"what {name} was seen to use" if seen else f"what the access policy of {name} gave"
    return f"The least privileged role for {why}; planned by Keyless."
