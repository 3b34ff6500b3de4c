"""What is allowed in an estate, but deserves a second look. The user is told by ``keyless estate show``.

One function finds one kind of thing; ``ALL`` lists them. No message holds a secret's value.

Sources: https://learn.microsoft.com/azure/role-based-access-control/best-practices,
https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyless.authz.conditions import parse
from keyless.authz.conditions.attributes import attribute_problems
from keyless.estate.describe import describe_assignment, describe_principal, describe_scope
from keyless.estate.export.references import References
from keyless.estate.key_values import vault_host
from keyless.estate.resolve.secrets import AS_TEXT
from keyless.estate.workload_rules import rules_that_overlap, rules_without_match
from keyless.lifecycle.store_tiers import FREE
from keyless.model.estate import Estate
from keyless.model.nearest import nearest, quoted_list
from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, key_value_scope, secret_scope, vault_object_scope
from keyless.model.roles import RoleAssignment
from keyless.model.vault_references import Target, is_reference, read_target

_UNDECLARED = (f"{VAULT_TYPE}/certificates", f"{STORE_TYPE}/snapshots")
"""What a file declares none of, so that a role on one is on nothing for all that it knows."""

Finder = Callable[[Estate, References], Iterator[str]]


def warnings_of(estate: Estate, *, resolved: bool = False) -> tuple[str, ...]:
    """Everything that deserves a second look, kind by kind.

    Where Key Vault references are ``resolved`` beside this, nothing is said of them.
    """
    references = References(estate)
    finders = [find for find in ALL if not (resolved and find is dangling_references)]
    return tuple(warning for find in finders for warning in find(estate, references))


def orphaned_assignments(estate: Estate, references: References) -> Iterator[str]:
    """Roles of principals that are gone: a role assignment outlives its identity."""
    for assignment in estate.assignments:
        service = assignment.principal_type == "ServicePrincipal"
        if service and references.holder(assignment.principal_id) is None:
            yield (
                f"orphaned: {describe_assignment(assignment, references)}, but nothing here has that "
                "principal id; take the assignment out, or declare whose it is"
            )


def broad_assignments(estate: Estate, references: References) -> Iterator[str]:
    """Roles that grant everything, or hold in more than one resource."""
    for assignment in estate.assignments:
        why = [
            *(
                ["the role grants every management action"]
                if _grants_everything(assignment, references)
                else []
            ),
            *(["it holds in every resource there"] if _above_resources(assignment.scope_id) else []),
        ]
        if why:
            yield (
                f"over-broad: {describe_assignment(assignment, references)}; {' and '.join(why)}; "
                "`keyless plan` finds the least that is needed"
            )


def _grants_everything(assignment: RoleAssignment, references: References) -> bool:
    role = references.role_definition(assignment.role_definition_id)
    return role is not None and any("*" in permission.actions for permission in role.permissions)


def _above_resources(scope: ResourceId) -> bool:
    return scope.resource_type is None or scope.is_type("Microsoft.Management/managementGroups")


def conditions_in_vain(estate: Estate, references: References) -> Iterator[str]:
    """Conditions that look at what nothing supplies as they use it: a clause on it never holds."""
    said = {describe_assignment(one, references): one.condition for one in estate.assignments}
    said |= {f"deny assignment {one.name}": one.condition for one in estate.denies}
    for what, condition in said.items():
        for problem in attribute_problems(parse(condition)) if condition else ():
            yield f"condition: of {what}: {problem.message}"


def repeated_assignments(estate: Estate, references: References) -> Iterator[str]:
    """Roles that the same principal already has further up."""
    for assignment in estate.assignments:
        wider = next((other for other in estate.assignments if _covers(other, assignment)), None)
        if wider is not None:
            above = describe_scope(wider.scope_id, references)
            yield f"repeated: {describe_assignment(assignment, references)}, which it has on {above} already"


def _covers(wider: RoleAssignment, narrower: RoleAssignment) -> bool:
    same = (wider.principal_id, wider.role_definition_id) == (
        narrower.principal_id,
        narrower.role_definition_id,
    )
    return (
        same
        and wider.condition is None
        and wider.scope_id != narrower.scope_id
        and wider.scope_id.contains(narrower.scope_id)
    )


def assignments_of_nothing(estate: Estate, references: References) -> Iterator[str]:
    """Roles on secrets, keys, key-values, vaults and stores that the estate does not have."""
    known = _objects(estate)
    ids = [vault.resource_id for vault in estate.vaults] + [store.resource_id for store in estate.stores]
    containers = set(map(ResourceId.parse, ids))
    for assignment in estate.assignments:
        scope = assignment.scope_id
        container = scope.ancestor_of_type(VAULT_TYPE) or scope.ancestor_of_type(STORE_TYPE)
        if container is None or scope in known or scope in containers or _is_undeclared(scope):
            continue
        siblings = [one.name for one in known if container.contains(one)] if container in containers else []
        yield (
            f"nothing there: {describe_assignment(assignment, references)}, which this estate does not "
            f"declare{_perhaps(scope.name, siblings)}"
        )


def _is_undeclared(scope: ResourceId) -> bool:
    return any(map(scope.is_type, _UNDECLARED))


def _objects(estate: Estate) -> set[ResourceId]:
    """The scopes of all declared secrets, keys and key-values."""
    vaults = {vault.name: ResourceId.parse(vault.resource_id) for vault in estate.vaults}
    stores = {store.name: ResourceId.parse(store.resource_id) for store in estate.stores}
    held = {secret_scope(vaults[one.vault], one.name) for one in estate.secrets if one.vault in vaults}
    held |= {
        vault_object_scope(vaults[one.vault], "keys", one.name) for one in estate.keys if one.vault in vaults
    }
    return held | {
        key_value_scope(stores[one.store], one.key, one.label)
        for one in estate.settings
        if one.store in stores
    }


def _perhaps(name: str, known: list[str]) -> str:
    near = nearest(name, known, 1)
    return f"; is it {quoted_list(near)}?" if near else ""


def dangling_references(estate: Estate, references: References) -> Iterator[str]:
    """Key Vault references to secrets that the estate's own vaults do not declare."""
    secrets: dict[str, list[str]] = {vault_host(vault.name).casefold(): [] for vault in estate.vaults}
    for secret in estate.secrets:
        secrets.setdefault(vault_host(secret.vault).casefold(), []).append(secret.name)
    for setting in estate.settings:
        target = read_target(setting.value) if is_reference(setting.content_type) else None
        if not isinstance(target, Target) or target.host not in secrets:
            continue
        name, declared = target.secret, secrets[target.host]
        if name.casefold() not in {one.casefold() for one in declared}:
            yield (
                f"nothing there: `{setting.key}` of store {setting.store} refers to secret {name} of vault "
                f"{target.vault}, which this estate does not declare{_perhaps(name, declared)}"
            )


