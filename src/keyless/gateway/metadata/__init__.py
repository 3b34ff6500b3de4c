"""The metadata endpoint at a bare address: callers are known by their processes, and by nothing they send.

`server` listens, `caller` is one connection's process, `way` decides on one request.
"""
