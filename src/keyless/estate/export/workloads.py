"""Workload rules as an exported file writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keyless.estate.resolve.resources import Resources
from keyless.estate.selectors import selectors_of
from keyless.model.workloads import WorkloadRule

Document = dict[str, Any]


def workloads_document(rules: Iterable[WorkloadRule], resources: Resources) -> Document:
    """The rules by name. One whose compute resource is gone lets nobody in, and is left out."""
    return {
        rule.name: {"runsAs": resources.compute.clear_name(compute), **selectors_of(rule)}
        for rule in rules
        if (compute := resources.compute.get(rule.runs_as)) is not None
    }
