"""The proxy that a workload's connections go through: CONNECT, absolute-form and direct requests on one port.

`heads` and `bodies` read HTTP without I/O, `answers` says no, `parents` and `outside` reach the world beyond,
`relay` carries the bytes, `connection` is one client, `server` listens.
"""
