"""Operations that rotate keys, and two that are not served.

Source: https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups
"""

from __future__ import annotations

from keyless.planes.keyvault.api_versions import KEY_ATTESTATION, KEY_ROTATION
from keyless.planes.keyvault.keys import rendering
from keyless.planes.keyvault.keys.bodies import lifetime_actions
from keyless.planes.keyvault.keys.errors import KeyNotFound
from keyless.planes.keyvault.keys.schemas import KeyBundle, RotationPolicyJson
from keyless.planes.keyvault.keys.weights import KEY_USES, MORE_VERSIONS
from keyless.planes.keyvault.objects.access import on_one, vault_of
from keyless.planes.keyvault.objects.errors import ObjectIsManaged
from keyless.planes.keyvault.service import KeyVault
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest, NotImplementedHere
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/keys/"


@operation(
    id="KeyVault.RotateKey",
    route="POST /keys/{key_name}/rotate",
    api_versions=KEY_ROTATION,
    access=on_one("keys", "rotate/action", "rotate"),
    response=KeyBundle,
    errors=(KeyNotFound, ObjectIsManaged),
    counts=MORE_VERSIONS,
    spec=_SPEC + "rotate-key/rotate-key",
)
async def rotate_key(call: Authorized[None], vaults: KeyVault) -> KeyBundle:
    """Make a new version of a key, as its rotation policy says."""
    vault = vault_of(call)
    key = await vaults.keys.rotate(vault, call.params["key_name"], now=call.now)
    return rendering.bundle(vault, key, call.api_version)


@operation(
    id="KeyVault.GetKeyRotationPolicy",
    route="GET /keys/{key_name}/rotationpolicy",
    api_versions=KEY_ROTATION,
    access=on_one("keys", "read", "getrotationpolicy", actions_of="keyrotationpolicies"),
    response=RotationPolicyJson,
    errors=(KeyNotFound,),
    counts=KEY_USES,
    spec=_SPEC + "get-key-rotation-policy/get-key-rotation-policy",
)
async def get_key_rotation_policy(call: Authorized[None], vaults: KeyVault) -> RotationPolicyJson:
    """Show a key's rotation policy."""
    vault = vault_of(call)
    key, policy = await vaults.keys.rotation_policy(vault, call.params["key_name"], now=call.now)
    return rendering.rotation_policy(vault, key, policy)


@operation(
    id="KeyVault.UpdateKeyRotationPolicy",
    route="PUT /keys/{key_name}/rotationpolicy",
    api_versions=KEY_ROTATION,
    access=on_one("keys", "write", "setrotationpolicy", actions_of="keyrotationpolicies"),
    body=RotationPolicyJson,
    response=RotationPolicyJson,
    errors=(InvalidRequest, KeyNotFound, ObjectIsManaged),
    counts=KEY_USES,
    spec=_SPEC + "update-key-rotation-policy/update-key-rotation-policy",
)
async def update_key_rotation_policy(
    call: Authorized[RotationPolicyJson], vaults: KeyVault
) -> RotationPolicyJson:
    """Give a key a rotation policy."""
    vault, body = vault_of(call), call.body
    actions = lifetime_actions(body.lifetime_actions)
    key, policy = await vaults.keys.set_rotation_policy(
        vault, call.params["key_name"], actions, body.attributes.expiry_time, now=call.now
    )
    return rendering.rotation_policy(vault, key, policy)


@operation(
    id="KeyVault.ReleaseKey",
    route=("POST /keys/{key_name}/release", "POST /keys/{key_name}/{key_version}/release"),
    api_versions=KEY_ROTATION,
    access=on_one("keys", "release/action", "release"),
    errors=(KeyNotFound, NotImplementedHere),
    counts=MORE_VERSIONS,
    spec=_SPEC + "release/release",
)
async def release_key(call: Authorized[None], vaults: KeyVault) -> None:
    """Refuse to release a key: no attestation of an enclave can be checked here."""
    params = call.params
    await vaults.keys.find(vault_of(call), params["key_name"], params.get("key_version"), now=call.now)
    raise NotImplementedHere(
        "keys are not released here: that needs the attestation of a confidential computing environment, "
        "which this plane cannot check"
    )


@operation(
    id="KeyVault.GetKeyAttestation",
    route=("GET /keys/{key_name}/attestation", "GET /keys/{key_name}/{key_version}/attestation"),
    api_versions=KEY_ATTESTATION,
    access=on_one("keys", "read", "get"),
    errors=(KeyNotFound, NotImplementedHere),
    counts=KEY_USES,
    spec=_SPEC + "get-key-attestation/get-key-attestation",
)
async def get_key_attestation(call: Authorized[None], vaults: KeyVault) -> None:
    """Refuse to attest a key: there is no hardware that keeps it and could say so."""
    params = call.params
    await vaults.keys.find(vault_of(call), params["key_name"], params.get("key_version"), now=call.now)
    raise NotImplementedHere(
        "keys are not attested here: they are kept in no hardware security module, which could vouch for them"
    )


OPERATIONS: tuple[Operation, ...] = (
    rotate_key,
    get_key_rotation_policy,
    update_key_rotation_policy,
    release_key,
    get_key_attestation,
)
