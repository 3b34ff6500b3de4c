"""The directory, by tokens of the official clients, and what is made in it by the official clients again."""

from __future__ import annotations

import sys

from sdk_estates import SHARED, TENANT_ID
from sdk_site import Site

ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
resourceGroups:
  orders-rg:
    identities:
      orders-shared: {{clientId: {SHARED.client_id}, principalId: {SHARED.principal_id}}}
    compute:
      web:
        type: Microsoft.Web/sites
        identity: {{systemAssigned: true, userAssigned: [orders-shared]}}
users:
  Ada Byron:
groups:
  devs: {{members: [Ada Byron, orders-shared]}}
"""
ADMINISTRATOR = """\
directoryRoles:
  - {principal: web, role: Global Administrator}
"""
LISTING = """
import json, requests
from azure.identity import ManagedIdentityCredential

token = ManagedIdentityCredential().get_token("https://graph.microsoft.com/.default").token
answer = requests.get(
    "https://graph.microsoft.com/v1.0/groups", headers={"Authorization": f"Bearer {token}"}, timeout=30
)
print(json.dumps(answer.json().get("error", {}).get("message") or len(answer.json()["value"])))
"""


def test_what_is_made_in_the_directory_signs_in_and_what_is_deleted_does_not(site: Site) -> None:
    site.declare(ESTATE + ADMINISTRATOR)
    assert site.python("graph_directory.py", SHARED.client_id).seen == {
        "itself": 200,
        "everybody": "Authorization_RequestDenied",
        "removed": 204,
        "after": "AADSTS7000215",
        "trusted": 201,
        "federated": 200,
        "member": 204,
        "in": True,
        "deleted": 204,
        "gone": 401,
        "left": [],
        "by_name": ["devs"],
    }


def test_an_identity_without_a_role_is_refused_and_told_which_one_would_do(site: Site) -> None:
    site.declare(ESTATE)
    ran = site.run(sys.executable, "-c", LISTING)
    assert ran.seen == "Insufficient privileges to complete the operation."
    assert "`Group.Read.All` of the directory would allow it" in ran.stderr


def test_learning_passes_in_the_directory_too(site: Site) -> None:
    site.declare(ESTATE)
    assert site.run(sys.executable, "-c", LISTING, options=("--learn",)).seen == 1
