"""The tokens that a person's own shell gets at Cloud Shell's endpoint, and nobody else there."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from identity_site import BILLING, ORDERS, SYSTEM, VAULT_AUDIENCE, Answer, Site

from keyless.evidence.recorder import SignInKey
from keyless.model.directory import DirectoryRoleAssignment, User
from keyless.model.evidence import SignInMethod
from keyless.model.identities import PrincipalKind, Revocation
from keyless.store.collections import DIRECTORY_ROLE_ASSIGNMENTS, REVOCATIONS, USERS
from keyless.tokens.user_claims import AZURE_CLI

ADA = User("the-user", "ada@contoso.onmicrosoft.com", "ada", local=True)


@pytest.fixture
async def shell(cloud_shell: Site) -> Site:
    """The endpoint, at which one of the two that run is a person's shell."""
    async with cloud_shell.store.transaction() as transaction:
        await transaction.put(USERS, (ADA.principal_id,), ADA)
        role = DirectoryRoleAssignment("1", ADA.principal_id, "a-directory-role")
        await transaction.put(DIRECTORY_ROLE_ASSIGNMENTS, (role.id,), role)
    cloud_shell.running.user_id = ADA.principal_id
    return cloud_shell


async def ask(site: Site, secret: str = ORDERS.secret, **form: str) -> Answer:
    body = urlencode({"resource": VAULT_AUDIENCE} | form).encode()
    headers = {"Metadata": "true", "x-keyless-workload": secret}
    return await site.send("POST", "localhost:50342", "/oauth2/token", "", headers, body)


async def test_a_persons_shell_gets_the_persons_token(shell: Site, now: int) -> None:
    answer = await ask(shell)
    principal = shell.verified(answer).principal
    assert (principal.principal_id, principal.client_id) == (ADA.principal_id, AZURE_CLI)
    assert (principal.kind, principal.name) == (PrincipalKind.USER, ADA.user_principal_name)
    assert answer.body["expires_on"] == str(now + 3600)


async def test_a_workload_never_gets_the_persons_token(shell: Site) -> None:
    await shell.host(system=True, resource_id=BILLING.resource_id)
    assert shell.whose(await ask(shell, BILLING.secret)) == SYSTEM.principal_id


async def test_no_identity_can_be_named_in_a_persons_shell(shell: Site) -> None:
    answer = await ask(shell, client_id=AZURE_CLI)
    assert (answer.status, answer.body["error"]["code"]) == (400, "BadRequest")


@pytest.mark.parametrize("resource", ["", "https://nobody.example"])
async def test_a_token_is_for_a_resource_that_there_is(shell: Site, resource: str) -> None:
    assert (await ask(shell, resource=resource)).status == 400


async def test_who_was_deleted_or_disabled_gets_no_token_any_more(shell: Site, now: int) -> None:
    async with shell.store.transaction() as transaction:
        revoked = Revocation(ADA.principal_id, now, disabled=True)
        await transaction.put(REVOCATIONS, (ADA.principal_id,), revoked)
    assert "is disabled" in (await ask(shell)).body["error"]["message"]
    async with shell.store.transaction() as transaction:
        await transaction.delete(USERS, (ADA.principal_id,))
    assert "was deleted" in (await ask(shell)).body["error"]["message"]


async def test_a_sign_in_is_counted_as_with_the_account_at_this_machine(shell: Site) -> None:
    await ask(shell, resource="https://management.core.windows.net/")
    assert shell.sign_ins() == [
        (
            SignInKey(
                ADA.principal_id,
                AZURE_CLI,
                SignInMethod.LOCAL_ACCOUNT,
                target="https://management.core.windows.net",
            ),
            1,
        )
    ]
    assert not SignInMethod.LOCAL_ACCOUNT.is_stored
