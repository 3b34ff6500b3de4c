"""Keyless: workloads on managed identities, with the least privilege, proved before anything is deployed."""

__version__ = "0.1.0"
