"""The managed-identity endpoints that a workload asks for tokens: App Service's, and the metadata service's.

Both answer only the workload that an identity belongs to; how it proves itself is what they differ in.
"""

from keyless.planes.identity.app_service import app_service_plane
from keyless.planes.identity.imds import imds_plane

__all__ = ["app_service_plane", "imds_plane"]