def idle_identities(estate: Estate, references: References) -> Iterator[str]:
    """User-assigned identities that nothing can use: no compute resource, and no other issuer's token."""
    given = {ResourceId.parse(one) for compute in estate.compute for one in compute.user_assigned}
    federated = {one.owner.casefold() for one in estate.federated_credentials}
    for identity in estate.identities:
        if identity.resource_id.casefold() in federated:
            continue
        if ResourceId.parse(identity.resource_id) not in given:
            yield (
                f"idle: no compute resource has the user-assigned identity {identity.name}; list it in the "
                "`userAssigned` of one, or give it `federatedCredentials`"
            )


def idle_issuers(estate: Estate, references: References) -> Iterator[str]:
    """Issuers that no federated credential names."""
    named = {one.issuer for one in estate.federated_credentials}
    for issuer in estate.issuers:
        if issuer.issuer not in named:
            yield (
                f"idle: no federated credential names the issuer {issuer.issuer}; is it spelled in the same "
                "way there?"
            )


def compute_without_identity(estate: Estate, references: References) -> Iterator[str]:
    """Compute resources whose code cannot get a token."""
    for compute in estate.compute:
        if compute.system_assigned is None and not compute.user_assigned:
            yield (
                f"no identity: code on {compute.name} cannot get a token; add "
                "`identity: {systemAssigned: true}`"
            )


