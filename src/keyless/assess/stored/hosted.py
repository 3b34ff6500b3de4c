"""Whether a repository's databases and caches are the cloud's: the same drivers talk to any server.

Rules:
- a template that deploys the service tells, and so does a host of it in a text of code or of a document;
- only what some repositories run elsewhere is asked for: SQL Server, PostgreSQL, MySQL, Redis, MongoDB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Expr, Literal, within
from keyless.assess.walked import walked

_TYPES: Mapping[str, tuple[str, ...]] = {
    "sql": ("microsoft.sql/", "azurerm_mssql_", "azurerm_sql_", "br/public:avm/res/sql/"),
    "postgres": (
        "microsoft.dbforpostgresql/",
        "azurerm_postgresql_",
        "br/public:avm/res/db-for-postgre-sql/",
    ),
    "mysql": ("microsoft.dbformysql/", "azurerm_mysql_", "br/public:avm/res/db-for-my-sql/"),
    "redis": ("microsoft.cache/", "azurerm_redis_", "azurerm_managed_redis", "br/public:avm/res/cache/redis"),
    "cosmos": ("microsoft.documentdb/", "azurerm_cosmosdb_", "br/public:avm/res/document-db/"),
}
_HOSTS: Mapping[str, tuple[str, ...]] = {
    "sql": (".database.windows.net", ".database.chinacloudapi.cn", ".database.usgovcloudapi.net"),
    "postgres": (".postgres.database.azure.com", ".postgres.cosmos.azure.com"),
    "mysql": (".mysql.database.azure.com",),
    "redis": (".redis.cache.windows.net", ".redis.azure.net", ".redisenterprise.cache.azure.net"),
    "cosmos": (".mongo.cosmos.azure.com", ".mongocluster.cosmos.azure.com", ".documents.azure.com"),
}
ELSEWHERE = frozenset(_TYPES)
"""Services whose drivers talk to servers of one's own as well."""


def hosted(repository: Repository) -> frozenset[str]:
    """The services of ``ELSEWHERE`` that the repository has of the cloud: `repository.view(hosted)`."""
    types = tuple(_types(repository))
    found = {service for service, starts in _TYPES.items() if any(one.startswith(starts) for one in types)}
    waited_for = {service: hosts for service, hosts in _HOSTS.items() if service not in found}
    for text in _texts(repository) if waited_for else ():
        found |= {service for service, hosts in waited_for.items() if any(host in text for host in hosts)}
    return frozenset(found)


def _types(repository: Repository) -> Iterator[str]:
    for template in repository.templates:
        for resource in template.resources:
            yield resource.type.casefold()
            yield resource.arm_type.casefold()
        for module in template.modules:
            yield module.source.casefold()


def _texts(repository: Repository) -> Iterator[str]:
    for site in repository.view(walked).texts:
        yield from _text(site.expression)
    for document in repository.documents:
        for root in document.roots:
            for one in within(root):
                yield from _text(one)


def _text(expression: Expr) -> Iterator[str]:
    if isinstance(expression, Literal) and isinstance(expression.value, str) and "." in expression.value:
        yield expression.value.casefold()
