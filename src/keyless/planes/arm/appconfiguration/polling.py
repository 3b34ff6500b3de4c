"""What a long-running operation on a store answers first: where to ask how it went.

Source: Azure/azure-rest-api-specs, specification/appconfiguration/resource-manager/Microsoft.AppConfiguration
"""

from __future__ import annotations

from typing import Any

from keyless.model.resources import ConfigurationStore
from keyless.planes.arm.appconfiguration.access import PROVIDER
from keyless.planes.arm.long_running import Done, Poll, reply
from keyless.wire.call import Authorized, Reply


def polled(
    call: Authorized[Any], done: Done, store: ConfigurationStore, *, status: int = 202, body: object = None
) -> Reply:
    """The answer to an operation that its caller asks after by `Azure-AsyncOperation`."""
    return reply(
        call, done, namespace=PROVIDER, location=store.location, polls=Poll.STATUS, status=status, body=body
    )
