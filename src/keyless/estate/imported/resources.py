"""Resources of any type: `az resource list`, Resource Graph, templates; what runs code, and what does not.

Rules:
- what has an identity, and what runs code and could have one, is kept as what a workload can run as;
- every other resource is kept by its id, type, kind and tier, so that what happens at it can be named;
- nothing else of a resource is read: its properties hold settings, keys and passwords.

Source: https://learn.microsoft.com/rest/api/resources/resources/list
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keyless.estate.imported.entry import CannotRead, Entry
from keyless.estate.imported.existing import Known
from keyless.estate.imported.hosted import given_identities, hosted_of
from keyless.estate.imported.lookup import Lookup
from keyless.model.identities import ComputeResource
from keyless.model.management import GenericResource
from keyless.model.resource_id import ResourceId

RUNS_CODE = frozenset(
    {
        "microsoft.app/containerapps",
        "microsoft.app/jobs",
        "microsoft.automation/automationaccounts",
        "microsoft.azurestackhci/virtualmachineinstances",
        "microsoft.batch/batchaccounts/pools",
        "microsoft.compute/virtualmachines",
        "microsoft.compute/virtualmachinescalesets",
        "microsoft.containerinstance/containergroups",
        "microsoft.containerservice/managedclusters",
        "microsoft.datafactory/factories",
        "microsoft.hybridcompute/machines",
        "microsoft.kubernetes/connectedclusters",
        "microsoft.logic/workflows",
        "microsoft.machinelearningservices/workspaces",
        "microsoft.machinelearningservices/workspaces/onlineendpoints",
        "microsoft.servicefabric/managedclusters/applications",
        "microsoft.synapse/workspaces",
        "microsoft.web/sites",
        "microsoft.web/sites/slots",
    }
)
"""Case-folded types whose resources run somebody's code."""
_SKU = ("name", "tier", "size", "family", "capacity")


def read_resource(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A resource, and the identities that its entry tells the ids of."""
    place = entry.resource_id()
    if place.resource_type is None:
        raise CannotRead("its `id` is not that of a resource")
    hosted = hosted_of(entry, lookup)
    yield from given_identities(entry)
    if hosted.own is None and not hosted.given and place.resource_type.casefold() not in RUNS_CODE:
        record = GenericResource(place.text, _location(entry), entry.tags(), _body(entry))
        yield Known(record, ("location", "tags", "body"), entry.rank)
        return
    told = ("system_assigned",) if hosted.said else ()
    yield Known(
        ComputeResource(
            place.text,
            place.name,
            _location(entry),
            hosted.own,
            hosted.given,
            tags=entry.tags(),
            body=_body(entry),
        ),
        (*told, "user_assigned", "location", "tags", "body"),
        entry.rank,
    )


def is_inside_group(place: ResourceId) -> bool:
    """Whether an id is that of a resource in a resource group."""
    return place.resource_group is not None and place.resource_type is not None


def _location(entry: Entry) -> str:
    return entry.text("location").replace(" ", "").lower()


def _body(entry: Entry) -> dict[str, Any]:
    """Kind and tier, which say of what sort a resource is and hold nothing else."""
    body: dict[str, Any] = {}
    kind = entry.get("kind")
    if isinstance(kind, str) and kind:
        body["kind"] = kind
    sku = entry.get("sku")
    if isinstance(sku, dict):
        kept = {name: sku[name] for name in _SKU if isinstance(sku.get(name), str | int)}
        if kept:
            body["sku"] = kept
    return body
