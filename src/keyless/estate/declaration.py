"""Which keys ``keyless.yaml`` has, what they hold and what they mean: the one place that says so.

The docstrings and descriptions here are the texts of the JSON schema and of the reference page.
"""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.conditions import ConditionText
from keyless.estate.shapes.containers import Entries, ListOf, ListOrMap, MapOf
from keyless.estate.shapes.record import Alternatives, Record, RecordOf, defaulted, optional, required
from keyless.estate.shapes.scalars import Moment, Text, WholeNumber, Word, YesOrNo
from keyless.model.access_policies import ALL, PERMISSIONS
from keyless.model.derived_ids import DEFAULT_LOCATION, DEFAULT_NAME
from keyless.model.federated_credentials import DEFAULT_AUDIENCE, MOST
from keyless.model.hosts import HostKind
from keyless.model.identities import RunsOn

VERSION = 1
PRINCIPAL_TYPES = ("ServicePrincipal", "User", "Group", "ForeignGroup", "Device")

_REFERENCE = Where(Text(naming.REFERENCE))
_GUID = Where(Text(naming.GUID))
_TAGS = MapOf(Text(naming.TAG_NAME), Text(naming.TAG_VALUE), "tags", ignore_case=False, at_most=15)
_SETTING_TAGS = MapOf(Text(naming.SETTING_TAG), Text(naming.SETTING_TAG), "tags", ignore_case=False)
_NO_TAGS: Entries[str] = Entries()
_ACTIONS = ListOf(Text(naming.ACTION), "actions")


def _permissions(kind: str) -> ListOf[str]:
    return ListOf(Word("a permission", *PERMISSIONS[kind], ALL), "permissions")


class TenantEntry(Record, title="a tenant", short="name"):
    """The Microsoft Entra tenant. Its name alone is enough: the id is then derived from it."""

    name = required(Text(naming.TENANT), "What people call it.")
    id = optional(Text(naming.GUID), "The tenant id that tokens carry. Left out: derived from the name.")


class SubscriptionEntry(Record, title="a subscription", short="name"):
    """The subscription that every resource of the estate lies in. Its name alone is enough."""

    name = required(Text(naming.SUBSCRIPTION), "What people call it.")
    id = optional(Text(naming.GUID), "The subscription id. Left out: derived from tenant and name.")


class FederatedCredentialEntry(Record, title="a federated credential"):
    """Whose token may be exchanged for one of ours."""


class IssuersCredential(FederatedCredentialEntry, told_by="issuer"):
    """A token of an issuer. All three are compared exactly, case included."""

    issuer = required(Where(Text(naming.ISSUER)), "Who issues the token: its `iss`.")
    subject = required(Where(Text(naming.SUBJECT)), "Whom it is about: its `sub`.")
    audience = defaulted(Text(naming.AUDIENCE), "Whom it is for: its only `aud`.", default=DEFAULT_AUDIENCE)


class IdentitysCredential(FederatedCredentialEntry, told_by="identity"):
    """The token of a user-assigned identity of this estate, in place of the application's secret."""

    identity = required(_REFERENCE, "The identity's name, or `group/name`.")


_FEDERATED_CREDENTIALS = MapOf(
    Text(naming.FEDERATED_CREDENTIAL), RecordOf(IssuersCredential), "federated credentials", at_most=MOST
)
_APPLICATIONS_CREDENTIALS = MapOf(
    Text(naming.FEDERATED_CREDENTIAL),
    Alternatives("a federated credential", IssuersCredential, IdentitysCredential),
    "federated credentials",
    at_most=MOST,
)
_NO_FEDERATED_CREDENTIALS: Entries[IssuersCredential] = Entries()
_NO_APPLICATIONS_CREDENTIALS: Entries[FederatedCredentialEntry] = Entries()


