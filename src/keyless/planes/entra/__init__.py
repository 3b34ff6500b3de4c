"""Entra's login hosts: discovery, signing keys, and tokens for applications with a client secret."""

from keyless.planes.entra.plane import entra_plane

__all__ = ["entra_plane"]
