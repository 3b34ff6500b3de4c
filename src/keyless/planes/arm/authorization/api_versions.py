"""The api-versions of Microsoft.Authorization, as data, and what became part of the wire with which.

Source: Azure/azure-rest-api-specs, specification/authorization/resource-manager/Microsoft.Authorization
"""

from __future__ import annotations

from keyless.wire.operation import ApiVersions

CLASSIC = ApiVersions(("2015-07-01",))
OF_ASSIGNMENTS = ApiVersions(("2015-07-01", "2018-01-01-preview", "2022-04-01"))
OF_DENIES = ApiVersions(("2022-04-01",))
OF_DEFINITIONS = ApiVersions((*OF_ASSIGNMENTS.known, "2022-05-01-preview"))
"""Role definitions, and the permissions that the caller has."""
OF_OPERATIONS = OF_ASSIGNMENTS

_WITHOUT_DETAILS = frozenset({"2015-07-01", "2018-01-01-preview"})
_WITH_CONDITIONS_OF_ROLES = frozenset({"2022-05-01-preview"})


def tells_details(version: str) -> bool:
    """Whether the version knows types of principals, conditions, descriptions, and who changed what when."""
    return version not in _WITHOUT_DETAILS


def tells_conditions_of_roles(version: str) -> bool:
    """Whether the version shows the conditions that permission blocks of roles have."""
    return version in _WITH_CONDITIONS_OF_ROLES


def tells_data_actions(version: str) -> bool:
    """Whether the version knows actions on data."""
    return version != "2015-07-01"