class IdentityEntry(Record, title="a user-assigned identity"):
    """A user-assigned managed identity: it lives on its own, and several compute resources can share it."""

    client_id = optional(_GUID, "The application id that goes into tokens. Left out: derived.")
    principal_id = optional(_GUID, "The object id that role assignments name. Left out: derived.")
    federated_credentials = defaulted(
        _FEDERATED_CREDENTIALS,
        "Tokens of other issuers that stand for it.",
        default=_NO_FEDERATED_CREDENTIALS,
    )


class SystemAssignedEntry(Record, title="a system-assigned identity", short="enabled"):
    """The identity that lives and dies with its resource: `true`, or a mapping that also fixes its ids."""

    enabled = defaulted(YesOrNo(), "Whether the resource has one.", default=True)
    client_id = optional(_GUID, "The application id that goes into tokens. Left out: derived.")
    principal_id = optional(_GUID, "The object id that role assignments name. Left out: derived.")


class HostedIdentities(Record, title="the identities of a compute resource"):
    """Which identities code there can get tokens for: one of its own, and any number of shared ones."""

    system_assigned = optional(
        RecordOf(SystemAssignedEntry), "Whether it has an identity of its own. Left out: it has none."
    )
    user_assigned = defaulted(
        ListOf(_REFERENCE, "identities"),
        "The user-assigned identities given to it: by name, by `group/name`, or by resource id.",
        default=(),
    )


class ComputeEntry(Record, title="a compute resource"):
    """Something that runs code and hosts identities: a web app, a container app, a virtual machine, …"""

    type = required(
        Where(Text(naming.RESOURCE_TYPE)),
        "Its resource type, such as `Microsoft.Web/sites`, `Microsoft.App/containerApps` or "
        "`Microsoft.Compute/virtualMachines`.",
    )
    name = optional(
        Where(Text(naming.COMPUTE)),
        "The resource's name, where it is not the name that it has in this file: for two resources of "
        "different types with one name, say.",
    )
    location = optional(Text(naming.LOCATION), "Where it is. Left out: where its resource group is.")
    host_kind = optional(
        Word("a kind of host", *(kind.value for kind in HostKind)),
        "How code there gets its tokens. Left out: as its type has it, else `app-service`.",
    )
    service_account = optional(
        Text(naming.SERVICE_ACCOUNT),
        "What its code runs as, where the kind of host is `aks`. Left out: `default/NAME`.",
    )
    identity = optional(RecordOf(HostedIdentities), "Which identities it hosts. Left out: none.")


class SecretEntry(Record, title="a secret", shown=False):
    """What every secret has, wherever its value comes from."""

    content_type = optional(Text(naming.CONTENT_TYPE), "What kind of value it is.")
    tags = defaulted(_TAGS, "Up to 15 tags.", default=_NO_TAGS)


class SecretFromEnvironment(SecretEntry, told_by="env"):
    """A secret whose value an environment variable holds when the estate is read."""

    env = required(Where(Text(naming.VARIABLE)), "The name of the environment variable.")


class SecretFromFile(SecretEntry, told_by="file"):
    """A secret whose value a file holds. One line break at the end of the file is not part of the value."""

    file = required(Where(Text(naming.FILE)), "The file's path, relative to the estate file.")


class SecretAsText(SecretEntry, told_by="value", short="value"):
    """A secret whose value stands in the estate file, for values that need no protection; or text alone."""

    value = required(Where(Text(naming.SECRET_VALUE)), "The value itself.")


SECRET = Alternatives("a secret", SecretFromEnvironment, SecretFromFile, SecretAsText)


class PrincipalEntry(Record, title="a principal"):
    """Who gets a role, or has an access policy."""


class PrincipalByName(PrincipalEntry, told_by="name", short="name"):
    """A principal by its name, where only one thing has it, or by its principal id; or text alone."""

    name = required(
        _REFERENCE,
        "The name of a compute resource (for its system-assigned identity), of a user-assigned identity, of "
        "an application, a group or a user; `group/name` where two resource groups have the name; or a "
        "principal id.",
    )


class PrincipalByCompute(PrincipalEntry, told_by="compute"):
    """The system-assigned identity of a compute resource."""

    compute = required(_REFERENCE, "The compute resource's name, or `group/name`.")


