"""A small world to plan for, and short ways to say what was seen in it."""

from __future__ import annotations

from collections.abc import Sequence

from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome
from keyless.plan.problem import Subject, SubjectKind

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
ELSEWHERE = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUP = f"{SUBSCRIPTION}/resourceGroups/orders"
SHARED = f"{SUBSCRIPTION}/resourceGroups/shared"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-orders"
OTHER_VAULT = f"{SHARED}/providers/Microsoft.KeyVault/vaults/contoso-shared"
FAR_VAULT = f"{ELSEWHERE}/resourceGroups/far/providers/Microsoft.KeyVault/vaults/contoso-far"
STORE = f"{GROUP}/providers/Microsoft.AppConfiguration/configurationStores/contoso-orders"

DAY = 24 * 60 * 60
HOUR = 60 * 60
SECRETS = "Microsoft.KeyVault/vaults/secrets"
GET, SET, LIST, DELETE = (
    f"{SECRETS}/{end}" for end in ("getSecret/action", "setSecret/action", "readMetadata/action", "delete")
)
READ_CONFIGURATION = "Microsoft.AppConfiguration/configurationStores/keyValues/read"

WEB = Subject(
    "aaaaaaaa-0000-0000-0000-000000000001",
    "web",
    SubjectKind.SYSTEM_ASSIGNED,
    f"{GROUP}/providers/Microsoft.Web/sites/orders-web",
)
WORKER = Subject(
    "aaaaaaaa-0000-0000-0000-000000000002",
    "worker",
    SubjectKind.USER_ASSIGNED,
    f"{SHARED}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/worker",
)
LEGACY = Subject("aaaaaaaa-0000-0000-0000-000000000003", "legacy app", SubjectKind.APPLICATION)

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
ADMINISTRATOR = "00482a5a-887f-4fb3-b363-3b7fe8e74483"
DATA_READER = "516239f1-63e1-4d78-a4de-a74fb236a071"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def saw(
    subject: Subject,
    action: str,
    scope: str,
    *,
    count: int = 1,
    outcome: Outcome = Outcome.LEARNED,
    plane: ActionPlane = ActionPlane.DATA,
    days: Sequence[int] = (),
) -> Observation:
    """An observation of a subject; ``count`` times on each of ``days``, if there are any."""
    total, first, last = count * (len(days) or 1), 0, 0
    if days:
        first, last = days[0] * DAY + HOUR, days[-1] * DAY + HOUR
    counts = (count,) * len(days)
    return Observation(
        subject.principal_id,
        "Operation",
        plane,
        action,
        scope,
        outcome,
        "",
        total,
        first,
        last,
        tuple(days),
        counts,
    )


def chosen(plan):
    """Who gets which role where, by names."""
    return {(one.principal.name, one.role_name, one.scope) for one in plan.assignments}
