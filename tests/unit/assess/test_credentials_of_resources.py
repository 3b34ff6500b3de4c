"""Which properties of resources are stored credentials by themselves."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.repository import Repository
from keyless.assess.sources.read import read
from keyless.assess.stored.all import stored_credentials
from keyless.assess.stored.stored import Stored

BICEP = """@secure()
param password string

resource cluster 'Microsoft.ContainerService/managedClusters@2025-01-01' = {
  name: 'contoso'
  properties: {
    servicePrincipalProfile: {
      clientId: 'application'
      secret: password
    }
  }
}
"""
TERRAFORM = """resource "azuread_service_principal_password" "cluster" {
  service_principal_id = "application"
}

resource "azurerm_kubernetes_cluster" "main" {
  name = "contoso"
  service_principal {
    client_id     = "application"
    client_secret = azuread_service_principal_password.cluster.value
  }
}
"""
BACKEND = """resource orders 'Microsoft.ApiManagement/service/backends@2024-05-01' = {
  name: 'contoso/orders'
  properties: {
    url: 'https://contoso.azurewebsites.net/api'
    credentials: {
      query: {
        code: ['{{orders-key}}']
      }
    }
  }
}
"""


def found_in(path: str, text: str) -> list[tuple[str, int]]:
    return [(one.service, one.place.span.line) for one in stored_in(path, text)]


def stored_in(path: str, text: str) -> tuple[Stored, ...]:
    source = read(path, text.encode())
    assert source is not None
    return stored_credentials(Repository([source], datetime.date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [("main.bicep", BICEP, 9), ("main.tf", TERRAFORM, 9)],
    ids=["bicep", "terraform"],
)
def test_the_secret_of_an_application_that_a_cluster_signs_in_as_is_one(
    path: str, text: str, line: int
) -> None:
    assert found_in(path, text) == [("entra", line)]


def test_a_cluster_with_an_identity_has_none() -> None:
    text = BICEP.replace("clientId: 'application'", "clientId: 'msi'").replace("      secret: password\n", "")
    assert not found_in("main.bicep", text)


def test_a_key_of_a_function_that_a_gateway_sends_along_is_one_under_its_named_value() -> None:
    (found,) = stored_in("main.bicep", BACKEND)
    assert (found.service, found.place.span.line, found.flow.name) == ("functions", 7, "orders-key")


def test_a_property_that_is_empty_holds_none() -> None:
    assert not found_in("main.bicep", BICEP.replace("secret: password", "secret: ''"))
