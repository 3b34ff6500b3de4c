"""Manages the directory with a managed identity's token, and signs in with what it has made."""

from __future__ import annotations

import json
import sys

import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientAssertionCredential, ClientSecretCredential, ManagedIdentityCredential

GRAPH = "https://graph.microsoft.com"
V1 = f"{GRAPH}/v1.0"
SCOPE = f"{GRAPH}/.default"
identity = ManagedIdentityCredential()
mine = {"Authorization": f"Bearer {identity.get_token(SCOPE).token}"}


def ask(method: str, path: str, body: object = None, headers: dict[str, str] = mine) -> requests.Response:
    """One request."""
    return requests.request(method, V1 + path, json=body, headers=headers, timeout=30)


def token_of(tenant: str, client_id: str, secret: str) -> str:
    """A token by a client secret, or the error that it ends with."""
    try:
        return ClientSecretCredential(tenant, client_id, secret).get_token(SCOPE).token
    except ClientAuthenticationError as error:
        return str(error.message).split(":")[1].strip()[:14]


tenant = ask("GET", "/organization").json()["value"][0]["id"]
app = ask("POST", "/applications", {"displayName": "made-here"}).json()
principal = ask("POST", "/servicePrincipals", {"appId": app["appId"]}).json()
secret = ask("POST", f"/applications/{app['id']}/addPassword", {"passwordCredential": {}}).json()
signed_in = token_of(tenant, app["appId"], secret["secretText"])
reads = {"Authorization": f"Bearer {signed_in}"}
own = f"/servicePrincipals/{principal['id']}"
seen = {
    "itself": ask("GET", own, headers=reads).status_code,
    "everybody": ask("GET", "/users", headers=reads).json()["error"]["code"],
}
keys = {"keyId": secret["keyId"]}
seen["removed"] = ask("POST", f"/applications/{app['id']}/removePassword", keys).status_code
seen["after"] = token_of(tenant, app["appId"], secret["secretText"])

trust = {
    "name": "shared-identity",
    "issuer": f"https://login.microsoftonline.com/{tenant}/v2.0",
    "subject": ask("GET", "/servicePrincipals?$filter=displayName eq 'orders-shared'").json()["value"][0][
        "id"
    ],
    "audiences": ["api://AzureADTokenExchange"],
}
shared = ManagedIdentityCredential(client_id=sys.argv[1])
answer = ask("POST", f"/applications/{app['id']}/federatedIdentityCredentials", trust)
assert answer.status_code == 201, answer.text
seen["trusted"] = answer.status_code
exchange = "api://AzureADTokenExchange/.default"
federated = ClientAssertionCredential(tenant, app["appId"], lambda: shared.get_token(exchange).token)
bearer = {"Authorization": f"Bearer {federated.get_token(SCOPE).token}"}
seen["federated"] = ask("GET", own, headers=bearer).status_code

group = {"displayName": "ops", "mailNickname": "ops", "mailEnabled": False, "securityEnabled": True}
made = ask("POST", "/groups", group).json()
reference = {"@odata.id": f"{V1}/directoryObjects/{principal['id']}"}
seen["member"] = ask("POST", f"/groups/{made['id']}/members/$ref", reference).status_code
seen["in"] = ask("POST", f"/directoryObjects/{principal['id']}/getMemberGroups", {}).json()["value"] == [
    made["id"]
]

seen["deleted"] = ask("DELETE", f"/applications/{app['id']}").status_code
seen["gone"] = ask("GET", own, headers=bearer).status_code
seen["left"] = ask("GET", f"/groups/{made['id']}/members").json()["value"]
seen["by_name"] = [
    one["displayName"] for one in ask("GET", "/groups?$filter=displayName eq 'devs'").json()["value"]
]
print(json.dumps(seen))