class PrincipalByIdentity(PrincipalEntry, told_by="identity"):
    """A user-assigned identity."""

    identity = required(_REFERENCE, "The identity's name, or `group/name`.")


class PrincipalByApplication(PrincipalEntry, told_by="application"):
    """An application."""

    application = required(_REFERENCE, "The application's name.")


class PrincipalByGroup(PrincipalEntry, told_by="group"):
    """A group, with everybody in it."""

    group = required(_REFERENCE, "The group's name.")


class PrincipalByUser(PrincipalEntry, told_by="user"):
    """A user."""

    user = required(_REFERENCE, "The user's name, or user principal name.")


PRINCIPAL = Alternatives(
    "a principal",
    PrincipalByName,
    PrincipalByCompute,
    PrincipalByIdentity,
    PrincipalByApplication,
    PrincipalByGroup,
    PrincipalByUser,
)


class UserEntry(Record, title="a user"):
    """A person in the directory. Nobody signs in as one here: users have no passwords."""

    user_principal_name = optional(
        Where(Text(naming.USER_PRINCIPAL_NAME)),
        "What he signs in with. Left out: his name under the tenant's own domain.",
    )
    id = optional(_GUID, "His object id, which role assignments name. Left out: derived.")


class SecurityGroupEntry(Record, title="a group"):
    """A security group."""

    description = defaulted(Text(naming.DESCRIPTION), "What it is for.", default="")
    members = defaulted(ListOf(PRINCIPAL, "members"), "Who is in it.", default=())
    id = optional(_GUID, "Its object id, which role assignments name. Left out: derived.")


class DirectoryRoleEntry(Record, title="a role of the directory"):
    """A role of Entra over the whole directory, or a permission of Microsoft Graph."""

    principal = required(PRINCIPAL, "Who gets it.")
    role = required(
        Where(Text(naming.DIRECTORY_ROLE)),
        "Which one, by its name: `Directory Readers`, or `Application.Read.All`.",
    )


class PermissionsEntry(Record, title="the permissions of an access policy"):
    """What an access policy gives, by kind of object. `all` stands for all of a kind but `purge`."""

    secrets = defaulted(_permissions("secrets"), "What may be done with secrets.", default=())
    keys = defaulted(_permissions("keys"), "What may be done with keys.", default=())
    certificates = defaulted(_permissions("certificates"), "What may be done with certificates.", default=())
    storage = defaulted(_permissions("storage"), "What may be done with storage accounts.", default=())


class AccessPolicyEntry(Record, title="an access policy"):
    """Who may do what in a vault that is not in RBAC mode."""

    principal = required(PRINCIPAL, "Whose policy it is.")
    permissions = required(RecordOf(PermissionsEntry), "What it gives.")
    application_id = optional(
        _GUID,
        "The client id of an application: the policy then counts only where a user asks through it.",
    )
    tenant_id = optional(_GUID, "The principal's tenant. Left out: that of the estate.")


class VaultEntry(Record, title="a vault"):
    """A key vault, reached as `https://NAME.vault.azure.net`."""

    location = optional(Text(naming.LOCATION), "Where it is. Left out: where its resource group is.")
    soft_delete_retention_days = defaulted(
        WholeNumber(7, 90, "a number of days"), "How long deleted objects can be recovered.", default=90
    )
    purge_protection = defaulted(
        YesOrNo(), "Whether nothing can be purged before that time is over.", default=False
    )
    enable_rbac_authorization = defaulted(
        YesOrNo(), "Whether roles decide on what it holds, and not its access policies.", default=True
    )
    access_policies = defaulted(
        ListOf(RecordOf(AccessPolicyEntry), "access policies"),
        "Its access policies. They count only with `enableRbacAuthorization: false`.",
        default=(),
    )
    secrets = defaulted(
        MapOf(Text(naming.SECRET), SECRET, "secrets"), "The secrets that it holds.", default=Entries()
    )


