"""What a client takes instead of a connection string: the address of its resource, as templates say it.

Rules:
- a client is known by its name, and the resource by its type: only where both fit is there an address;
- Service Bus and Event Hubs take the full name of the namespace, the others an endpoint.

Sources: https://learn.microsoft.com/azure/templates/,
https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keyless.assess.deployed.deployed import Deployed
from keyless.assess.syntax.templates import Dialect, Resource


class Address(msgspec.Struct, frozen=True):
    """The type of the resource, and its address in Bicep and Terraform, by its symbol; ``uri`` is whether
    .NET takes it as a `Uri`, ``java`` the method of a builder."""

    arm_type: str
    bicep: str
    terraform: str
    uri: bool = True
    java: str = "endpoint"

    def of(self, found: Deployed) -> str | None:
        """The address of a resource; none where its file cannot say it by its symbol alone."""
        declared = found.declared
        if not isinstance(declared, Resource) or declared.repeated is not None:
            return None
        match found.template.dialect:
            case Dialect.BICEP if found.symbol.isidentifier():
                return self.bicep.format(found.symbol)
            case Dialect.TERRAFORM if "azurerm_" in found.symbol:
                return self.terraform.format(found.symbol)
            case _:
                return None


_STORAGE = "Microsoft.Storage/storageAccounts"
_BLOB = Address(_STORAGE, "{0}.properties.primaryEndpoints.blob", "{0}.primary_blob_endpoint")
_QUEUE = Address(_STORAGE, "{0}.properties.primaryEndpoints.queue", "{0}.primary_queue_endpoint")
_TABLE = Address(_STORAGE, "{0}.properties.primaryEndpoints.table", "{0}.primary_table_endpoint")
_CONFIGURATION = Address(
    "Microsoft.AppConfiguration/configurationStores", "{0}.properties.endpoint", "{0}.endpoint"
)
_SERVICE_BUS = Address(
    "Microsoft.ServiceBus/namespaces",
    "'${{{0}.name}}.servicebus.windows.net'",
    '"${{{0}.name}}.servicebus.windows.net"',
    uri=False,
    java="fullyQualifiedNamespace",
)
_EVENT_HUBS = Address(
    "Microsoft.EventHub/namespaces", _SERVICE_BUS.bicep, _SERVICE_BUS.terraform, uri=False, java="credential"
)
_COSMOS = Address(
    "Microsoft.DocumentDB/databaseAccounts", "{0}.properties.documentEndpoint", "{0}.endpoint", uri=False
)
ADDRESSES: Mapping[str, Address] = {
    "BlobServiceClient": _BLOB,
    "BlobServiceClientBuilder": _BLOB,
    "QueueServiceClient": _QUEUE,
    "QueueServiceClientBuilder": _QUEUE,
    "TableServiceClient": _TABLE,
    "TableServiceClientBuilder": _TABLE,
    "ConfigurationClient": _CONFIGURATION,
    "ConfigurationClientBuilder": _CONFIGURATION,
    "AzureAppConfigurationClient": _CONFIGURATION,
    "AppConfigurationClient": _CONFIGURATION,
    "ServiceBusClient": _SERVICE_BUS,
    "ServiceBusClientBuilder": _SERVICE_BUS,
    "EventHubProducerClient": _EVENT_HUBS,
    "EventHubBufferedProducerClient": _EVENT_HUBS,
    "EventHubConsumerClient": _EVENT_HUBS,
    "EventHubClientBuilder": _EVENT_HUBS,
    "CosmosClient": _COSMOS,
}
"""By the client."""
