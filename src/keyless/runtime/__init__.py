"""A running plane: its project's files, its leases, its control socket, and the client that joins it."""
