"""From an empty directory to a workload that runs, with the Azure CLI alone; then it is a file."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable

import pytest
from azure_cli import AZ, MISSING
from keyless_command import Project, app

ME = "me=$(az ad signed-in-user show --query id --output tsv)"
ESTATE = f"""
set -e
az group create --name orders-rg --location westeurope
az keyvault create --name contoso-fresh --resource-group orders-rg --location westeurope
az resource create --resource-group orders-rg --name web --resource-type Microsoft.Web/sites \\
  --is-full-object --properties '{{"location": "westeurope", "identity": {{"type": "SystemAssigned"}}}}'
{ME}
vault=$(az keyvault show --name contoso-fresh --query id --output tsv)
web=$(az resource show --resource-group orders-rg --name web --resource-type Microsoft.Web/sites \\
  --query identity.principalId --output tsv)
az role assignment create --assignee "$me" --role "Key Vault Secrets Officer" --scope "$vault"
az role assignment create --assignee-object-id "$web" --assignee-principal-type ServicePrincipal \\
  --role "Key Vault Secrets User" --scope "$vault"
az keyvault secret set --vault-name contoso-fresh --name db-password --value made-with-az
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel says here who asks")
def test_from_nothing_an_estate_is_made_with_az_and_a_workload_runs_in_it(
    project: Project, skip_loudly: Callable[[str], None]
) -> None:
    if not AZ.exists():
        skip_loudly(MISSING)
    script = ESTATE.replace("az ", f"{shlex.quote(str(AZ))} ")
    made = project("shell", "--offline", "--", "/bin/sh", "-c", script)
    assert made.code == 0, made.err
    read = app('say(secret("contoso-fresh", "db-password"))')
    ran = project("run", "--offline", *read)
    assert (ran.code, ran.out) == (0, "made-with-az\n"), ran.err
    exported = project("estate", "export").out
    project.estate.write_text(exported)
    assert "Key Vault Secrets User" in exported
    assert "Key Vault Secrets Officer" not in exported, "that is the owner's own"
    project.environment["CONTOSO_FRESH_DB_PASSWORD"] = "from the file"
    again = project("run", "--fresh", "--offline", *read)
    assert (again.code, again.out) == (0, "from the file\n"), again.err
    planned = project("plan", "--format", "json")
    assert planned.code == 0, planned.err
    assert "Key Vault Secrets User" in planned.out
