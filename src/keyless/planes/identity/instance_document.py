"""What the metadata service says of a machine: the compute and network document, and parts of it.

Rules:
- what the estate knows is given: name, location, group, subscription, resource id; `vmId` is derived from the
  resource id. All else has the value of what does not apply, an empty text, as the service has it;
- every value is a text; a field is there from the version on that introduced it;
- the one network interface is the loopback: nothing else is sure to be there.

Pure. Sources: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#instance-metadata,
Azure/azure-rest-api-specs, specification/imds/data-plane, Instance
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keyless.model.estate import derived_guid
from keyless.model.identities import ComputeResource
from keyless.model.resource_id import ResourceId

Node = str | list[Any] | dict[str, Any]

_IMAGE = (
    "communityGalleryImageId",
    "exactVersion",
    "id",
    "offer",
    "publisher",
    "sharedGalleryImageId",
    "sku",
    "version",
)
_SCALE_SET = "Microsoft.Compute/virtualMachineScaleSets"

_SINCE: Mapping[str, str] = {
    "additionalCapabilities": "2021-11-01",
    "azEnvironment": "2018-10-01",
    "customData": "2019-02-01",
    "evictionPolicy": "2020-12-01",
    "extendedLocation": "2021-03-01",
    "host": "2021-11-15",
    "hostGroup": "2021-11-15",
    "isHostCompatibilityLayerVm": "2020-06-01",
    "licenseType": "2020-09-01",
    "osProfile": "2020-07-15",
    "osProfile.disablePasswordAuthentication": "2020-10-01",
    "physicalZone": "2023-11-15",
    "placementGroupId": "2017-08-01",
    "plan": "2018-04-02",
    "platformSubFaultDomain": "2021-10-01",
    "priority": "2020-12-01",
    "provider": "2018-10-01",
    "publicKeys": "2018-04-02",
    "resourceGroupName": "2017-08-01",
    "resourceId": "2019-03-11",
    "securityProfile": "2020-06-01",
    "securityProfile.encryptionAtHost": "2021-11-01",
    "securityProfile.securityType": "2021-12-13",
    "storageProfile": "2019-06-01",
    "storageProfile.imageReference.communityGalleryImageId": "2023-07-01",
    "storageProfile.imageReference.sharedGalleryImageId": "2023-07-01",
    "storageProfile.imageReference.exactVersion": "2023-07-01",
    "storageProfile.resourceDisk": "2021-02-01",
    "subscriptionId": "2017-08-01",
    "tags": "2017-08-01",
    "tagsList": "2019-06-04",
    "userData": "2021-01-01",
    "virtualMachineScaleSet": "2021-03-01",
    "vmScaleSetName": "2017-12-01",
    "zone": "2017-12-01",
}
"""By path below `compute`: the version that introduced a field; what is not here has always been there."""


def vm_id(compute: ComputeResource) -> str:
    """The machine's own GUID, the same for as long as it has its resource id."""
    return derived_guid("vmId", compute.resource_id)


def instance_document(compute: ComputeResource, version: str) -> dict[str, Any]:
    """The whole document, as a version has it."""
    known = _without_later(_compute(compute), version)
    return {"compute": known, "network": {"interface": [_loopback()]}}


def part(document: Node, path: str) -> Node | None:
    """What stands at a path of keys and indexes, compared without case; none where nothing does."""
    node: Node | None = document
    for step in path.strip("/").split("/"):
        if isinstance(node, dict):
            node = next((value for key, value in node.items() if key.casefold() == step.casefold()), None)
        elif isinstance(node, list):
            node = node[int(step)] if step.isascii() and step.isdigit() and int(step) < len(node) else None
        else:
            return None
    return node


def as_text(node: Node) -> str:
    """A part as text: a value as it is, else the names below it, with a slash where more lies below them."""
    if isinstance(node, str):
        return node
    names = node.items() if isinstance(node, dict) else enumerate(node)
    return "\n".join(f"{name}" if isinstance(below, str) else f"{name}/" for name, below in names)


def _without_later(part_of: Mapping[str, Node], version: str, path: str = "") -> dict[str, Node]:
    """A part of the document without what later versions brought; ``path`` is where it stands."""
    return {
        name: _without_later(below, version, f"{path}{name}.") if isinstance(below, dict) else below
        for name, below in part_of.items()
        if _SINCE.get(f"{path}{name}", "") <= version
    }


def _compute(compute: ComputeResource) -> dict[str, Any]:
    scope = ResourceId.parse(compute.resource_id)
    scale_set = scope.ancestor_of_type(_SCALE_SET)
    return {
        "additionalCapabilities": {"hibernationEnabled": "false"},
        "azEnvironment": "AzurePublicCloud",
        "customData": "",
        "evictionPolicy": "",
        "extendedLocation": {"name": "", "type": ""},
        "host": {"id": ""},
        "hostGroup": {"id": ""},
        "isHostCompatibilityLayerVm": "false",
        "licenseType": "",
        "location": compute.location,
        "name": compute.name,
        "offer": "",
        "osProfile": {
            "adminUsername": "",
            "computerName": compute.name,
            "disablePasswordAuthentication": "true",
        },
        "osType": "Linux",
        "physicalZone": "",
        "placementGroupId": "",
        "plan": no_plan(),
        "platformFaultDomain": "0",
        "platformSubFaultDomain": "",
        "platformUpdateDomain": "0",
        "priority": "",
        "provider": (scope.resource_type or "").partition("/")[0],
        "publicKeys": [],
        "publisher": "",
        "resourceGroupName": scope.resource_group or "",
        "resourceId": compute.resource_id,
        "securityProfile": {
            "encryptionAtHost": "false",
            "secureBootEnabled": "false",
            "securityType": "",
            "virtualTpmEnabled": "false",
        },
        "sku": "",
        "storageProfile": _storage(),
        "subscriptionId": scope.subscription_id or "",
        "tags": "",
        "tagsList": [],
        "userData": "",
        "version": "",
        "virtualMachineScaleSet": {"id": scale_set.text if scale_set else ""},
        "vmId": vm_id(compute),
        "vmScaleSetName": scale_set.name if scale_set else "",
        "vmSize": "",
        "zone": "",
    }


def no_plan() -> dict[str, str]:
    """The plan of an image that is none of the marketplace's."""
    return {"name": "", "product": "", "publisher": ""}


def _storage() -> dict[str, Any]:
    return {
        "dataDisks": [],
        "imageReference": dict.fromkeys(_IMAGE, ""),
        "osDisk": {
            "caching": "",
            "createOption": "",
            "diffDiskSettings": {"option": ""},
            "diskSizeGB": "",
            "encryptionSettings": {"enabled": "false"},
            "image": {"uri": ""},
            "managedDisk": {"id": "", "storageAccountType": ""},
            "name": "",
            "osType": "Linux",
            "vhd": {"uri": ""},
            "writeAcceleratorEnabled": "false",
        },
        "resourceDisk": {"size": "0"},
    }


def _loopback() -> dict[str, Any]:
    return {
        "ipv4": {
            "ipAddress": [{"privateIpAddress": "127.0.0.1", "publicIpAddress": ""}],
            "subnet": [{"address": "127.0.0.0", "prefix": "8"}],
        },
        "ipv6": {"ipAddress": []},
        "macAddress": "000000000000",
    }
