"""What a token is for: how its ``aud`` reads, and which version of tokens that resource takes.

Rules:
- Azure's own services are taken to want version 1.0, whose ``aud`` is the resource as it was asked for; only
  their tokens say that the caller is an application (``idtyp``) and where a managed identity is (``xms_*``);
- an application that is a resource chooses its version; in version 2.0 ``aud`` is always its client id.

Source: https://learn.microsoft.com/entra/identity-platform/access-tokens#token-formats
"""

from __future__ import annotations

from dataclasses import dataclass

V1, V2 = 1, 2


@dataclass(frozen=True, slots=True)
class Audience:
    """The ``aud`` of a token, its version, and whether the resource is one of Azure's own services."""

    aud: str
    version: int = V1
    of_azure: bool = True
