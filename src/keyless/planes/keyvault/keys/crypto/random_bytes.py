"""Random bytes.

Azure has them in managed HSMs, where a role at the HSM grants them; a vault has no data action for them, and
bytes that nobody has had before are of no one's concern. So whoever holds a valid token gets them.

Source: https://learn.microsoft.com/rest/api/keyvault/keys/get-random-bytes/get-random-bytes
"""

from __future__ import annotations

from keyless.planes.keyvault.api_versions import KEY_ROTATION
from keyless.planes.keyvault.keys.crypto.in_use import SPEC
from keyless.planes.keyvault.keys.crypto.schemas import GetRandomBytesRequest, RandomBytes
from keyless.planes.keyvault.keys.material.base64url import encode
from keyless.planes.keyvault.objects.access import the_vault
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import OTHERS
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidProperty, InvalidRequest
from keyless.wire.operation import Operation, Requires, operation

MOST_BYTES = 128


@operation(
    id="KeyVault.GetRandomBytes",
    route="POST /rng",
    api_versions=KEY_ROTATION,
    access=Requires((), the_vault, reason="bytes that nobody has had before concern no object of the vault"),
    body=GetRandomBytesRequest,
    response=RandomBytes,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=SPEC + "get-random-bytes/get-random-bytes",
)
async def get_random_bytes(call: Authorized[GetRandomBytesRequest], vaults: KeyVault) -> RandomBytes:
    """Get random bytes, as many as are asked for."""
    count = call.body.count
    if not 1 <= count <= MOST_BYTES:
        raise InvalidProperty("count", f"it must be between 1 and {MOST_BYTES}")
    return RandomBytes(encode(vaults.keys_in_use.random_bytes(count)))


OPERATIONS: tuple[Operation, ...] = (get_random_bytes,)