class ReferenceEntry(Record, title="a Key Vault reference"):
    """Which secret a setting points to."""


class ReferenceByName(ReferenceEntry, told_by="vault"):
    """A reference to a secret of a vault of this estate."""

    vault = required(_REFERENCE, "The vault's name.")
    secret = required(Text(naming.SECRET), "The secret's name.")
    version = optional(Text(naming.SECRET_VERSION), "One version of it. Left out: always the newest.")


class ReferenceByAddress(ReferenceEntry, told_by="uri"):
    """A reference to a secret anywhere."""

    uri = required(Text(naming.URI), "The secret's address.")


class SettingEntry(Record, title="a setting", shown=False):
    """What every key-value has."""

    label = optional(Text(naming.LABEL), "Its label. Left out: no label.")
    tags = defaulted(_SETTING_TAGS, "Its tags.", default=_NO_TAGS)


class PlainSetting(SettingEntry, told_by="value", short="value"):
    """A key-value that holds text."""

    value = required(
        Text(naming.SETTING_VALUE), "The value. Numbers and `true` are text too: put them in quotes."
    )
    content_type = optional(
        Text(naming.CONTENT_TYPE), "What kind of value it is, such as `application/json`."
    )


class ReferenceSetting(SettingEntry, told_by="keyVaultReference"):
    """A key-value that points to a secret, with the content type and value that Azure's clients look for."""

    key_vault_reference = required(
        Alternatives("a Key Vault reference", ReferenceByName, ReferenceByAddress),
        "The secret that it points to.",
    )


class ListedPlainSetting(PlainSetting, title="a setting in a list", told_by="value"):
    """A key-value that holds text, in a list."""

    key = required(Where(Text(naming.KEY)), "Its key.")


class ListedReferenceSetting(ReferenceSetting, title="a setting in a list", told_by="keyVaultReference"):
    """A key-value that points to a secret, in a list."""

    key = required(Where(Text(naming.KEY)), "Its key.")


class FeatureFlagSetting(SettingEntry, title="a setting in a list", told_by="featureFlag"):
    """A feature flag without filters. For one with filters, write its key-value with its content type."""

    feature_flag = required(Where(Text(naming.FEATURE)), "The feature's name.")
    enabled = required(YesOrNo(), "Whether the feature is on.")
    description = defaulted(Text(naming.DESCRIPTION), "What the feature is.", default="")


SETTINGS = ListOrMap(
    ListOf(
        Alternatives("a setting", ListedPlainSetting, ListedReferenceSetting, FeatureFlagSetting), "settings"
    ),
    MapOf(
        Text(naming.KEY),
        Alternatives("a setting", PlainSetting, ReferenceSetting),
        "settings",
        ignore_case=False,
    ),
)


class AccessKeyEntry(Record, title="an access key", shown=False):
    """What every access key has. Its value is what Azure shows for it, or its whole connection string."""

    read_only = defaulted(YesOrNo(), "Whether it can only read.", default=False)


class AccessKeyFromEnvironment(AccessKeyEntry, told_by="env"):
    """An access key whose value an environment variable holds when the estate is read."""

    env = required(Where(Text(naming.VARIABLE)), "The name of the environment variable.")


class AccessKeyFromFile(AccessKeyEntry, told_by="file"):
    """An access key whose value a file holds. One line break at the end of the file is not part of it."""

    file = required(Where(Text(naming.FILE)), "The file's path, relative to the estate file.")


class AccessKeyAsText(AccessKeyEntry, told_by="value", short="value"):
    """An access key whose value stands in the estate file, for values that need no protection."""

    value = required(Where(Text(naming.ACCESS_KEY_VALUE)), "The value itself.")


ACCESS_KEY = Alternatives("an access key", AccessKeyFromEnvironment, AccessKeyFromFile, AccessKeyAsText)


