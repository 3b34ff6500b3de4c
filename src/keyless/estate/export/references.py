"""What an exported file or a picture of an estate calls principals and scopes: the shortest clear name."""

from __future__ import annotations

from typing import Any

from keyless.estate import naming
from keyless.estate.export.labels import labelled
from keyless.estate.resolve.directory import Directory
from keyless.estate.resolve.people import People
from keyless.estate.resolve.principals import Holder, all_principals, principal_id_of
from keyless.estate.resolve.resources import Resources
from keyless.estate.resolve.roles import Roles
from keyless.estate.roles import role_name
from keyless.model.directory import Group, User
from keyless.model.estate import DeclaredApplication, Estate
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.management import management_group_scope
from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.model.resources import (
    STORE_TYPE,
    VAULT_TYPE,
    key_and_label,
    key_value_scope,
    snapshot_scope,
    vault_object_scope,
)
from keyless.model.roles import RoleDefinition

Document = dict[str, Any]


class References:
    """The names of everything in an estate."""

    def __init__(self, estate: Estate) -> None:
        self.resources = labelled(estate)
        applications: Directory[DeclaredApplication] = Directory("application", "`applications`")
        for application in estate.applications:
            applications.add(application, application.name)
        people = People()
        for user in estate.users:
            people.add_user(user)
        for group in estate.security_groups:
            people.add_group(group)
        self._principals = all_principals(self.resources, applications, people)
        self._holders = {
            principal_id: holder
            for holder in self._principals.everybody.things
            if (principal_id := principal_id_of(holder)) is not None
        }
        self._names = _scope_names(self.resources)
        self.roles = Roles(estate.custom_roles)

    def holder(self, principal_id: str) -> Holder | None:
        """Whose principal id it is; none where it is nobody's in this estate."""
        return self._holders.get(principal_id)

    def principal(self, principal_id: str) -> Document | str:
        """A principal as the file names it."""
        holder = self._holders.get(principal_id)
        if holder is None:
            return principal_id
        name = self._principals.everybody.clear_name(holder)
        if self._principals.everybody.get(name) is holder:
            return name
        return self._told_apart(holder)

    def _told_apart(self, holder: Holder) -> Document:
        """A principal by its kind, where its name is not its alone."""
        if isinstance(holder, ComputeResource):
            return {"compute": self.resources.compute.clear_name(holder)}
        if isinstance(holder, ManagedIdentity):
            return {"identity": self.resources.identities.clear_name(holder)}
        if isinstance(holder, User):
            return {"user": self._principals.people.users.clear_name(holder)}
        if isinstance(holder, Group):
            return {"group": holder.display_name}
        return {"application": holder.name}

    def type_of(self, principal_id: str) -> str:
        """What the reader of the file will take a principal for, where it is not told."""
        return self._principals.type_of(principal_id)

    def role(self, role_definition_id: str) -> str:
        """The name that leads back to just this role; its GUID where there is none."""
        return role_name(role_definition_id, self.roles.custom)

    def role_definition(self, role_definition_id: str) -> RoleDefinition | None:
        """A custom or built-in role; none where there is no such role."""
        from keyless.catalog.roles import role_by_id  # large, and only needed where there are assignments

        return self.roles.custom.get(role_definition_id) or role_by_id(role_definition_id)

    def scope(self, scope: ResourceId) -> Document | str:
        """The scope by name, where the name leads back to just this scope."""
        if scope == subscription_scope(self.resources.tenant.subscription_id):
            return {"subscription": True}
        return self._names.get(scope) or self._object(scope) or self._key_value(scope) or scope.text

    def _object(self, scope: ResourceId) -> Document | None:
        """One secret, key or certificate of a vault."""
        vault = scope.ancestor_of_type(VAULT_TYPE)
        if vault is None or vault not in self._names or not naming.SECRET.allows(scope.name):
            return None
        for noun in ("secret", "key", "certificate"):
            if scope == vault_object_scope(vault, f"{noun}s", scope.name):
                return {**self._names[vault], noun: scope.name}
        return None

    def _key_value(self, scope: ResourceId) -> Document | None:
        """One key-value or snapshot of a store."""
        store = scope.ancestor_of_type(STORE_TYPE)
        if store is None or store not in self._names:
            return None
        if scope == snapshot_scope(store, scope.name) and naming.SNAPSHOT.allows(scope.name):
            return {**self._names[store], "snapshot": scope.name}
        key, label = key_and_label(scope)
        if scope != key_value_scope(store, key, label) or not naming.KEY.allows(key):
            return None
        if label is not None and not naming.LABEL.allows(label):
            return None
        return {**self._names[store], "key": key, **({} if label is None else {"label": label})}


def _scope_names(resources: Resources) -> dict[ResourceId, Document]:
    """How each resource is named as a scope."""
    names: dict[ResourceId, Document] = {}
    for above in resources.management_groups.things:
        names[management_group_scope(above.name)] = {"managementGroup": above.name}
    for group in resources.groups.things:
        names[ResourceId.parse(group.resource_id)] = {"resourceGroup": resources.groups.clear_name(group)}
    for compute in resources.compute.things:
        names[ResourceId.parse(compute.resource_id)] = {"compute": resources.compute.clear_name(compute)}
    for identity in resources.identities.things:
        name = resources.identities.clear_name(identity)
        names[ResourceId.parse(identity.resource_id)] = {"identity": name}
    for vault in resources.vaults.things:
        names[ResourceId.parse(vault.resource_id)] = {"vault": vault.name}
    for store in resources.stores.things:
        names[ResourceId.parse(store.resource_id)] = {"store": store.name}
    return names
