"""Role assignments of Cosmos DB's own: `az cosmosdb sql role assignment list`, Terraform, templates.

They are kept as the resources that they are, with whom, what and where: roles of Azure they are none.

Source: https://learn.microsoft.com/rest/api/cosmos-db-resource-provider/sql-resources/list-sql-role-assignments
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.estate.imported.entry import CannotRead, Entry, as_guid
from keyless.estate.imported.existing import Known
from keyless.estate.imported.lookup import Lookup
from keyless.model.management import GenericResource

_KINDS = ("dbs", "colls")


def read_cosmos_assignment(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A role assignment of an account."""
    place = entry.resource_id()
    told = entry.needed("scope").strip("/").split("/")
    at = next((number for number, word in enumerate(told) if word.casefold() == "dbs"), len(told))
    path = told[at:]
    if path and [word.casefold() for word in path[::2]] != list(_KINDS[: len(path) // 2]):
        raise CannotRead("`scope` is not a place of an account")
    body = {
        "principalId": lookup.principal(entry, "principalId"),
        "roleDefinitionId": as_guid(entry.needed("roleDefinitionId").rpartition("/")[2], "roleDefinitionId"),
        "scope": "/" + "/".join(path),
    }
    yield Known(GenericResource(place.text, "", body={"properties": body}), ("body",), entry.rank)
