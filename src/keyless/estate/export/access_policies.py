"""Access policies of vaults as an exported file writes them."""

from __future__ import annotations

from typing import Any

from keyless.estate.export.references import References
from keyless.model.access_policies import PERMISSIONS, AccessPolicy
from keyless.model.resources import Vault

Document = dict[str, Any]


def policies_document(vault: Vault, references: References) -> Document:
    """The vault's mode where it is not RBAC, and its policies where it has any."""
    document: Document = {}
    if not vault.enable_rbac_authorization:
        document["enableRbacAuthorization"] = False
    if vault.access_policies:
        document["accessPolicies"] = [_policy(one, references) for one in vault.access_policies]
    return document


def _policy(policy: AccessPolicy, references: References) -> Document:
    given = {kind: policy.permissions.of(kind) for kind in PERMISSIONS}
    document: Document = {
        "principal": references.principal(policy.object_id),
        "permissions": {kind: list(names) for kind, names in given.items() if names},
    }
    if policy.application_id is not None:
        document["applicationId"] = policy.application_id
    if policy.tenant_id != references.resources.tenant.tenant_id:
        document["tenantId"] = policy.tenant_id
    return document