class StoreEntry(Record, title="a configuration store"):
    """An App Configuration store, reached as `https://NAME.azconfig.io`."""

    location = optional(Text(naming.LOCATION), "Where it is. Left out: where its resource group is.")
    settings = optional(
        SETTINGS,
        "The key-values that it holds: a mapping by key; or a list, where a key has several labels or there "
        "are feature flags.",
    )
    access_keys = defaulted(
        MapOf(Text(naming.ACCESS_KEY), ACCESS_KEY, "access keys", ignore_case=False),
        "The access keys that open it, by id: stored credentials, for the picture before.",
        default=Entries(),
    )
    disable_local_auth = defaulted(
        YesOrNo(), "Whether it refuses access keys, and takes tokens alone.", default=False
    )


class GroupEntry(Record, title="a resource group"):
    """A resource group and the resources in it."""

    location = optional(Text(naming.LOCATION), "Where it is. Left out: the estate's location.")
    identities = defaulted(
        MapOf(Text(naming.USER_ASSIGNED_IDENTITY), RecordOf(IdentityEntry), "user-assigned identities"),
        "User-assigned identities.",
        default=Entries(),
    )
    compute = defaulted(
        MapOf(Text(naming.COMPUTE), RecordOf(ComputeEntry), "compute resources"),
        "Compute resources that host identities.",
        default=Entries(),
    )
    vaults = defaulted(
        MapOf(Text(naming.VAULT), RecordOf(VaultEntry), "vaults"), "Key vaults.", default=Entries()
    )
    configuration_stores = defaulted(
        MapOf(Text(naming.STORE), RecordOf(StoreEntry), "configuration stores"),
        "App Configuration stores.",
        default=Entries(),
    )


class CertificateEntry(Record, title="a certificate"):
    """A certificate that an application proves itself with. A private key beside it is left where it is."""


class CertificateFromFile(CertificateEntry, told_by="file"):
    """A certificate in a file."""

    file = required(Where(Text(naming.FILE)), "The path of a PEM file, relative to the estate file.")


class CertificateFromEnvironment(CertificateEntry, told_by="env"):
    """A certificate in an environment variable."""

    env = required(
        Where(Text(naming.VARIABLE)), "The name of the environment variable that holds the PEM text."
    )


class CertificateAsText(CertificateEntry, told_by="value"):
    """A certificate in the estate file."""

    value = required(Where(Text(naming.CERTIFICATE)), "The PEM text.")


CERTIFICATE = Alternatives(
    "a certificate", CertificateFromFile, CertificateFromEnvironment, CertificateAsText
)


class ApplicationEntry(Record, title="an application"):
    """An application registration: what it proves itself with, and as which resource tokens are for it.

    It needs one of the two. A client secret is the legacy way, and a certificate a stored credential too.
    """

    client_id = optional(_GUID, "The application id. Left out: derived from tenant and name.")
    principal_id = optional(_GUID, "The object id of its service principal. Left out: derived.")
    client_secret = optional(SECRET, "Its client secret, given like a vault's secret.")
    client_secret_expires = optional(
        Moment(), "When the secret holds no longer. Left out: it does not expire."
    )
    certificates = defaulted(
        ListOf(CERTIFICATE, "certificates"), "The certificates that it signs its assertions with.", default=()
    )
    identifier_uris = defaulted(
        ListOf(Where(Text(naming.IDENTIFIER_URI)), "identifier URIs"),
        "The audiences under which tokens for it are asked for, besides its client id.",
        default=(),
    )
    token_version = defaulted(
        WholeNumber(1, 2, "a token version"),
        "The version of the tokens for it; in version 2 their audience is its client id.",
        default=1,
    )
    runs_on = optional(
        Word("a place that code runs on", *(place.value for place in RunsOn)),
        "Where its code runs, so that `keyless plan` names the way off its credential. Left out: not known.",
    )
    federated_credentials = defaulted(
        _APPLICATIONS_CREDENTIALS,
        "Tokens of other issuers, or of a managed identity, that stand for it.",
        default=_NO_APPLICATIONS_CREDENTIALS,
    )


class KeySetEntry(Record, title="a key set"):
    """The public keys of an issuer, as a JWK set."""


