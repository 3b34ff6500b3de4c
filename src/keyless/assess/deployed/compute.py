"""Which resources run code of the user, or sign in to others on their own.

Rules:
- hosts of applications and machines come first; what moves data or orchestrates (Data Factory, Logic Apps,
  Automation) has connections of its own and counts as well;
- a slot is a host beside its app.
"""

from __future__ import annotations

_APPS = (
    "Microsoft.Web/sites",
    "Microsoft.Web/sites/slots",
    "Microsoft.App/containerApps",
    "Microsoft.App/jobs",
    "Microsoft.ContainerInstance/containerGroups",
    "Microsoft.AppPlatform/Spring/apps",
)
_MACHINES = (
    "Microsoft.Compute/virtualMachines",
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.ContainerService/managedClusters",
)
_RUNNERS = (
    "Microsoft.Logic/workflows",
    "Microsoft.Automation/automationAccounts",
)
_MOVERS = (
    "Microsoft.DataFactory/factories",
    "Microsoft.StreamAnalytics/streamingjobs",
)
_HOSTS = frozenset(one.casefold() for one in _APPS)
_ALL = frozenset(one.casefold() for one in (*_APPS, *_MACHINES, *_RUNNERS, *_MOVERS))


def is_compute(arm_type: str) -> bool:
    """Whether a type runs code, or signs in to others."""
    return arm_type.casefold() in _ALL


def is_app_host(arm_type: str) -> bool:
    """Whether a type runs an application with settings."""
    return arm_type.casefold() in _HOSTS


def is_machine(arm_type: str) -> bool:
    """Whether a type is a machine, or a cluster of them."""
    return arm_type.casefold() in {one.casefold() for one in _MACHINES}


def is_mover_of_data(arm_type: str) -> bool:
    """Whether a type runs nothing of the user's, and moves data by connections of its own."""
    return arm_type.casefold() in {one.casefold() for one in _MOVERS}
