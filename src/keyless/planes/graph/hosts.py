"""The host of Microsoft Graph."""

HOST = "graph.microsoft.com"
HOSTS = frozenset({HOST})
