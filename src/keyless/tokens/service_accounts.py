"""The tokens of service accounts that a Kubernetes cluster projects into its workloads' files.

Rules:
- a token has the claims that the cluster's API server writes: one audience in a list, the namespace and the
  service account beside the subject, an id of its own;
- it lives for an hour, and is replaced when four fifths of that are over, as the kubelet does it;
- its issuer is the cluster's and its claims are no access token's: no resource takes it for one.

Pure. Source: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.model.federated_credentials import DEFAULT_AUDIENCE

LIFETIME_S = 60 * 60
REPLACED_AFTER_S = LIFETIME_S * 4 // 5


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Whom a projected token is about: ``account`` is ``namespace/name``, ``uid`` its id in the cluster."""

    issuer: str
    account: str
    uid: str


def projected_claims(account: ServiceAccount, now: int, token_id: str) -> dict[str, object]:
    """The payload of a projected token; ``now`` is in epoch seconds."""
    namespace, _, name = account.account.partition("/")
    return {
        "aud": [DEFAULT_AUDIENCE],
        "exp": now + LIFETIME_S,
        "iat": now,
        "iss": account.issuer,
        "jti": token_id,
        "kubernetes.io": {
            "namespace": namespace,
            "serviceaccount": {"name": name, "uid": account.uid},
        },
        "nbf": now,
        "sub": f"system:serviceaccount:{namespace}:{name}",
    }
