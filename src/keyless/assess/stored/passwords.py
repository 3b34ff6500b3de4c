"""Passwords of the cloud's databases, by where they come from: what else gets the same value opens them.

Rules:
- what a server is given as its administrator's password, followed back, is the origin: a parameter of a file,
  or a place; a setting that gets its value from there as well holds that server's password.
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.assess.deployed.all import deployed
from keyless.assess.flows.flow import Flow
from keyless.assess.flows.origins import template_origins
from keyless.assess.repository import Repository

_SERVERS: Mapping[str, str] = {
    "microsoft.sql/servers": "sql",
    "microsoft.sql/managedinstances": "sqlmi",
    "microsoft.dbforpostgresql/flexibleservers": "postgres",
    "microsoft.dbforpostgresql/servers": "postgres",
    "microsoft.dbformysql/flexibleservers": "mysql",
    "microsoft.dbformysql/servers": "mysql",
    "microsoft.documentdb/mongoclusters": "mongo-vcore",
}
_PROPERTIES = ("properties.administratorLoginPassword", "properties.administrator.password")


def server_of(repository: Repository, flow: Flow) -> str:
    """The service of the server whose password a flow brings; empty where it is no server's."""
    return repository.view(_server_passwords).get(_key(flow), "")


def _key(flow: Flow) -> tuple[str, str | int]:
    return flow.place.path, flow.name or flow.place.span.start


def _server_passwords(repository: Repository) -> Mapping[tuple[str, str | int], str]:
    found: dict[tuple[str, str | int], str] = {}
    for one in repository.view(deployed):
        service = _SERVERS.get(one.arm_type.casefold())
        for path in _PROPERTIES if service is not None else ():
            expression = one.value(path).expression
            flows = () if expression is None else template_origins(repository, one.template, expression)
            for flow in flows:
                found.setdefault(_key(flow), service or "")
    return found
