"""The api-versions of Azure Resource Manager's own types, as data.

Source: Azure/azure-rest-api-specs, specification/resources/resource-manager
"""

from __future__ import annotations

from keyless.wire.operation import ApiVersions

SUBSCRIPTIONS = ApiVersions(
    ("2016-06-01", "2018-06-01", "2019-06-01", "2019-11-01", "2020-01-01", "2021-01-01", "2022-12-01")
)
