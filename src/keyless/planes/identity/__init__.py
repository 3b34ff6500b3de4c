"""The managed-identity endpoints that a workload asks for tokens, one module for each kind of host.

All of them answer only the workload that an identity belongs to, and only workloads of their own kind of
host; how a workload proves itself is what they differ in.
"""

from keyless.planes.identity.app_service import app_service_plane
from keyless.planes.identity.arc import arc_plane
from keyless.planes.identity.arc_challenges import Challenges
from keyless.planes.identity.cloud_shell import cloud_shell_plane
from keyless.planes.identity.imds import imds_plane
from keyless.planes.identity.instance import DocumentSigner, instance_plane
from keyless.planes.identity.machine_learning import machine_learning_plane
from keyless.planes.identity.service_fabric import service_fabric_plane

__all__ = [
    "Challenges",
    "DocumentSigner",
    "app_service_plane",
    "arc_plane",
    "cloud_shell_plane",
    "imds_plane",
    "instance_plane",
    "machine_learning_plane",
    "service_fabric_plane",
]
