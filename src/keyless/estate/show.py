"""An estate as a tree for the terminal: names, ids, keys and labels, no value of a secret or setting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

from keyless.estate.describe import describe_principal, describe_scope, permissions_in_words
from keyless.estate.export.labels import compute_name, group_of
from keyless.estate.export.references import References
from keyless.estate.key_values import REFERENCE_TYPE, STORE_DOMAIN, vault_host
from keyless.estate.selectors import selectors_in_words
from keyless.estate.warnings import warnings_of
from keyless.model.estate import (
    DeclaredAccessKey,
    DeclaredApplication,
    DeclaredSetting,
    Estate,
)
from keyless.model.events import PREFIX, EventSubscription
from keyless.model.identities import ComputeResource, FederatedCredential, ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, ResourceGroup, Vault
from keyless.model.webhooks import without_query

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

_NAME, _FAINT, _WARNING = "bold", "dim", "yellow"


class _Resource(Protocol):
    @property
    def resource_id(self) -> str: ...


R = TypeVar("R", bound=_Resource)


def estate_tree(estate: Estate, orphaned: Iterable[str] = ()) -> Tree:
    """The estate from tenant to key-value, then its role assignments, then what deserves a second look.

    ``orphaned`` are assignments whose identities were deleted, in words.
    """
    from rich.tree import Tree  # only for those who look

    tenant = estate.tenant
    references = References(estate)
    tree = Tree(_line(tenant.name, f"tenant {tenant.tenant_id}"))
    subscription = tree.add(_line(tenant.subscription_name, f"subscription {tenant.subscription_id}"))
    for group in references.resources.groups.things:
        _add_group(subscription, group, estate, references)
    branch = subscription.add(_words("applications")) if estate.applications else subscription
    for application in estate.applications:
        _add_identity(branch, application.name, application, estate.federated_credentials)
    _add_all(tree, "users", (_line(one.display_name, one.user_principal_name) for one in estate.users))
    _add_all(tree, "groups", _groups(estate, references))
    _add_all(tree, "roles of the directory", _directory_roles(estate, references))
    _add_all(subscription, "workloads", _workloads(estate, references))
    _add_all(subscription, "management groups", _management_groups(estate))
    _add_all(subscription, "custom roles", _custom_roles(estate))
    _add_all(subscription, "role assignments", _assignments(estate, references))
    _add_all(subscription, "deny assignments", _denies(estate, references))
    _add_all(subscription, "orphaned role assignments", (_words(one, _WARNING) for one in orphaned))
    _add_all(tree, "warnings", (_words(warning, _WARNING) for warning in warnings_of(estate)))
    return tree


def _add_group(tree: Tree, group: ResourceGroup, estate: Estate, references: References) -> None:
    def here(resources: Iterable[R]) -> list[R]:
        return [one for one in resources if group_of(one.resource_id, references.resources) is group]

    name = references.resources.groups.label(group)
    node = tree.add(_line(name, f"resource group in {group.location}"))
    identities = here(estate.identities)
    branch = node.add(_words("user-assigned identities")) if identities else node
    for identity in identities:
        _add_identity(branch, identity.name, identity, estate.federated_credentials)
    _add_compute(node, here(estate.compute), references)
    _add_vaults(node, here(estate.vaults), estate, references)
    _add_stores(node, here(estate.stores), estate)


def _add_all(tree: Tree, title: str, lines: Iterable[Text]) -> None:
    """A branch with a title, where there is something to put under it."""
    found = list(lines)
    if found:
        branch = tree.add(_words(title))
        for line in found:
            branch.add(line)


def _add_compute(tree: Tree, resources: list[ComputeResource], references: References) -> None:
    branch = tree.add(_words("compute")) if resources else tree
    for compute in resources:
        resource_type = ResourceId.parse(compute.resource_id).resource_type or ""
        node = branch.add(_line(compute_name(compute), resource_type))
        if compute.system_assigned is not None:
            _add_identity(node, "system-assigned", compute.system_assigned)
        for given in compute.user_assigned:
            identity = references.resources.identities.get(given)
            name = given if identity is None else references.resources.identities.clear_name(identity)
            node.add(_line("user-assigned", name))


def _add_vaults(tree: Tree, vaults: list[Vault], estate: Estate, references: References) -> None:
    branch = tree.add(_words("vaults")) if vaults else tree
    for vault in vaults:
        node = branch.add(_line(vault.name, f"https://{vault_host(vault.name)}"))
        for secret in estate.secrets:
            if secret.vault.casefold() == vault.name.casefold():
                node.add(_line(secret.name, secret.source))
        for key in estate.keys:
            if key.vault.casefold() == vault.name.casefold():
                node.add(_line(key.name, f"key, {key.type} {key.curve or key.size or ''}".rstrip()))
        for told in estate.event_subscriptions:
            if told.vault.casefold() == vault.name.casefold():
                node.add(_events(told))
        if not vault.enable_rbac_authorization:
            _add_policies(node, vault, references)


def _events(told: EventSubscription) -> Text:
    places = [told.file or "", without_query(told.webhook) if told.webhook else ""]
    which = ", ".join(one.removeprefix(PREFIX) for one in told.types) or "all"
    return _line("events", f"{which} to {' and '.join(place for place in places if place)}")


def _add_policies(tree: Tree, vault: Vault, references: References) -> None:
    branch = tree.add(_words("access policies"))
    for policy in vault.access_policies:
        through = f", through {policy.application_id} alone" if policy.application_id else ""
        name = describe_principal(policy.object_id, references)
        branch.add(_line(name, permissions_in_words(policy) + through))


def _add_stores(tree: Tree, stores: list[ConfigurationStore], estate: Estate) -> None:
    branch = tree.add(_words("configuration stores")) if stores else tree
    for store in stores:
        node = branch.add(_line(store.name, f"https://{store.name}.{STORE_DOMAIN}"))
        for replica in store.replicas:
            node.add(_line(replica.name, f"replica in {replica.location}"))
        for setting in estate.settings:
            if setting.store.casefold() == store.name.casefold():
                node.add(_setting(setting))
        for key in estate.access_keys:
            if key.store.casefold() == store.name.casefold():
                node.add(_access_key(key, store))


def _setting(setting: DeclaredSetting) -> Text:
    label = "" if setting.label is None else f"label {setting.label}"
    reference = "Key Vault reference" if setting.content_type == REFERENCE_TYPE else ""
    return _line(setting.key, ", ".join(part for part in (label, reference) if part))


def _access_key(key: DeclaredAccessKey, store: ConfigurationStore) -> Text:
    what = "read-only access key" if key.read_only else "access key"
    return _line(key.id, f"{what}, not taken" if store.disable_local_auth else what)


def _assignments(estate: Estate, references: References) -> Iterator[Text]:
    for assignment in estate.assignments:
        role = references.role(assignment.role_definition_id)
        condition = ", under a condition" if assignment.condition else ""
        yield _line(
            describe_principal(assignment.principal_id, references),
            f"{role} on {describe_scope(assignment.scope_id, references)}{condition}",
        )


def _groups(estate: Estate, references: References) -> Iterator[Text]:
    for group in estate.security_groups:
        members = ", ".join(describe_principal(member, references) for member in group.members)
        yield _line(group.display_name, members or "nobody")


def _directory_roles(estate: Estate, references: References) -> Iterator[Text]:
    from keyless.catalog.directory_roles import directory_roles

    known = directory_roles()
    for given in estate.directory_roles:
        role = known.get(given.role_definition_id)
        name = role.name if role is not None else given.role_definition_id
        yield _line(describe_principal(given.principal_id, references), name)


def _management_groups(estate: Estate) -> Iterator[Text]:
    for group in estate.management_groups:
        named = [] if group.display_name == group.name else [group.display_name]
        here = ["holds this subscription"] if estate.tenant.subscription_id in group.subscriptions else []
        above = group.parent if group.parent not in {None, estate.tenant.tenant_id} else ""
        yield _line(group.name, ", ".join([*named, *([f"in {above}"] if above else []), *here]))


def _custom_roles(estate: Estate) -> Iterator[Text]:
    for role in estate.custom_roles:
        granted = [*(a for p in role.permissions for a in p.actions + p.data_actions)]
        yield _line(role.name, ", ".join(granted))


def _denies(estate: Estate, references: References) -> Iterator[Text]:
    for deny in estate.denies:
        denied = [*(a for p in deny.permissions for a in p.actions + p.data_actions)]
        whom = (
            ["everyone"]
            if deny.is_for_all
            else [describe_principal(one.id, references) for one in deny.principals]
        )
        where = describe_scope(deny.scope_id, references)
        condition = ", under a condition" if deny.condition else ""
        yield _line(deny.name, f"{', '.join(whom)}: {', '.join(denied)} on {where}{condition}")


def _workloads(estate: Estate, references: References) -> Iterator[Text]:
    for rule in estate.workloads:
        compute = references.resources.compute.get(rule.runs_as)
        name = rule.runs_as if compute is None else references.resources.compute.clear_name(compute)
        yield _line(rule.name, f"runs as {name}: {selectors_in_words(rule)}")


def _add_identity(
    tree: Tree,
    name: str,
    identity: ManagedIdentity | DeclaredApplication,
    federated: Iterable[FederatedCredential] = (),
) -> None:
    node = tree.add(_line(name))
    node.add(_line("client id", identity.client_id))
    node.add(_line("principal id", identity.principal_id))
    owner = identity.resource_id if isinstance(identity, ManagedIdentity) else identity.client_id
    for credential in federated:
        if credential.owner.casefold() == owner.casefold():
            said = f"{credential.subject} of {credential.issuer} for {credential.audience}"
            node.add(_line(f"federated credential {credential.name}", said))


def _line(name: str, more: str = "") -> Text:
    from rich.text import Text

    return Text.assemble((name, _NAME), (f"  {more}" if more else "", _FAINT))


def _words(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(text, style)