class KeySetFromFile(KeySetEntry, told_by="file", short="file"):
    """A key set in a file; or the file's path alone."""

    file = required(Where(Text(naming.FILE)), "The file's path, relative to the estate file.")


class KeySetAsText(KeySetEntry, told_by="value"):
    """A key set in the estate file."""

    value = required(Where(Text(naming.KEY_SET)), "The JSON text.")


KEY_SET = Alternatives("a key set", KeySetFromFile, KeySetAsText)


class IssuerEntry(Record, title="an issuer"):
    """What must be known of an issuer that federated credentials name, beyond its name.

    An issuer that is not listed is asked for its keys over https, where a federated credential names it.
    """

    jwks = optional(KEY_SET, "Its public keys. They are then never fetched.")
    loopback = defaulted(
        YesOrNo(),
        "Whether it may be on this machine, for development. Such addresses are refused otherwise.",
        default=False,
    )


class ScopeEntry(Record, title="a scope"):
    """Where a role holds."""


class ResourceIdScope(ScopeEntry, told_by="id", short="id"):
    """Any scope, by its full resource id; or text alone."""

    id = required(Where(Text(naming.RESOURCE_ID)), "The resource id.")


class SubscriptionScope(ScopeEntry, told_by="subscription"):
    """The whole subscription."""

    subscription = required(YesOrNo(only=True), "All of it.")


class GroupScope(ScopeEntry, told_by="resourceGroup"):
    """A resource group, with everything in it."""

    resource_group = required(_REFERENCE, "The resource group's name.")


class VaultScope(ScopeEntry, told_by="vault"):
    """A vault, or one secret of it."""

    vault = required(_REFERENCE, "The vault's name.")
    secret = optional(Text(naming.SECRET), "One secret's name. Left out: the whole vault.")


class StoreScope(ScopeEntry, told_by="store"):
    """A configuration store, or one key-value of it."""

    store = required(_REFERENCE, "The configuration store's name.")
    key = optional(Text(naming.KEY), "One key. Left out: the whole store.")
    label = optional(Where(Text(naming.LABEL)), "The key's label. Left out: the key-value without a label.")


class ComputeScope(ScopeEntry, told_by="compute"):
    """A compute resource."""

    compute = required(_REFERENCE, "The compute resource's name, or `group/name`.")


class IdentityScope(ScopeEntry, told_by="identity"):
    """A user-assigned identity."""

    identity = required(_REFERENCE, "The identity's name, or `group/name`.")


class ManagementGroupScope(ScopeEntry, told_by="managementGroup"):
    """A management group, with every subscription and management group in it."""

    management_group = required(_REFERENCE, "The management group's name.")


SCOPE = Alternatives(
    "a scope",
    VaultScope,
    StoreScope,
    GroupScope,
    SubscriptionScope,
    ManagementGroupScope,
    ComputeScope,
    IdentityScope,
    ResourceIdScope,
)


class AssignmentEntry(Record, title="a role assignment"):
    """A role given to a principal at a scope."""

    principal = required(PRINCIPAL, "Who gets the role.")
    role = required(
        Where(Text(naming.ROLE)),
        "Which role: the name or GUID of a built-in role, such as `Key Vault Secrets User`, or a custom one.",
    )
    scope = required(SCOPE, "Where it holds.")
    id = optional(_GUID, "The assignment's own GUID. Left out: derived from principal, role and scope.")
    principal_type = optional(
        Word("a type of principal", *PRINCIPAL_TYPES),
        "What kind of principal it is. Left out: what the estate knows of it, else `ServicePrincipal`.",
    )
    description = defaulted(Text(naming.ROLE_DESCRIPTION), "What it is for.", default="")
    condition = optional(ConditionText(), "A condition that narrows the assignment further.")
    condition_version = optional(
        Where(Text(naming.CONDITION_VERSION)), 'The version of the condition\'s language. Left out: "2.0".'
    )


