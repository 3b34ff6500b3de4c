"""The collections that more than one part of Keyless reads: the estate's own records.

A plane's own objects (secrets, key-values) are declared beside that plane.
"""

from __future__ import annotations

from keyless.model.access_keys import AccessKey
from keyless.model.clock import Clock
from keyless.model.denies import DenyAssignment
from keyless.model.directory import DirectoryRoleAssignment, Group, MissingPrincipal, User
from keyless.model.events import EventSubscription, ExpiryTold, Told, Waiting
from keyless.model.identities import (
    Application,
    ComputeResource,
    DeletedIdentity,
    FederatedCredential,
    Federation,
    ManagedIdentity,
    Revocation,
    TrustedIssuer,
)
from keyless.model.management import (
    ActivityEvent,
    GenericResource,
    ManagementGroup,
    ManagementLock,
)
from keyless.model.outages import Outage
from keyless.model.resources import (
    ConfigurationStore,
    DeletedStore,
    DeletedVault,
    ResourceGroup,
    Tenant,
    Vault,
)
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.model.workloads import WorkloadRule
from keyless.store.ports import Collection
from keyless.tokens.keys import StoredSigningKey

TENANT = Collection("tenant", Tenant)
"""One record, under ``("tenant",)``."""
CLOCK = Collection("clock", Clock)
"""One record, under ``CLOCK_KEY``."""
CLOCK_KEY = ("clock",)
OUTAGES = Collection("outages", Outage)
"""By endpoint."""
GROUPS = Collection("resource-groups", ResourceGroup)
"""By the id's case-folded text."""
COMPUTE = Collection("compute", ComputeResource)
"""By the id's case-folded text."""
IDENTITIES = Collection("user-assigned-identities", ManagedIdentity)
"""By the id's case-folded text."""
APPLICATIONS = Collection("applications", Application, sealed=True)
"""By client id. Sealed, because a hash of a weak secret can be guessed."""
FEDERATED_CREDENTIALS = Collection("federated-credentials", FederatedCredential)
"""By the owner's case-folded id and the credential's case-folded name."""
TRUSTED_ISSUERS = Collection("trusted-issuers", TrustedIssuer)
"""By the issuer, exactly as its tokens say it."""
REVOCATIONS = Collection("revocations", Revocation)
"""By principal id."""
FEDERATION = Collection("federation", Federation)
"""One record, under ``("federation",)``."""
DELETED_IDENTITIES = Collection("deleted-identities", DeletedIdentity)
"""By the resource's and the principal's case-folded ids; a resource that was made anew has several."""
WORKLOAD_RULES = Collection("workload-rules", WorkloadRule)
"""By case-folded name."""
VAULTS = Collection("vaults", Vault)
"""By case-folded name, which is unique in the cloud."""
STORES = Collection("configuration-stores", ConfigurationStore)
"""By case-folded name, which is unique in the cloud."""
ACCESS_KEYS = Collection("access-keys", AccessKey, sealed=True)
"""By the store's case-folded name and the key's id."""
ASSIGNMENTS = Collection("role-assignments", RoleAssignment)
"""By the assignment's GUID."""
ROLE_DEFINITIONS = Collection("role-definitions", RoleDefinition)
"""Custom roles, by GUID."""
DENY_ASSIGNMENTS = Collection("deny-assignments", DenyAssignment)
"""By the assignment's GUID."""
USERS = Collection("users", User)
"""By principal id."""
SECURITY_GROUPS = Collection("security-groups", Group)
"""By principal id."""
MISSING_PRINCIPALS = Collection("missing-principals", MissingPrincipal)
"""By principal id: those that an import has looked for and not found."""
DIRECTORY_ROLE_ASSIGNMENTS = Collection("directory-role-assignments", DirectoryRoleAssignment)
"""By the assignment's GUID."""
MANAGEMENT_GROUPS = Collection("management-groups", ManagementGroup)
"""By case-folded name."""
LOCKS = Collection("management-locks", ManagementLock)
"""By the scope's case-folded text and the lock's case-folded name."""
RESOURCES = Collection("resources", GenericResource, sealed=True)
"""What was written of resources whose type has no collection of its own, by the id's case-folded text; beside
the record in ``COMPUTE`` of those that have an identity. Sealed, because nobody knows what is in them."""
EVENT_SUBSCRIPTIONS = Collection("event-subscriptions", EventSubscription, sealed=True)
"""By the vault's case-folded name. Sealed, because a webhook's address may hold a key."""
EVENTS_WAITING = Collection("events-waiting", Waiting)
"""By the second of the event (16 digits), a number that tells events of one second apart, and destination."""
EVENTS_TOLD = Collection("events-told", Told)
"""What is no longer waiting, under the same key."""
EXPIRY_TOLD = Collection("expiry-told", ExpiryTold)
"""By the vault's case-folded name, the kind of object, and the object's case-folded name."""
DELETED_VAULTS = Collection("deleted-vaults", DeletedVault)
"""By case-folded name."""
DELETED_STORES = Collection("deleted-configuration-stores", DeletedStore)
"""By case-folded name."""
ACTIVITY_LOG = Collection("activity-log", ActivityEvent)
"""By the second it is of (16 digits), and a number that tells events of one second apart."""
SIGNING_KEYS = Collection("signing-keys", StoredSigningKey, sealed=True)
"""By key id."""
