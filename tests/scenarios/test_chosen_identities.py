"""Which identity each resource gets, from the first run to the proof: shared, kept, in a secret's place."""

from __future__ import annotations

import json

from keyless_command import Project, app

ESTATE = """\
version: 1
tenant: contoso
resourceGroups:
  orders-rg:
    compute:
      orders-web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
      orders-worker: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
      orders-admin: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
      orders-job: {type: Microsoft.ContainerInstance/containerGroups}
    vaults: {contoso-orders: {secrets: {greeting: hello}}}
    configurationStores: {contoso-orders: {settings: {color: green}}}
applications:
  orders-app:
    clientId: 11111111-2222-3333-4444-555555555555
    clientSecret: {env: ORDERS_CLIENT_SECRET}
    compute: orders-job
roleAssignments:
  - {principal: orders-app, role: Key Vault Administrator, scope: {vault: contoso-orders}}
"""
READS = """
choice = {"client_id": os.environ["AZURE_CLIENT_ID"]} if "AZURE_CLIENT_ID" in os.environ else {}
say(secret("contoso-orders", "greeting", token(**choice)))
found = token(STORE_RESOURCE, **choice)
url = "https://contoso-orders.azconfig.io/kv/color?label=%00&api-version=1.0"
say(ask(url, headers=bearer(found))[0])
"""
WRITES = """
url = "https://contoso-orders.vault.azure.net/secrets/new?api-version=7.4"
say(ask(url, "PUT", {"value": "x"}, bearer(token()))[0])
"""
SIGNS_IN = """
form = urllib.parse.urlencode({
    "grant_type": "client_credentials", "client_id": "11111111-2222-3333-4444-555555555555",
    "client_secret": os.environ["ORDERS_CLIENT_SECRET"], "scope": "https://vault.azure.net/.default"})
url = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
with urllib.request.urlopen(url, form.encode(), context=TRUST) as answer:
    say(secret("contoso-orders", "greeting", json.load(answer)["access_token"]))
"""
READS_ONE = """
say(secret("contoso-orders", "greeting", token(client_id=os.environ["AZURE_CLIENT_ID"])))
"""


def test_each_resource_gets_the_identity_that_suits_it_and_runs_under_it(project: Project) -> None:
    project.estate.write_text(ESTATE)
    project.environment["ORDERS_CLIENT_SECRET"] = "planted-client-secret-7b31"
    runs = {"web": READS, "worker": READS, "admin": WRITES, "job": SIGNS_IN}
    for name, code in runs.items():
        assert project("run", "--learn", "--as", f"orders-{name}", *app(code)).code == 0
    plan = json.loads(project("plan", "--format", "json").out)
    _shares_where_needs_are_equal(plan)
    _puts_an_identity_in_the_place_of_the_secret(plan)
    for name in ("web", "worker"):
        proved = project("prove", "--as", f"orders-{name}", *app(READS))
        assert (proved.code, proved.out.split()) == (0, ["hello", "200"]), proved.err
        assert any("set `AZURE_CLIENT_ID` to `" in line for line in proved.said)
    assert project("prove", "--as", "orders-admin", *app(WRITES)).code == 0
    still = project("prove", "--as", "orders-job", *app(SIGNS_IN))
    assert still.code != 0
    assert any("still signs in as `orders-app` with a stored credential" in line for line in still.said)
    assert "the proof fails: a stored credential is still in use" in still.said
    without = project("prove", "--as", "orders-job", *app(READS_ONE))
    assert (without.code, without.out) == (0, "hello\n"), without.err


def _shares_where_needs_are_equal(plan: dict) -> None:
    choices = {one["name"]: one for one in plan["identities"]["choices"]}
    shared = choices["orders-web"]["identity"]
    assert shared == choices["orders-worker"]["identity"]
    assert (shared["name"], shared["isProposed"]) == ("id-orders", True)
    assert {one["change"] for name, one in choices.items() if name in {"orders-web", "orders-worker"}} == {
        "share"
    }
    assert (choices["orders-admin"]["change"], choices["orders-admin"]["identity"]["name"]) == (
        "keep",
        "orders-admin",
    )
    given = [one for one in plan["assignments"] if one["principal"]["name"] == "id-orders"]
    assert len(given) == 2
    counts = plan["identities"]
    assert counts["assignmentsBefore"] - counts["assignmentsAfter"] == 2


def _puts_an_identity_in_the_place_of_the_secret(plan: dict) -> None:
    (job,) = [one for one in plan["identities"]["choices"] if one["name"] == "orders-job"]
    assert (job["change"], job["chosen"]) == ("add", "UserAssigned")
    assert [one["name"] for one in job["replaces"]] == ["orders-app"]
    assert {one["principal"]["name"] for one in plan["assignments"]} == {
        "id-orders",
        "orders-admin",
        "id-orders-job",
    }
    (removal,) = plan["removals"]
    assert removal["reason"] == "what it did, `id-orders-job` is to do: remove it after the switch"