class PermissionEntry(Record, title="a permission"):
    """Actions, less those that it takes out again. `*` stands for anything within an action."""

    actions = defaulted(_ACTIONS, "Actions of the management plane.", default=())
    not_actions = defaulted(_ACTIONS, "Which of these are left out.", default=())
    data_actions = defaulted(_ACTIONS, "Actions on what resources hold.", default=())
    not_data_actions = defaulted(_ACTIONS, "Which of those are left out.", default=())


class CustomRoleEntry(PermissionEntry, title="a custom role"):
    """A role of your own, for what no built-in role grants closely enough."""

    id = optional(_GUID, "The role definition's GUID. Left out: derived from tenant and name.")
    description = defaulted(Text(naming.ROLE_DESCRIPTION), "What it is for.", default="")
    permissions = defaulted(
        ListOf(RecordOf(PermissionEntry), "permissions"),
        "More that it grants; what one of them leaves out, another may still grant.",
        default=(),
    )
    assignable_scopes = optional(
        ListOf(SCOPE, "scopes"), "Where, and below where, it may be assigned. Left out: in the subscription."
    )


class PrincipalById(PrincipalEntry, told_by="id"):
    """A principal by its id, with its type."""

    id = required(_GUID, "The principal id.")
    type = defaulted(
        Word("a type of principal", "User", "Group", "ServicePrincipal"),
        "What kind of principal it is.",
        default="ServicePrincipal",
    )


class Everyone(PrincipalEntry, told_by="everyone"):
    """Every principal of the tenant."""

    everyone = required(YesOrNo(only=True), "All of them.")


EXCLUDED = Alternatives("who is left alone", *PRINCIPAL.records, PrincipalById)
DENIED = Alternatives("who is denied", *PRINCIPAL.records, PrincipalById, Everyone)


class DenyEntry(Record, title="a deny assignment"):
    """What principals may not do, whatever roles they have."""

    name = required(Where(Text(naming.DENY_ASSIGNMENT)), "What it is called.")
    scope = required(SCOPE, "Where it holds, and below.")
    permissions = required(ListOf(RecordOf(PermissionEntry), "permissions"), "What is denied.")
    principals = required(ListOf(DENIED, "principals"), "Whom it denies: `{everyone: true}` for all.")
    exclude_principals = defaulted(
        ListOf(EXCLUDED, "principals"), "Whom it leaves alone nevertheless.", default=()
    )
    do_not_apply_to_child_scopes = defaulted(
        YesOrNo(), "Whether it holds at just its scope, and not below.", default=False
    )
    id = optional(_GUID, "The deny assignment's own GUID. Left out: derived from scope and name.")
    description = defaulted(Text(naming.ROLE_DESCRIPTION), "What it is for.", default="")
    is_system_protected = defaulted(
        YesOrNo(), "Whether Azure made it, so that nobody can edit it.", default=False
    )
    condition = optional(ConditionText(), "A condition under which alone it denies.")


class ManagementGroupEntry(Record, title="a management group"):
    """A management group: scopes of roles and denies that reach over its subscriptions."""

    display_name = optional(Text(naming.DISPLAY_NAME), "What people call it. Left out: its name.")
    parent = optional(_REFERENCE, "The management group above it. Left out: the tenant's root group.")
    subscriptions = defaulted(
        ListOf(_REFERENCE, "subscriptions"),
        "The subscriptions that lie in it: the name of this estate's, or subscription ids.",
        default=(),
    )


class WorkloadEntry(Record, title="a workload rule"):
    """Processes of this machine that may speak as a compute resource without holding any secret.

    They are known by what the kernel says of them when they ask the metadata endpoint for a token. All that
    a rule says must hold, and it says at least one of `user`, `systemdUnit` and `container`.
    """

    runs_as = required(_REFERENCE, "The compute resource that they run as: its name, or `group/name`.")
    user = optional(
        Where(Text(naming.USER)), "The user that they run as. Names are looked up when a process asks."
    )
    group = optional(Text(naming.GROUP), "A group that they are in, be it their main one or another.")
    executable = optional(
        Text(naming.EXECUTABLE),
        "The program that they run: the very file, so that one replaced since the start is not it. This "
        "narrows a rule; it keeps nobody out who may run the program themselves.",
    )
    systemd_unit = optional(Where(Text(naming.SYSTEMD_UNIT)), "The systemd unit that they run in.")
    container = optional(Where(Text(naming.CONTAINER)), "The container that they run in.")
    cgroup = optional(Text(naming.CGROUP), "A control group that they are in, at any depth.")


