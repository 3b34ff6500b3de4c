"""Tokens of a user who has signed in, as Cloud Shell gives them to the programs of its user.

Rules:
- the user is the one whose shell asks, and no other: none can be named;
- the user is looked up for each token, so that one who was removed or disabled gets none any more;
- the application that acts for the user is the Azure CLI.

Source: https://learn.microsoft.com/azure/cloud-shell/msi-authorization
"""

from __future__ import annotations

from keyless.evidence.recorder import SignInKey
from keyless.model.directory import User
from keyless.model.evidence import SignInMethod
from keyless.planes.identity.asked_resource import asked_resource, audience_for
from keyless.planes.identity.select import PARAMETERS
from keyless.planes.identity.service import IDENTITY, Given
from keyless.store.collections import DIRECTORY_ROLE_ASSIGNMENTS, USERS
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority, TokenIssuer
from keyless.tokens.user_claims import SignedInUser
from keyless.wire.call import Workload
from keyless.wire.errors import InvalidRequest
from keyless.wire.request import Query
from keyless.wire.revocations import PrincipalDisabled, signer_for


class SignedInUsers:
    """Issues the tokens of users to their own shells. ``missing`` is what to say of a missing resource."""

    def __init__(
        self, store: Store, authority: TokenAuthority, issuer: TokenIssuer, no_choice: str, missing: str
    ) -> None:
        self._store = store
        self._authority = authority
        self._issuer = issuer
        self._no_choice = no_choice
        self._missing = missing

    async def grant(self, shell: Workload, query: Query, now: int) -> Given:
        """The token that a program in a user's shell asks for.

        Raises:
            InvalidRequest: no resource, one that no token is issued for, or the user is none any more.
        """
        if any(query.all(name) for name in PARAMETERS):
            raise InvalidRequest(self._no_choice, field=IDENTITY, code="invalid_request")
        resource = asked_resource(query, self._missing)
        audience = await audience_for(self._store, self._authority, resource)
        user = await self._user(shell.user_id)
        try:
            signer = await signer_for(self._store, self._authority, user.principal_id)
        except PrincipalDisabled:
            raise _disabled(user) from None
        signed_in = SignedInUser(signer.tenant_id, user, await self._directory_roles(user))
        token = self._issuer.user_token(signer, signed_in, audience, now)
        shell.got_token()
        key = SignInKey(
            user.principal_id,
            signed_in.client_id,
            SignInMethod.LOCAL_ACCOUNT,
            target=audience.aud.rstrip("/"),
        )
        return Given(token, resource, key)

    async def _user(self, principal_id: str) -> User:
        user = await self._store.get(USERS, (principal_id,))
        if user is None:
            raise InvalidRequest(
                "AADSTS50034: the user of this shell was deleted: leave the shell, and open another",
                field=IDENTITY,
                code="unauthorized_client",
            )
        return user

    async def _directory_roles(self, user: User) -> tuple[str, ...]:
        assignments = [one for _, one in await self._store.scan(DIRECTORY_ROLE_ASSIGNMENTS)]
        own = user.principal_id.casefold()
        return tuple(one.role_definition_id for one in assignments if one.principal_id.casefold() == own)


def _disabled(user: User) -> InvalidRequest:
    return InvalidRequest(
        f"AADSTS50057: the account of `{user.user_principal_name}` is disabled: `keyless identity restore` "
        "lifts that",
        code="unauthorized_client",
    )
