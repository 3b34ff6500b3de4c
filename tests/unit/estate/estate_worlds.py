"""Generated estates: names that collide, keys with every character, ids given and derived."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st

from assertions_made import certificate, der, public_jwk, rsa_key
from keyless.estate import naming
from keyless.estate.key_values import (
    FLAG_PREFIX,
    FLAG_TYPE,
    REFERENCE_TYPE,
    flag_value,
    plain_flag,
    reference_value,
)
from keyless.estate.resolve.denies import EVERYONE
from keyless.lifecycle.store_tiers import REVISION_RETENTION
from keyless.model import derived_ids as ids
from keyless.model.access_policies import ALL, PERMISSIONS, AccessPolicy, PolicyPermissions
from keyless.model.denies import DeniedPrincipal, DenyAssignment
from keyless.model.estate import (
    DeclaredAccessKey,
    DeclaredApplication,
    DeclaredSecret,
    DeclaredSetting,
    Estate,
)
from keyless.model.events import EventSubscription, EventType
from keyless.model.hosts import HostKind, host_kind_of
from keyless.model.identities import (
    ApplicationCertificate,
    ComputeResource,
    FederatedCredential,
    Federation,
    ManagedIdentity,
    RunsOn,
    TrustedIssuer,
)
from keyless.model.management import ManagementGroup, management_group_scope
from keyless.model.resource_id import ResourceId, group_scope, resource_scope, subscription_scope
from keyless.model.resources import (
    STORE_TYPE,
    VAULT_TYPE,
    ConfigurationStore,
    ResourceGroup,
    Tenant,
    Vault,
    key_value_scope,
    secret_scope,
)
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.model.secret_text import SecretText
from keyless.model.vault_keys import DeclaredKey, DeclaredRotation
from keyless.model.workloads import WorkloadRule

ROLES = (
    "4633458b-17de-408a-b874-0445c86b69e6",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "516239f1-63e1-4d78-a4de-a74fb236a071",
)
TYPES = ("Microsoft.Web/sites", "Microsoft.Compute/virtualMachines", "Microsoft.Web/sites/slots")
CONDITIONS = st.sampled_from(
    (
        "Exists @Request[a]",
        "@Resource[b]\n  StringEquals 'it\\'s: #x'",
        "!(ActionMatches{'*'}) OR @Principal[c] BoolEquals true",
    )
)
ACTION = st.sampled_from(("*", "*/read", "Microsoft.KeyVault/vaults/*", "Microsoft.App/a/write"))
ACTIONS = st.lists(ACTION, max_size=2).map(tuple)
GIVEN = st.builds(Permission, st.tuples(ACTION), ACTIONS, ACTIONS, ACTIONS)
PRINCIPAL_TYPES = st.sampled_from(["User", "Group", "ServicePrincipal"])
ROLE_NAMES = st.sampled_from(("web", "Orders Reader", "123", "ä: {b}"))
LOCATIONS = st.sampled_from(["westeurope", "uksouth"])
NAMES = st.sampled_from(["web", "api", "web-2", "no", "rg", "shared", "123", "Web2"])
HOSTS = st.sampled_from(["aaa-b", "vault", "yes", "contoso-orders", "stores", "Null1"])
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00%"), min_size=1, max_size=12) | (
    st.sampled_from(
        ["20", "yes", "=", "<<", "a: b", "#", "1:30", "~", " x ", "-", "a\nb", "'", '"', "{", "\x85"]
    )
)
T = TypeVar("T")
TAGS = st.dictionaries(WORDS, TEXT, max_size=2)
GUIDS = st.uuids().map(str)
POLICIES = st.builds(
    AccessPolicy,
    GUIDS,
    GUIDS,
    st.builds(
        PolicyPermissions,
        **{
            kind: st.lists(st.sampled_from((*known, ALL)), max_size=3, unique=True).map(tuple)
            for kind, known in PERMISSIONS.items()
        },
    ),
    st.none() | GUIDS,
)
FLAGS = st.fixed_dictionaries(
    {},
    optional={
        "display_name": st.just("Shown"),
        "conditions": st.sampled_from(
            [
                {"client_filters": [{"name": "Own", "parameters": {"a": [1, None, "x", {"b": True}]}}]},
                {"client_filters": [{"name": "Own"}], "requirement_type": "All"},
                {"client_filters": [], "unknown": 1},
            ]
        ),
        "variants": st.just([{"name": "Big", "configuration_value": 1.5}, {"name": "Small"}]),
        "telemetry": st.sampled_from([{"enabled": True, "metadata": {"a": "b"}}, {"enabled": "x"}]),
    },
)
KEYS = WORDS.filter(lambda text: text not in {".", ".."})


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    """An estate such as a store may hold."""
    return _Maker(draw).make()


STORE_TIERS = st.sampled_from(
    [("", 0), ("", 29), ("free", 0), ("developer", 6), ("standard", 1), ("premium", 0)]
)
"""A tier of a store, and for how many days it keeps history (0: as long as the tier does)."""


class _Maker:
    """Makes one estate."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.given = 0
        self.tenant = self._tenant()
        names = draw(st.lists(NAMES, min_size=1, max_size=2, unique_by=str.casefold))
        self.groups = tuple(
            ResourceGroup(group_scope(self.tenant.subscription_id, name).text, draw(LOCATIONS))
            for name in names
        )

    def make(self) -> Estate:
        """The estate."""
        self.identities = self._identities()
        self.compute = self._compute()
        self.vaults = self._hosts(VAULT_TYPE, self._vault)
        self.stores = self._hosts(STORE_TYPE, self._store)
        self.federated_credentials: list[FederatedCredential] = []
        for owner in self.identities:
            self._federate(owner.resource_id)
        self.applications = self._applications()
        self.secrets = self._secrets()
        self.settings = self._settings()
        self.access_keys = self._access_keys()
        self.management_groups = self._management_groups()
        self.custom_roles = self._custom_roles()
        return Estate(
            tenant=self.tenant,
            groups=self.groups,
            compute=self.compute,
            identities=self.identities,
            applications=self.applications,
            federated_credentials=tuple(self.federated_credentials),
            issuers=self._issuers(),
            vaults=self.vaults,
            secrets=self.secrets,
            keys=self._keys(),
            stores=self.stores,
            settings=self.settings,
            access_keys=self.access_keys,
            event_subscriptions=self._event_subscriptions(),
            assignments=self._assignments(),
            custom_roles=self.custom_roles,
            denies=self._denies(),
            management_groups=self.management_groups,
            workloads=self._workloads(),
            federation=self.draw(st.sampled_from([None, Federation("https://id.example.org/orders")])),
        )

    def _workloads(self) -> tuple[WorkloadRule, ...]:
        if not self.compute:
            return ()
        ids = [compute.resource_id for compute in self.compute]
        rules = st.builds(
            WorkloadRule,
            name=st.from_regex(naming.WORKLOAD.pattern, fullmatch=True),
            runs_as=st.sampled_from(ids),
            user=st.none() | st.from_regex(naming.USER.pattern, fullmatch=True),
            group=st.none() | st.from_regex(naming.GROUP.pattern, fullmatch=True),
            executable=st.none() | st.from_regex(r"/[ -~]{1,20}", fullmatch=True),
            systemd_unit=st.none() | st.from_regex(naming.SYSTEMD_UNIT.pattern, fullmatch=True),
            container=st.none() | st.from_regex(naming.CONTAINER.pattern, fullmatch=True),
            cgroup=st.none() | st.just("/system.slice/orders.service"),
        )
        drawn = self.draw(
            st.lists(
                rules.filter(lambda rule: rule.says_who), max_size=3, unique_by=lambda r: r.name.casefold()
            )
        )
        return tuple(drawn)

    def _guid(self) -> str | None:
        """An id of its own, or none: then it is to be derived."""
        self.given += 1
        return str(UUID(int=self.given)) if self.draw(st.booleans()) else None

    def _tenant(self) -> Tenant:
        name, subscription = self.draw(WORDS), self.draw(WORDS)
        return ids.tenant_called(name, subscription, self._guid(), self._guid())

    def _group(self) -> ResourceId:
        return ResourceId.parse(self.draw(st.sampled_from(self.groups)).resource_id)

    def _identities(self) -> tuple[ManagedIdentity, ...]:
        found = {}
        for name in self.draw(st.lists(NAMES.filter(lambda text: len(text) > 2), max_size=3)):
            identity = ids.user_assigned_identity(self._group(), name, self._guid(), self._guid())
            found.setdefault(ResourceId.parse(identity.resource_id), identity)
        return tuple(found.values())

    def _compute(self) -> tuple[ComputeResource, ...]:
        found = {}
        for name in self.draw(st.lists(NAMES, max_size=4)):
            resource_type = self.draw(st.sampled_from(TYPES))
            names = [name, "staging"][: resource_type.count("/")]
            resource_id = resource_scope(self._group(), resource_type, *names)
            own = ids.system_assigned_identity(resource_id, names[-1], self._guid(), self._guid())
            given = st.sampled_from([one.resource_id for one in self.identities] or ["/none"])
            found[resource_id] = ComputeResource(
                resource_id=resource_id.text,
                name="/".join(names),
                location=self.draw(LOCATIONS),
                system_assigned=self.draw(st.sampled_from([own, None])),
                service_account=self.draw(st.sampled_from([None, "default/web", "orders/api.v1"])),
                user_assigned=tuple(self.draw(st.lists(given, max_size=2, unique=True)))
                if self.identities
                else (),
            )
        return tuple(found.values())

    def _hosts(self, resource_type: str, make: Callable[[str, str], T]) -> tuple[T, ...]:
        names = self.draw(st.lists(HOSTS, max_size=2, unique_by=str.casefold))
        if resource_type == STORE_TYPE:
            names = [f"{name}-store" for name in names]
        return tuple(make(resource_scope(self._group(), resource_type, name).text, name) for name in names)

    def _vault(self, resource_id: str, name: str) -> Vault:
        days, protected = self.draw(st.integers(7, 90)), self.draw(st.booleans())
        policies = self.draw(st.lists(POLICIES, max_size=2, unique_by=lambda one: one.object_id))
        return Vault(
            resource_id,
            name,
            self.draw(LOCATIONS),
            days,
            protected,
            enable_rbac_authorization=self.draw(st.booleans()),
            sku=self.draw(st.sampled_from(["standard", "premium"])),
            access_policies=tuple(policies),
        )

    def _store(self, resource_id: str, name: str) -> ConfigurationStore:
        closed = self.draw(st.booleans())
        sku, days = self.draw(STORE_TIERS)
        body = {REVISION_RETENTION: days * 86_400} if days else {}
        return ConfigurationStore(
            resource_id, name, self.draw(LOCATIONS), disable_local_auth=closed, sku=sku, body=body
        )

    def _applications(self) -> tuple[DeclaredApplication, ...]:
        names = self.draw(st.lists(WORDS | NAMES, max_size=2, unique_by=str.casefold))
        return tuple(self._application(name) for name in names)

    def _federate(self, owner: str) -> bool:
        pairs = self.draw(st.lists(st.tuples(ISSUERS, SUBJECTS), max_size=2, unique=True))
        self.federated_credentials += [
            FederatedCredential(owner, f"fic-{number}", *pair, self.draw(AUDIENCES))
            for number, pair in enumerate(pairs)
        ]
        return bool(pairs)

    def _issuers(self) -> tuple[TrustedIssuer, ...]:
        names = self.draw(st.lists(ISSUERS, max_size=2, unique=True))
        known = st.sampled_from([(KEY_SET, False), (KEY_SET, True), (None, True)])
        return tuple(TrustedIssuer(name, *self.draw(known)) for name in names)

    def _application(self, name: str) -> DeclaredApplication:
        certificates = tuple(self.draw(st.lists(st.sampled_from(CERTIFICATES), max_size=2, unique=True)))
        secret = SecretText(self.draw(WORDS))
        client_id = self._guid() or ids.application_client_id(self.tenant, name)
        others = self._federate(client_id) or certificates
        return DeclaredApplication(
            name=name,
            client_id=client_id,
            principal_id=self._guid() or ids.application_principal_id(self.tenant, name),
            client_secret=self.draw(st.sampled_from([secret, None])) if others else secret,
            certificates=certificates,
            identifier_uris=self.draw(st.sampled_from([(), (f"api://{len(name)}-{name.encode().hex()}",)])),
            token_version=self.draw(st.sampled_from([1, 2])),
            secret_expires_at=self.draw(st.none() | st.integers(0, 4_000_000_000)),
            **self._runs_on(),
        )

    def _runs_on(self) -> dict[str, object]:
        """Where an application's code runs: on one of the compute resources, or by one word."""
        kinds = {one.resource_id: host_kind_of(one.resource_id, one.host_kind) for one in self.compute}
        on_compute = [one for one, kind in kinds.items() if kind is not HostKind.ARC]
        if on_compute and self.draw(st.booleans()):
            return {"runs_on": RunsOn.AZURE, "compute": self.draw(st.sampled_from(on_compute))}
        return {"runs_on": self.draw(st.none() | st.sampled_from(RunsOn))}

    def _event_subscriptions(self) -> tuple[EventSubscription, ...]:
        places = st.sampled_from(["events.jsonl", "../no", "20"])
        webhooks = st.sampled_from(
            ["https://func.example.org/events?functionName=a%3D", "http://localhost:7071/e"]
        )
        types = st.lists(st.sampled_from([one.value for one in EventType]), max_size=2, unique=True).map(
            tuple
        )
        found = []
        for vault in self.vaults:
            file, webhook = self.draw(st.none() | places), self.draw(st.none() | webhooks)
            if file or webhook:
                found.append(EventSubscription(vault.name, file, webhook, self.draw(types)))
        return tuple(found)

    def _access_keys(self) -> tuple[DeclaredAccessKey, ...]:
        ids = st.sampled_from(["k-l0-s0:a/b+c", "write", "no", "20"])
        found = {}
        for store in self.stores:
            for key_id in self.draw(st.lists(ids, max_size=2)):
                secret = SecretText(base64.b64encode(self.draw(st.binary(min_size=16, max_size=40))).decode())
                found[store.name, key_id] = DeclaredAccessKey(
                    store.name, key_id, secret, self.draw(st.booleans())
                )
        return tuple(found.values())

    def _keys(self) -> tuple[DeclaredKey, ...]:
        kinds = [("RSA", 3072, None), ("EC", None, "P-384"), ("EC", None, None), ("RSA", None, None)]
        rotations = st.sampled_from(
            [
                None,
                DeclaredRotation(time_after_create="P90D"),
                DeclaredRotation(None, "P30D", "P1M", "P1Y"),
            ]
        )
        found = {}
        for vault in self.vaults:
            for name in self.draw(st.lists(st.sampled_from(["sign", "no", "20"]), max_size=2)):
                operations = self.draw(st.sampled_from([None, ("sign",), ("verify", "sign"), ()]))
                found[vault.name, name] = DeclaredKey(
                    vault.name,
                    name,
                    *self.draw(st.sampled_from(kinds)),
                    operations,
                    self.draw(rotations),
                    self.draw(TAGS),
                )
        return tuple(found.values())

    def _secrets(self) -> tuple[DeclaredSecret, ...]:
        names = st.sampled_from(["b-c", "c", "db", "no", "20"])
        found = {}
        for vault in self.vaults:
            for name in self.draw(st.lists(names, max_size=3)):
                content_type = self.draw(st.none() | WORDS)
                value = SecretText(self.draw(WORDS))
                found[vault.name, name] = DeclaredSecret(
                    vault.name, name, value, content_type, self.draw(TAGS)
                )
        return tuple(found.values())

    def _settings(self) -> tuple[DeclaredSetting, ...]:
        found = {}
        for store in self.stores:
            for _ in range(self.draw(st.integers(0, 4))):
                setting = self._setting(store.name)
                found[setting.store, setting.key, setting.label] = setting
        return tuple(found.values())

    def _setting(self, store: str) -> DeclaredSetting:
        key, value, content_type = self.draw(KEYS), self.draw(TEXT), self.draw(st.none() | WORDS)
        kind = self.draw(st.sampled_from(["text", "reference", "flag"]))
        if kind == "reference":
            host = self.draw(HOSTS)
            value = reference_value(
                f"https://{host}.vault.azure.net/secrets/db{self.draw(st.sampled_from(VERSIONS))}"
            )
            content_type = REFERENCE_TYPE
        elif kind == "flag":
            value = flag_value(plain_flag(key, value, enabled=self.draw(st.booleans())) | self.draw(FLAGS))
            key, content_type = FLAG_PREFIX + key, FLAG_TYPE
        label = self.draw(st.none() | WORDS)
        return DeclaredSetting(store, key, value, label, content_type, self.draw(TAGS))

    def _assignments(self) -> tuple[RoleAssignment, ...]:
        found = {}
        for _ in range(self.draw(st.integers(0, 4))):
            assignment = self._assignment()
            said = assignment.principal_id, assignment.role_definition_id, assignment.scope_id
            found[said] = assignment
        return tuple(found.values())

    def _assignment(self) -> RoleAssignment:
        principals = [one.principal_id for one in (*self.identities, *self.applications)]
        principals += [one.system_assigned.principal_id for one in self.compute if one.system_assigned]
        principal_id = self.draw(st.sampled_from(principals) if principals else st.uuids().map(str))
        role_id, scope = self.draw(st.sampled_from(ROLES)), self.draw(st.sampled_from(self._scopes()))
        if self.custom_roles and self.draw(st.booleans()):
            role = self.draw(st.sampled_from(self.custom_roles))
            role_id, scope = role.id, ResourceId.parse(self.draw(st.sampled_from(role.assignable_scopes)))
        condition = self.draw(st.none() | CONDITIONS)
        return RoleAssignment(
            id=self._guid() or ids.assignment_id(principal_id, role_id, scope),
            principal_id=principal_id,
            role_definition_id=role_id,
            scope=scope.text,
            principal_type=self.draw(st.sampled_from(["ServicePrincipal", "Group"])),
            condition=condition,
            condition_version="2.0" if condition is not None else None,
            description=self.draw(st.just("") | WORDS),
        )

    def _custom_roles(self) -> tuple[RoleDefinition, ...]:
        found: dict[str, RoleDefinition] = {}
        for name in dict.fromkeys(self.draw(st.lists(ROLE_NAMES, max_size=2))):
            scopes = tuple(
                dict.fromkeys(one.text for one in self.draw(st.lists(st.sampled_from(self._scopes()))))
            )
            role = RoleDefinition(
                id=self._guid() or ids.custom_role_id(self.tenant, name),
                name=name,
                permissions=tuple(self.draw(st.lists(GIVEN, min_size=1, max_size=2))),
                custom=True,
                description=self.draw(TEXT),
                assignable_scopes=scopes or (subscription_scope(self.tenant.subscription_id).text,),
            )
            found[role.id] = role
        return tuple(found.values())

    def _denies(self) -> tuple[DenyAssignment, ...]:
        found: dict[str, DenyAssignment] = {}
        for _ in range(self.draw(st.integers(0, 2))):
            name, scope = self.draw(ROLE_NAMES), self.draw(st.sampled_from(self._scopes()))
            condition = self.draw(st.none() | CONDITIONS)
            deny = DenyAssignment(
                id=self._guid() or ids.deny_assignment_id(scope, name),
                name=name,
                scope=scope.text,
                permissions=tuple(self.draw(st.lists(GIVEN, min_size=1, max_size=2))),
                principals=self._denied(1),
                exclude_principals=self._denied(0),
                do_not_apply_to_child_scopes=self.draw(st.booleans()),
                description=self.draw(TEXT),
                is_system_protected=self.draw(st.booleans()),
                condition=condition,
                condition_version="2.0" if condition is not None else None,
            )
            found[deny.id] = deny
        return tuple(found.values())

    def _denied(self, least: int) -> tuple[DeniedPrincipal, ...]:
        holders = [one.principal_id for one in (*self.identities, *self.applications)]
        known = st.sampled_from(holders) if holders else st.uuids().map(str)
        one = known.map(DeniedPrincipal) | st.builds(DeniedPrincipal, st.uuids().map(str), PRINCIPAL_TYPES)
        found = self.draw(st.lists(one | st.just(EVERYONE) if least else one, min_size=least, max_size=2))
        return tuple(dict.fromkeys(found))

    def _management_groups(self) -> tuple[ManagementGroup, ...]:
        found: list[ManagementGroup] = []
        subscriptions = [self.tenant.subscription_id, str(self.draw(st.uuids()))]
        for name in self.draw(
            st.lists(st.sampled_from(("web", "platform", "Corp.1")), max_size=3, unique=True)
        ):
            above = self.draw(st.sampled_from([self.tenant.tenant_id, *(one.name for one in found)]))
            taken = [subscriptions.pop()] if subscriptions and self.draw(st.booleans()) else []
            found.append(ManagementGroup(name, self.draw(WORDS), above, tuple(taken)))
        return tuple(found)

    def _scopes(self) -> list[ResourceId]:
        """Every scope that the estate has, some of them in another case."""
        things = (*self.groups, *self.identities, *self.compute, *self.vaults, *self.stores)
        scopes = [ResourceId.parse(one.resource_id) for one in things]
        scopes += [ResourceId.parse(vault.resource_id).child("secrets", "db") for vault in self.vaults]
        for objects in ("keys", "certificates"):
            scopes += [ResourceId.parse(vault.resource_id).child(objects, "db") for vault in self.vaults]
        scopes += [secret_scope(ResourceId.parse(vault.resource_id), "a_b") for vault in self.vaults]
        key, label = self.draw(KEYS), self.draw(st.none() | WORDS)
        scopes += [key_value_scope(ResourceId.parse(one.resource_id), key, label) for one in self.stores]
        scopes += [management_group_scope(one.name) for one in self.management_groups]
        shouted = [ResourceId(tuple(part.upper() for part in scope.segments)) for scope in scopes[:2]]
        return [*scopes, *shouted, ResourceId(()), group_scope(self.tenant.subscription_id, "gone")]


CERTIFICATES = tuple(
    ApplicationCertificate(der(certificate(rsa_key("app"), 1_800_000_000, name=name))) for name in "ab"
)
ISSUERS = st.sampled_from(["https://token.actions.githubusercontent.com", "https://a.b:1/c/", "https://x"])
SUBJECTS = st.sampled_from(["repo:contoso/orders:ref:refs/heads/main", "spiffe://a", "yes", "1", "a: b", "ü"])
AUDIENCES = st.sampled_from(["api://AzureADTokenExchange", "true", "sts"])
KEY_SET = json.dumps({"keys": [public_jwk(rsa_key("issuer"), "one")]}).encode()
VERSIONS = ("", f"/{'0' * 32}", "/current")
