"""From logs of Cosmos DB and of sign-ins to grants in the services' own terms, as files for the Azure CLI."""

from __future__ import annotations

import json

from keyless_command import Project

from imported_sources import GROUP, SHARED, SHARED_PRINCIPAL, identity

ACCOUNT = f"{GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/orders-cosmos"
SERVER = f"{GROUP}/providers/Microsoft.Sql/servers/orders-sql"
POLICY = "native:\n  sql:\n    - {server: orders-sql, database: orders, role: db_datawriter}\n"


def request(operation: str, number: int) -> dict[str, object]:
    """A line of an account's data plane log."""
    return {
        "time": "2026-11-20T10:00:00Z",
        "resourceId": ACCOUNT.upper(),
        "category": "DataPlaneRequests",
        "operationName": operation,
        "properties": {
            "activityId": f"a-{number}",
            "requestResourceType": "Document",
            "databaseName": "Shop",
            "collectionName": "items",
            "statusCode": "200",
            "aadPrincipalId": SHARED_PRINCIPAL,
        },
    }


SIGN_IN = {
    "time": "2026-11-20T10:00:00Z",
    "category": "ManagedIdentitySignInLogs",
    "operationName": "Sign-in activity",
    "resultType": "0",
    "properties": {
        "id": "s1",
        "createdDateTime": "2026-11-20T10:00:00Z",
        "servicePrincipalId": SHARED_PRINCIPAL,
        "servicePrincipalName": "orders-shared",
        "resourceDisplayName": "Azure SQL Database",
        "resourceId": "022907d3-0f1b-48f7-badc-1ba6abab6d66",
        "status": {"errorCode": 0},
    },
}


def test_logs_become_grants_of_cosmos_db_and_of_a_database(project: Project) -> None:
    estate = [identity(), {"id": SERVER, "location": "westeurope"}, {"id": ACCOUNT, "location": "westeurope"}]
    (project.root / "estate.json").write_text(json.dumps(estate))
    lines = [request("Read", 1), request("Query", 2), SIGN_IN]
    (project.root / "logs.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    (project.root / "keyless.policy.yaml").write_text(POLICY)
    assert project("estate", "import", "estate.json").code == 0
    assert project("evidence", "import", "logs.jsonl").code == 0
    told = project("plan", "--out", "plan")
    assert told.code == 0
    plan = json.loads((project.root / "plan" / "plan.json").read_text())
    cosmos, sql = plan["native"]
    assert (cosmos["within"], cosmos["role"]) == ("/dbs/Shop/colls/items", "Cosmos DB Built-in Data Reader")
    assert (sql["scope"], sql["within"], sql["role"]) == (SERVER, "orders", "db_datawriter")
    assert plan["uncovered"] == []
    assert plan["assignments"] == []
    assert cosmos["principal"]["resourceId"] == SHARED
    script = (project.root / "plan" / "az" / "1-grant.sh").read_text()
    assert "az cosmosdb sql role assignment create" in script.replace("\\\n", "").replace("  ", " ")
    assert "CREATE USER [orders-shared] FROM EXTERNAL PROVIDER" in script
