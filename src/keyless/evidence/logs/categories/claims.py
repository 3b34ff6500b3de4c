"""The claims of a caller's token, as logs show them.

Rules:
- who has a user principal name, or came with a token for a person's delegation (it has a scope), is a person;
- a managed identity's token names the resource that it belongs to (`xms_mirid`).

Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

from __future__ import annotations

_OBJECT_ID = '"http://schemas.microsoft.com/identity/claims/objectidentifier"'
_UPN = '"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"'
_SCOPE = '"http://schemas.microsoft.com/identity/claims/scope"'


def claims_at(*places: str) -> dict[str, tuple[str, ...]]:
    """The fields of claims that stand at any of the places, each given up to its last separator.

    A place is ``identity.claim.`` or ``Claims > ``.
    """
    return {
        "oid": tuple(place + name for place in places for name in (_OBJECT_ID, "oid")),
        "app": tuple(place + name for place in places for name in ("appid", "azp")),
        "mirid": tuple(place + "xms_mirid" for place in places),
        "upn": tuple(place + name for place in places for name in (_UPN, "upn")),
        "delegated": tuple(place + name for place in places for name in (_SCOPE, "scp")),
        "idtyp": tuple(place + "idtyp" for place in places),
    }


PERSON = "({upn} IS NOT NULL OR {delegated} IS NOT NULL OR coalesce(lower({idtyp}) = 'user', false))"
"""Whether the claims are a person's."""
