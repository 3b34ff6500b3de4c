"""Calls of client libraries that hand a credential over, as they stand in code."""

from keyless.assess.clients.use import ClientUse
from keyless.assess.clients.uses import client_uses

__all__ = ["ClientUse", "client_uses"]
