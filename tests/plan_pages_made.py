"""A plan with something in every state for the pages that show it, and names that would break out of them."""

from __future__ import annotations

import msgspec

from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome
from keyless.model.identities import IdentityKind
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityPlan, NearGroup
from keyless.plan.results.secrets import CodePlace, Fate, ObjectReads, ReadBy, SecretDecision, Transitional
from keyless.plan.score import Score, score_of
from plans_made import planned

HOSTILE = (
    "<script>window.hit=1</script>",
    '"><img src=x onerror=window.hit=1>',
    "' onfocus='window.hit=1' autofocus='",
    "</title></style></script><svg onload=window.hit=1>",
    "]]><!-- -->",
    "&lt;b&gt; &#60;script&#62;",
    "javascript:window.hit=1",
    "{{7*7}} ${7*7}",
    "\u202eevil\x00\x1b[2J",
)


_GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/orders"
_VAULT = f"{_GROUP}/providers/Microsoft.KeyVault/vaults/contoso-orders"
_OTHER = f"{_GROUP}/providers/Microsoft.KeyVault/vaults/contoso-shared"
_STORE = f"{_GROUP}/providers/Microsoft.AppConfiguration/configurationStores/contoso-orders"
_WEB, _WORKER, _LEGACY = (
    Subject(f"aaaaaaaa-0000-0000-0000-00000000000{at}", name, kind, where)
    for at, (name, kind, where) in enumerate(
        (
            ("web", SubjectKind.SYSTEM_ASSIGNED, f"{_GROUP}/providers/Microsoft.Web/sites/orders-web"),
            ("worker", SubjectKind.USER_ASSIGNED, f"{_GROUP}/providers/Microsoft.ManagedIdentity/x/worker"),
            ("legacy app", SubjectKind.APPLICATION, ""),
        )
    )
)
_SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
_ADMINISTRATOR = "00482a5a-887f-4fb3-b363-3b7fe8e74483"
_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_SECRETS = "Microsoft.KeyVault/vaults/secrets"


def _saw(subject, action, scope, count=1):
    data, learned = ActionPlane.DATA, Outcome.LEARNED
    return Observation(subject.principal_id, "Operation", data, action, scope, learned, "", count, 0, 0)


def _assigned(number, subject, role, scope, **more):
    name = f"99999999-0000-0000-0000-{number:012}"
    return RoleAssignment(name, subject.principal_id, role, scope, **more)


_CURRENT = [
    _assigned(1, _WEB, _ADMINISTRATOR, _GROUP),
    _assigned(2, _WEB, _SECRETS_USER, _VAULT),
    _assigned(3, _LEGACY, _READER, _GROUP),
]
_OBSERVED = [
    _saw(_WEB, f"{_SECRETS}/getSecret/action", f"{_VAULT}/secrets/db", count=1200),
    _saw(_WEB, "Microsoft.AppConfiguration/configurationStores/keyValues/read", _STORE),
    _saw(_WORKER, f"{_SECRETS}/delete", _OTHER),
    _saw(_LEGACY, "Contoso.Things/things/read", _STORE),
]
_BLOCK = Permission(data_actions=(f"{_SECRETS}/getSecret/action",))
_MADE = planned([_WEB, _WORKER, _LEGACY], _OBSERVED, _CURRENT)
PLAN = msgspec.structs.replace(
    _MADE,
    identities=IdentityPlan(
        choices=(
            IdentityChoice(
                resource=_WEB.resource_id,
                name="web",
                change=IdentityChange.KEEP,
                chosen=IdentityKind.SYSTEM_ASSIGNED,
                identity=_WEB,
                members=(_WEB.resource_id,),
                reason="`web` alone needs it",
                would_change=("a second replica",),
            ),
        ),
        near=(
            NearGroup(
                members=(_WEB.resource_id, _WORKER.resource_id),
                common=2,
                widened=(0, 1),
                assignments_saved=1,
                remark="`worker` would get one more",
            ),
        ),
        assignments_before=3,
        assignments_after=2,
    ),
    secrets=(
        SecretDecision(
            container=_VAULT,
            name="db",
            fate=Fate.REMOVABLE,
            why="it opens a database",
            how="use the identity",
            reads=1200,
            load_at_start_up=True,
            places=(CodePlace("app.py", 3),),
        ),
    ),
    reads=(
        ObjectReads(
            container=_VAULT,
            kind="secret",
            name="db",
            readers=(
                ReadBy(
                    name="web", reads=1200, most_per_second=12, most_per_window=80, later=900, throttled=3
                ),
                ReadBy(name="worker", reads=1),
            ),
            days=2,
            runs=1,
            load_at_start_up=True,
            limit="a vault answers 4,000 calls in 10 s",
            advice="read it once at the start",
            places=(CodePlace("app.py", 3),),
        ),
        ObjectReads(
            container=_VAULT,
            kind="key",
            name="signing",
            readers=(ReadBy(name="worker", reads=3, most_per_second=1, most_per_window=2, later=1),),
            days=1,
            runs=1,
            load_at_start_up=False,
            limit="a vault answers 250 to 4,000 calls on keys of one type in 10 s",
            advice="unless a program was started again then, fetch it once at the start",
        ),
    ),
    proposed_roles=(
        ProposedRole(
            definition=RoleDefinition("12121212-0000-0000-0000-000000000000", "orders reader", (_BLOCK,)),
            excess_saved=77,
            reason="the best role grants 78 permissions besides",
        ),
    ),
    transitional=(
        Transitional(
            principal_id=_LEGACY.principal_id,
            name="legacy app",
            method="client-secret",
            bridge="azure-arc",
            until="2027-01-01",
            remark="",
        ),
    ),
    removals=tuple(msgspec.structs.replace(one, certain=one.role_name != "Reader") for one in _MADE.removals),
)
HISTORY: tuple[Score, ...] = (
    msgspec.structs.replace(score_of(PLAN, 1_800_000_000), excess=9_000),
    score_of(PLAN, 1_800_864_000),
)


def renamed(plan: Plan, name: str) -> Plan:
    """The plan with a hostile name everywhere that names and texts come from outside."""
    text = msgspec.json.encode(plan).decode()
    for word in ('"web"', '"worker"', '"legacy app"', '"db"', '"app.py"', '"it opens a database"'):
        text = text.replace(word, msgspec.json.encode(name).decode())
    return msgspec.json.decode(text, type=Plan)
