"""The api-versions of Azure Resource Manager's own types, as data.

Source: Azure/azure-rest-api-specs, specification/resources/resource-manager
"""

from __future__ import annotations

from keyless.wire.operation import ApiVersions

SUBSCRIPTIONS = ApiVersions(
    ("2016-06-01", "2018-06-01", "2019-06-01", "2019-11-01", "2020-01-01", "2021-01-01", "2022-12-01")
)
RESOURCES = ApiVersions(
    (
        "2015-11-01",
        "2019-10-01",
        "2020-10-01",
        "2021-01-01",
        "2021-04-01",
        "2022-09-01",
        "2023-07-01",
        "2024-03-01",
        "2024-07-01",
        "2024-11-01",
        "2025-03-01",
        "2025-04-01",
    )
)
"""Resource groups, lists of resources, providers and tags."""
SINCE_2019 = ApiVersions(RESOURCES.known[1:])
"""What of them came later."""
LOCKS = ApiVersions(("2016-09-01", "2020-05-01"))
MANAGEMENT_GROUPS = ApiVersions(("2020-05-01", "2021-04-01", "2023-04-01"))
ACTIVITY_LOG = ApiVersions(("2015-04-01",))
ANY = ApiVersions(("2021-04-01",), open=True)
"""Of what is asked with the version of any provider: resources of types that are not known here."""
