"""Role assignments as an exported file writes them."""

from __future__ import annotations

from typing import Any

from keyless.estate.export.references import References
from keyless.estate.resolve.assignments import DEFAULT_CONDITION_VERSION
from keyless.model.derived_ids import assignment_id
from keyless.model.roles import RoleAssignment

Document = dict[str, Any]


def assignment_document(assignment: RoleAssignment, references: References) -> Document:
    """One role assignment: principal, role and scope by name where they have one."""
    scope = assignment.scope_id
    document: Document = {
        "principal": references.principal(assignment.principal_id),
        "role": references.role(assignment.role_definition_id),
        "scope": references.scope(scope),
    }
    if assignment.id != assignment_id(assignment.principal_id, assignment.role_definition_id, scope):
        document["id"] = assignment.id
    if assignment.principal_type != references.type_of(assignment.principal_id):
        document["principalType"] = assignment.principal_type
    if assignment.description:
        document["description"] = assignment.description
    if assignment.condition is not None:
        document["condition"] = assignment.condition
        if assignment.condition_version != DEFAULT_CONDITION_VERSION:
            document["conditionVersion"] = assignment.condition_version
    return document
