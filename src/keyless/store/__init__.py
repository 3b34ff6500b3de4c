"""Durable state: the ports that the planes speak to, the sealing of secrets at rest, and the adapters."""