class FederationEntry(Record, title="a federation"):
    """That other identity providers, such as the real Entra ID, trust the identities of this site."""

    issuer = required(
        Where(Text(naming.SITE_ISSUER)),
        "Where `keyless federate --publish` is served: an address of your own that they can reach.",
    )


class EstateEntry(Record, title="an estate", extensible=True):
    """What a project's world consists of: its resources, identities, role assignments, secrets and settings.

    Keys that begin with `x-` are left alone: keep YAML anchors there.
    """

    version = required(WholeNumber(VERSION, VERSION, "the version"), "The version of this format.")
    tenant = optional(
        RecordOf(TenantEntry), f"The Microsoft Entra tenant. Left out: one called `{DEFAULT_NAME}`."
    )
    subscription = optional(
        RecordOf(SubscriptionEntry), f"The subscription. Left out: one called `{DEFAULT_NAME}`."
    )
    location = defaulted(
        Text(naming.LOCATION), "Where the resource groups are that do not say so.", default=DEFAULT_LOCATION
    )
    resource_groups = defaulted(
        MapOf(Text(naming.RESOURCE_GROUP), RecordOf(GroupEntry), "resource groups"),
        "The resource groups, by name.",
        default=Entries(),
    )
    applications = defaulted(
        MapOf(Text(naming.APPLICATION), RecordOf(ApplicationEntry), "applications"),
        "Application registrations, by name.",
        default=Entries(),
    )
    users = defaulted(
        MapOf(Text(naming.USER_NAME), RecordOf(UserEntry), "users"),
        "The people in the directory, by name.",
        default=Entries(),
    )
    groups = defaulted(
        MapOf(Text(naming.SECURITY_GROUP), RecordOf(SecurityGroupEntry), "groups"),
        "The security groups, by name.",
        default=Entries(),
    )
    directory_roles = defaulted(
        ListOf(RecordOf(DirectoryRoleEntry), "roles of the directory"),
        "Who may do what in the directory.",
        default=(),
    )
    workloads = defaulted(
        MapOf(Text(naming.WORKLOAD), RecordOf(WorkloadEntry), "workload rules"),
        "Which processes of this machine may speak as which compute resource, by name.",
        default=Entries(),
    )
    issuers = defaulted(
        MapOf(Text(naming.ISSUER), RecordOf(IssuerEntry), "issuers", ignore_case=False),
        "Issuers whose keys are given here, or that are on this machine.",
        default=Entries(),
    )
    federation = optional(
        RecordOf(FederationEntry),
        "That this site's identities are trusted elsewhere. Left out: they are not.",
    )
    role_assignments = defaulted(
        ListOf(RecordOf(AssignmentEntry), "role assignments"), "Who may do what, where.", default=()
    )
    custom_roles = defaulted(
        MapOf(Text(naming.CUSTOM_ROLE), RecordOf(CustomRoleEntry), "custom roles"),
        "Roles of your own, by name.",
        default=Entries(),
    )
    deny_assignments = defaulted(
        ListOf(RecordOf(DenyEntry), "deny assignments"),
        "What may not be done, whatever roles say. Azure makes them itself, for deployment stacks and "
        "managed applications; here they show what code meets where there are some.",
        default=(),
    )
    management_groups = defaulted(
        MapOf(Text(naming.MANAGEMENT_GROUP), RecordOf(ManagementGroupEntry), "management groups"),
        "The management groups, by name.",
        default=Entries(),
    )


ESTATE = RecordOf(EstateEntry)
