"""Applications outside of Azure that still sign in with a stored credential, their bridge, and its date.

Rules:
- an application that is known to run outside of Azure is transitional for as long as it signs in with a
  client secret or a certificate, and so is any that the policy gives a date;
- the date is the policy's: where there is none, or it is over, that is said.

Pure. ``today`` is what the plan takes for it (epoch seconds).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from keyless.model.identities import RunsOn
from keyless.plan.policy.secrets import HybridRule, SecretRules
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import StoredCredential
from keyless.plan.results.secrets import Transitional

_OUTSIDE = frozenset({RunsOn.ON_PREMISES, RunsOn.KUBERNETES, RunsOn.GITHUB_ACTIONS, RunsOn.ELSEWHERE})
_BRIDGES = {RunsOn.ON_PREMISES: "azure-arc"}
_FEDERATION = "workload-identity-federation"


def transitional(
    credentials: Sequence[StoredCredential], subjects: Iterable[Subject], rules: SecretRules, today: int
) -> tuple[Transitional, ...]:
    """What stays until its bridge stands, by name; one line for each application and method."""
    found: dict[tuple[str, str], Transitional] = {}
    for one in credentials:
        who = one.principal
        rule = rules.of_application(who.name, who.principal_id)
        if who.kind is SubjectKind.APPLICATION and (who.runs_on in _OUTSIDE or rule is not None):
            found.setdefault((who.principal_id, one.method.value), _line(who, one.method.value, rule, today))
    seen = {who for who, _ in found}
    for who in subjects:
        rule = rules.of_application(who.name, who.principal_id)
        if rule is not None and who.principal_id not in seen and not who.is_deleted:
            found[who.principal_id, ""] = _line(who, "", rule, today)
    return tuple(sorted(found.values(), key=lambda one: (one.name.casefold(), one.method)))


def _line(who: Subject, method: str, rule: HybridRule | None, today: int) -> Transitional:
    bridge = _BRIDGES.get(who.runs_on, _FEDERATION) if who.runs_on else f"azure-arc or {_FEDERATION}"
    until = rule.until if rule else ""
    return Transitional(
        principal_id=who.principal_id,
        name=who.name,
        method=method,
        bridge=bridge,
        until=until,
        remark=_remark(who, method, rule, today),
    )


def _remark(who: Subject, method: str, rule: HybridRule | None, today: int) -> str:
    reason = f" ({rule.reason})" if rule and rule.reason else ""
    if not method:
        return f"no sign-in with a stored credential was recorded{reason}"
    if rule is None or not rule.until:
        return f"say until when in the policy: `secrets.hybrid.{who.name}.until`{reason}"
    if today and dt.date.fromisoformat(rule.until) < dt.datetime.fromtimestamp(today, dt.UTC).date():
        return f"the date is over, and it was still seen{reason}"
    return rule.reason
