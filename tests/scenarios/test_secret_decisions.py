"""`keyless plan` on secrets: what becomes of them, by what they look like, and never what they are."""

from __future__ import annotations

import base64
import json

from keyless_command import Project, app

PLANTED = "PLANTED6fe1hunter2"
KEY = base64.b64encode((PLANTED * 4)[:64].encode()).decode()
ESTATE = f"""
version: 1
resourceGroups:
  orders-rg:
    vaults:
      contoso-orders:
        secrets:
          storage: "DefaultEndpointsProtocol=https;AccountName=orders;AccountKey={KEY}"
          partner: "{PLANTED}"
          db: "Server=orders.database.windows.net;Database=shop;User ID=sa;Password={PLANTED}"
          webhook: "https://hooks.chat.example/services/T00000000/{PLANTED}aZ09"
          timeout: "30"
    configurationStores:
      contoso-orders:
        settings:
          - {{key: "Partner:Password", value: "{PLANTED}"}}
          - {{key: "Partner:Title", value: "Orders"}}
"""
POLICY = """
secrets:
  owner: platform
  named:
    partner: {owner: billing, reason: they take no identities, rotateEveryDays: 30}
"""
READS = """
for _ in range(3):
    secret("contoso-orders", "db")
"""


def test_what_becomes_of_secrets_is_told_without_a_single_value(project: Project) -> None:
    project.estate.write_text(ESTATE)
    (project.root / "keyless.policy.yaml").write_text(POLICY)
    (project.root / "app.py").write_text('connect(client.get_secret("db").value)\n')
    ran = [project("run", "--learn", *app(READS))]
    formats = ("table", "json", "bicep", "terraform", "terraform-azapi", "arm", "estate")
    ran += [project("plan", "--format", wanted) for wanted in formats]
    ran.append(project("plan", "--out", "deploy"))
    assert [one.code for one in ran] == [0] * len(ran), [one.err for one in ran]

    plan = json.loads(ran[2].out)
    found = {one["name"]: one for one in plan["secrets"]}
    assert {name: one["fate"] for name, one in found.items()} == {
        "storage": "removable",
        "db": "removable",
        "partner": "kept",
        "webhook": "kept",
        "timeout": "configuration",
        "Partner:Password": "to-vault",
    }
    assert (found["partner"]["owner"], found["partner"]["rotateEveryDays"]) == ("billing", 30)
    assert (found["webhook"]["owner"], found["db"]["reads"]) == ("platform", 3)
    assert found["db"]["places"] == [{"file": "app.py", "line": 1}]
    assert "app.py:1" in ran[1].out

    texts = [one.out + one.err for one in ran]
    texts += [file.read_text() for file in (project.root / "deploy").rglob("*") if file.is_file()]
    texts.append((project.state / "plan.json").read_text())
    for text in texts:
        assert PLANTED not in text
        assert KEY[:20] not in text
