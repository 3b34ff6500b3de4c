"""An application that trusts a managed identity in place of a secret, by the official clients."""

from __future__ import annotations

import sys

import pytest
from sdk_estates import ON_VAULT, SECRETS_USER, SHARED, TENANT_ID, VAULT_URL
from sdk_site import Site

from keyless.model.derived_ids import application_client_id, application_principal_id, tenant_called

TENANT = tenant_called("contoso", "local", TENANT_ID)
CLIENT_ID = application_client_id(TENANT, "deploy")
PRINCIPAL_ID = application_principal_id(TENANT, "deploy")
ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
applications:
  deploy: {{federatedCredentials: {{web: {{identity: orders-shared}}}}}}
resourceGroups:
  orders-rg:
    identities:
      orders-shared: {{clientId: {SHARED.client_id}, principalId: {SHARED.principal_id}}}
    compute:
      web:
        type: Microsoft.Web/sites
        identity: {{userAssigned: [orders-shared]}}
    vaults:
      contoso-orders: {{secrets: {{greeting: hello}}}}
roleAssignments:
  - {{principal: deploy, role: {SECRETS_USER}, scope: {ON_VAULT}}}
"""
PROGRAM = f"""
import base64, json
from azure.identity import ClientAssertionCredential, ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient

identity = ManagedIdentityCredential(client_id="{SHARED.client_id}")
assertion = lambda: identity.get_token("api://AzureADTokenExchange/.default").token
application = ClientAssertionCredential("{TENANT_ID}", "{CLIENT_ID}", assertion)
token = application.get_token("https://vault.azure.net/.default").token.split(".")[1]
claims = json.loads(base64.urlsafe_b64decode(token + "=="))
secret = SecretClient("{VAULT_URL}", application).get_secret("greeting").value
print(json.dumps([claims["appid"], claims["oid"], claims["appidacr"], secret]))
"""


@pytest.mark.parametrize("kind", ["app-service", "vm"])
def test_an_application_reads_a_secret_by_the_identity_that_it_trusts(site: Site, kind: str) -> None:
    site.declare(ESTATE)
    ran = site.run(sys.executable, "-c", PROGRAM, options=("--host-kind", kind))
    assert ran.seen == [CLIENT_ID, PRINCIPAL_ID, "2", "hello"]