def unlikely_hosts(estate: Estate, references: References) -> Iterator[str]:
    """Compute resources of types that, as far as is known, host no such identity."""
    from keyless.catalog.services import IdentitySupport, identity_support

    for compute in estate.compute:
        resource_type = ResourceId.parse(compute.resource_id).resource_type or ""
        support = identity_support(resource_type)
        if support is None:
            wanted = "managed identities"
        elif support is IdentitySupport.SYSTEM_ASSIGNED and compute.user_assigned:
            wanted = "user-assigned identities"
        elif support is IdentitySupport.USER_ASSIGNED and compute.system_assigned is not None:
            wanted = "a system-assigned identity"
        else:
            continue
        yield f"unlikely: a `{resource_type}` such as {compute.name} is not known to host {wanted}"


def secrets_in_the_file(estate: Estate, references: References) -> Iterator[str]:
    """Secrets whose values stand in the estate file, for everybody who can read it."""
    for secret in estate.secrets:
        if secret.source == AS_TEXT:
            yield (
                f"readable: the value of secret {secret.name} of vault {secret.vault} stands in the estate "
                "file; take it from `env:` or `file:` if it is a real one"
            )


def stored_credentials(estate: Estate, references: References) -> Iterator[str]:
    """Applications that sign in with a secret, or with a certificate, whose private key is one."""
    for application in estate.applications:
        kinds = ["a client secret"] if application.client_secret is not None else []
        kinds += ["a certificate"] if application.certificates else []
        if kinds:
            yield (
                f"stored credential: {describe_principal(application.principal_id, references)} signs in "
                f"with {' and '.join(kinds)}; run it on a compute resource with a managed identity instead"
            )


def access_keys(estate: Estate, references: References) -> Iterator[str]:
    """Access keys, each a stored credential that opens the whole store; unless the store takes none."""
    closed = {store.name.casefold() for store in estate.stores if store.disable_local_auth}
    for key in estate.access_keys:
        if key.store.casefold() not in closed:
            yield (
                f"stored credential: the access key {key.id} opens store {key.store}; use a managed identity "
                "with a role there, then set `disableLocalAuth: true`"
            )


def policies_without_effect(estate: Estate, references: References) -> Iterator[str]:
    """Access policies of vaults in which roles decide."""
    for vault in estate.vaults:
        if vault.enable_rbac_authorization and vault.access_policies:
            yield (
                f"without effect: the access policies of vault {vault.name}, in which roles decide; take "
                "them out, or write `enableRbacAuthorization: false`"
            )


def vaults_of_policies(estate: Estate, references: References) -> Iterator[str]:
    """Vaults in which whoever may write them can let himself in."""
    for vault in estate.vaults:
        if not vault.enable_rbac_authorization:
            yield (
                f"access policies: vault {vault.name} heeds no roles for what it holds, and whoever may "
                "write it can give himself a policy; `keyless plan` finds the roles that replace its policies"
            )


def crowded_free_stores(estate: Estate, references: References) -> Iterator[str]:
    """Free stores beyond the one that a subscription has in a region."""
    first: dict[str, str] = {}
    for store in estate.stores:
        if store.sku == FREE and first.setdefault(store.location.casefold(), store.name) != store.name:
            yield (
                f"one too many: a subscription has one free store in a region, and {store.name} is in "
                f"{store.location} beside {first[store.location.casefold()]}; give it another `sku`"
            )


ALL: tuple[Finder, ...] = (
    orphaned_assignments,
    broad_assignments,
    conditions_in_vain,
    repeated_assignments,
    assignments_of_nothing,
    dangling_references,
    compute_without_identity,
    idle_identities,
    idle_issuers,
    unlikely_hosts,
    rules_without_match,
    rules_that_overlap,
    secrets_in_the_file,
    policies_without_effect,
    vaults_of_policies,
    stored_credentials,
    access_keys,
    crowded_free_stores,
)
