"""A plan with something of everything that goes live, made by hand, and short ways to look at its stages."""

from __future__ import annotations

import msgspec
from plan_worlds import (
    ADMINISTRATOR,
    DATA_READER,
    GET,
    GROUP,
    LEGACY,
    READ_CONFIGURATION,
    SECRETS_OFFICER,
    SECRETS_USER,
    STORE,
    SUBSCRIPTION,
    VAULT,
    WEB,
)

from keyless.model.actions import ActionPlane
from keyless.model.evidence import SignInMethod
from keyless.model.identities import IdentityKind
from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import (
    Plan,
    PlannedAssignment,
    Removal,
    ReplacingRole,
    StoredCredential,
    UsedAction,
)
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityPlan
from keyless.plan.results.native import NativeGrant, NativeSystem
from keyless.plan.results.secrets import CodePlace, Fate, SecretDecision, Transitional
from keyless.plan.results.stages import Asked
from keyless.plan.stages import stages_of

SITE = f"{GROUP}/providers/Microsoft.Web/sites"
IDENTITIES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
BOX_ID = f"{GROUP}/providers/Microsoft.App/containerApps/box"
COSMOS = f"{GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/orders"
OLD_VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-old"

SHARED = Subject(
    "00000000-0000-0000-0000-000000000001",
    "orders",
    SubjectKind.USER_ASSIGNED,
    f"{IDENTITIES}/orders",
    is_proposed=True,
)
BOX = Subject(
    "00000000-0000-0000-0000-000000000002", "box", SubjectKind.SYSTEM_ASSIGNED, BOX_ID, is_proposed=True
)
OLD = Subject("aaaaaaaa-0000-0000-0000-000000000009", "old", SubjectKind.USER_ASSIGNED, f"{IDENTITIES}/old")
GONE = Subject("aaaaaaaa-0000-0000-0000-000000000008", "gone", SubjectKind.USER_ASSIGNED, is_deleted=True)
ROLE = RoleDefinition(
    "77777777-7777-4777-8777-777777777777",
    "Orders' settings reader",
    (Permission(data_actions=(READ_CONFIGURATION,)),),
    custom=True,
    description="Just what orders reads.",
    assignable_scopes=(SUBSCRIPTION,),
)
KEY_ID = "12345678-1234-4234-8234-123456789012"


def assignment(number, who, role_id, scope, action=GET, *, name="a role", **more):
    used = (UsedAction(ActionPlane.DATA, action, 3),)
    guid = f"99999999-0000-4000-8000-{number:012}"
    return PlannedAssignment(guid, who, role_id, name, scope, used, (), (), "it was used", **more)


def choice(name, identity, *, change=IdentityChange.SHARE, resource="", replaces=(), **more):
    resource = resource or f"{SITE}/{name}"
    return IdentityChoice(
        resource=resource,
        name=name,
        change=change,
        chosen=IdentityKind(identity.kind.value),
        identity=identity,
        members=(resource,),
        replaces=replaces,
        reason="it needs what the others need",
        **more,
    )


def credential(**more):
    return msgspec.structs.replace(
        StoredCredential(
            principal=LEGACY,
            method=SignInMethod.CLIENT_SECRET,
            by=KEY_ID,
            target="https://vault.azure.net",
            count=7,
            last_seen=0,
            error="",
            services=("Azure Key Vault",),
            identity="the system-assigned identity of `web`",
            bridges=(),
            roles=(),
            afterwards="",
        ),
        **more,
    )


def access_key(store="contoso-orders", **more):
    holder = Subject(f"access-key:{store}:k1", f"access key k1 of store {store}", SubjectKind.ACCESS_KEY)
    role = ReplacingRole(DATA_READER, "App Configuration Data Reader", STORE)
    return credential(
        principal=holder,
        method=SignInMethod.ACCESS_KEY,
        by="k1",
        target=f"https://{store}.azconfig.io",
        roles=(role,),
        **more,
    )


def secret(name="db-password", *, container=VAULT, fate=Fate.REMOVABLE, **more):
    return SecretDecision(container=container, name=name, fate=fate, why="no need", how="use it", **more)


def native(*commands, undo=(), who=SHARED, **more):
    return NativeGrant(
        principal=who,
        system=NativeSystem.COSMOS_DB,
        scope=COSMOS,
        within="",
        role="Cosmos DB Built-in Data Reader",
        commands=commands,
        undo=undo,
        reason="it read",
        **more,
    )


WHOLE = Plan(
    identities=IdentityPlan(
        choices=(
            choice("orders-web", SHARED, replaces=(WEB,)),
            choice("orders-worker", SHARED, replaces=(OLD,)),
            choice("box", BOX, change=IdentityChange.ADD, resource=BOX_ID),
            choice("calm", OLD, change=IdentityChange.KEEP),
        )
    ),
    proposed_roles=(ProposedRole(definition=ROLE, excess_saved=4, reason="exactly that"),),
    assignments=(
        assignment(1, SHARED, SECRETS_USER, VAULT),
        assignment(2, SHARED, ROLE.id, STORE, READ_CONFIGURATION),
        assignment(3, BOX, SECRETS_USER, VAULT),
        assignment(4, LEGACY, SECRETS_USER, VAULT, exists=True),
    ),
    native=(
        native(
            f"az cosmosdb sql role assignment create -a orders --principal-id {SHARED.principal_id}",
            undo=("az cosmosdb sql role assignment delete -a orders --yes",),
        ),
        native("CREATE USER [orders] FROM EXTERNAL PROVIDER;", undo=("DROP USER [orders];",)),
    ),
    removals=(
        Removal(
            "r1", WEB, SECRETS_OFFICER, "Officer", VAULT, "unused", condition="(1=1)", condition_version="2.0"
        ),
        Removal("r2", GONE, SECRETS_OFFICER, "Officer", VAULT, "its identity was deleted"),
        Removal("r3", OLD, ADMINISTRATOR, "Administrator", "/", "unused", certain=False),
    ),
    stored_credentials=(credential(),),
    vaults_to_switch=(OLD_VAULT,),
    secrets=(
        secret(places=(CodePlace("app.py", 3),)),
        secret("flag", fate=Fate.CONFIGURATION),
        secret("stays", fate=Fate.KEPT),
    ),
    transitional=(
        Transitional(
            principal_id="aaaaaaaa-0000-0000-0000-000000000007",
            name="on-premises",
            method="client-secret",
            bridge="azure-arc",
            until="2027-01-31",
            remark="",
        ),
    ),
)


def stage(plan, key):
    return {one.key: one for one in stages_of(plan)}[key]


def keys(plan):
    return [one.key for one in stages_of(plan)]


def typed(command):
    """A command as a person would type it, with questions in braces."""
    return " ".join(
        f"{word.prefix}{{{' '.join(word.command)}}}" if isinstance(word, Asked) else word
        for word in command.words
    )


def done(step):
    return [typed(one) for one in step.do]


def undone(step):
    return [typed(one) for one in step.undo]
