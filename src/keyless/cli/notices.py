"""The plane's messages as lines for the terminal: what was denied and which role would allow it, what is
missing and where to put it. Names only, never values."""

from __future__ import annotations

import shlex

from keyless.cli.reads import read_in_run, repeated
from keyless.cli.terminal import say
from keyless.cli.wording import counted, scope_in_words, with_what
from keyless.model.access_policies import NO_POLICY
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome, SignInMethod
from keyless.model.resource_id import ResourceId
from keyless.runtime.messages import (
    Arrived,
    Caller,
    Missed,
    Remark,
    Repeated,
    Settled,
    SignedIn,
    SlowedDown,
    Summary,
    ToClient,
)


def show(message: ToClient, *, quiet: bool = False) -> None:
    """Print a message, where it is one that a person should see now; only what is wrong where ``quiet``."""
    if isinstance(message, Settled) and message.outcome == Outcome.DENIED:
        say(denial(message), bad=True)
    elif isinstance(message, Missed):
        say(missing(message), bad=True)
    elif isinstance(message, Repeated):
        say(repeated(message), bad=True)
    elif isinstance(message, SlowedDown):
        say(slowed_down(message), bad=True)
    elif isinstance(message, Remark):
        say(message.text, bad=True)
    elif isinstance(message, Caller) and not (quiet and message.admitted):
        say(caller(message), bad=not message.admitted)
    elif isinstance(message, Arrived) and not quiet:
        say(arrival(message))


def caller(found: Caller) -> str:
    """Who asks the metadata endpoint, and as what it is let in, or why not."""
    if found.admitted:
        return f"admitted: {found.who} as `{found.workload}`, by the workload rule `{found.rule}`"
    return f"refused: {found.who}: {found.why}"


def denial(settled: Settled) -> str:
    """Who was denied what, where, and the role that would allow it."""
    where = scope_in_words(ResourceId.parse(settled.scope))
    return f"denied: {settled.principal} may not `{settled.action}` at {where}; {_remedy(settled)}"


def _remedy(settled: Settled) -> str:
    from keyless.catalog.directory_roles import least_directory_role
    from keyless.plan.suggest import roles_for

    if settled.plane == ActionPlane.DIRECTORY:
        allowing = least_directory_role((settled.action,))
        return f"`{allowing.name}` of the directory would allow it" if allowing else "no role would"
    if settled.by.startswith(NO_POLICY):
        permission = settled.by.removeprefix(NO_POLICY).replace("/", " ")
        return f"access policies decide in this vault, and none gives it `{permission}`: no role would"
    roles = roles_for(ActionPlane(settled.plane), settled.action)
    if not roles:
        return "no built-in role grants it, a custom role would"
    return f"the role `{roles[0][0].name}` would allow it"


def missing(missed: Missed) -> str:
    """What was asked for and is not there, and how to put it there."""
    if missed.kind == "secret":
        put = f"keyless secret set {missed.container} {shlex.quote(missed.name)}"
        return f"vault `{missed.container}` has no secret `{missed.name}`: put it there with `{put}`"
    if missed.kind in {"key", "certificate"}:
        made = f"az keyvault {missed.kind} create --vault-name {missed.container} --name {missed.name}"
        nothing = f"vault `{missed.container}` has no {missed.kind} `{missed.name}`"
        return f"{nothing}: make it as its owner, with `keyless shell -- {made}`"
    put = f"keyless setting set {missed.container} {shlex.quote(missed.name)} VALUE"
    labelled, label = "", missed.label.strip("\0")
    if label:
        put, labelled = f"{put} --label {shlex.quote(label)}", f" with the label `{label}`"
    return f"store `{missed.container}` has no key-value `{missed.name}`{labelled}: put it there with `{put}`"


def slowed_down(told: SlowedDown) -> str:
    """What was refused at a limit, and what to do about it."""
    from keyless.cli.limit_words import advice, amount, limited

    scope = ResourceId.parse(told.scope)
    whose = limited(scope, of_subscription=told.of_subscription)
    chosen = " (`--limits` chooses other limits)" if told.window_s else ""
    return (
        f"throttled: {told.principal} was answered with 429 at {scope_in_words(scope)}: its {whose}'s limit "
        f"of {amount(told.units, told.pool, told.window_s)} is reached; "
        f"{advice(scope, told.window_s)}{chosen}"
    )


def arrival(arrived: Arrived) -> str:
    """What came into being, and how to fill it."""
    if arrived.kind == "vault":
        how = f"`keyless secret set {arrived.name} NAME`"
    else:
        how = f"`keyless setting set {arrived.name} KEY VALUE`"
    return f"learning: the app named {arrived.kind} `{arrived.name}`, here now and empty; fill it with {how}"


def closing(summary: Summary, *, learning: bool, failed: bool) -> list[str]:
    """What to say when the run has ended."""
    lines = []
    if learning and summary.learned + summary.allowed:
        lines.append(f"recorded {_accesses(summary)}; `keyless plan` chooses roles for them")
    if summary.denied:
        lines.append(f"{counted(summary.denied, 'access', 'accesses')} denied; `keyless explain` says why")
    lines.extend(credentials_used(summary))
    if summary.read is not None:
        lines.extend(read_in_run(summary.read))
    if not summary.connections and (failed or learning):
        took = "took a token, but " if summary.tokens else ""
        lines.append(
            f"the command {took}made no connection through the plane: if it should have, it ignores "
            "`HTTPS_PROXY` (see docs/how-to/an-app-that-ignores-the-proxy.md)"
        )
    return lines


def _accesses(summary: Summary) -> str:
    total = summary.learned + summary.allowed
    text = counted(total, "access", "accesses")
    if not summary.learned:
        return text
    ungranted = "" if summary.learned == total else f"{summary.learned} of them "
    return f"{text}, {ungranted}granted by nothing yet"


def credentials_used(summary: Summary) -> list[str]:
    """The stored credentials that a run signed in with."""
    return [f"{_signed_in(one)}: `keyless plan` names its replacement" for one in summary.stored_credentials]


def _signed_in(one: SignedIn) -> str:
    if one.method == SignInMethod.ACCESS_KEY:
        return f"signed in with `{one.principal}`"
    return f"signed in with {with_what(SignInMethod(one.method))} as `{one.principal}`"
