"""What runs on each compute resource with a stored credential, and so needs the identity there instead.

Rules:
- an application runs where the estate says; where that says only that it is in Azure, on those resources on
  which every one of its sign-ins was seen;
- an access key is no principal: whoever holds it is known by the run alone. It is put down to the resources
  on which all of its uses were seen, where there are several that it could have been;
- one that was used anywhere else, too, stays where it is: its access cannot be told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

from keyless.model.access_keys import principal_in_words
from keyless.model.evidence import SignIn, SignInMethod, SignInOutcome
from keyless.model.guids import guid_key
from keyless.model.identities import ComputeResource, RunsOn
from keyless.plan.problem import Subject, SubjectKind

Hosts = Mapping[str, Set[str]]
"""The case-folded ids of the resources on which a principal signed in, by its own; empty for elsewhere."""


def running_on(
    compute: Sequence[ComputeResource],
    subjects: Iterable[Subject],
    sign_ins: Sequence[SignIn],
    seen: frozenset[str],
) -> dict[str, list[Subject]]:
    """Who runs on each compute resource, by its case-folded id; ``seen`` are ids of who did something."""
    hosts = _hosts(sign_ins)
    found: defaultdict[str, list[Subject]] = defaultdict(list)
    applications = [one for one in subjects if one.kind is SubjectKind.APPLICATION]
    for subject in sorted((*applications, *_key_holders(sign_ins)), key=lambda one: one.key):
        if subject.key in seen:
            for host in _hosts_of(subject, hosts.get(subject.key, frozenset()), compute):
                found[host].append(subject)
    return found


def _hosts(sign_ins: Iterable[SignIn]) -> Hosts:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in sign_ins:
        if one.outcome is SignInOutcome.SUCCEEDED:
            found[guid_key(one.principal_id)].add(one.host.casefold())
    return found


def _key_holders(sign_ins: Iterable[SignIn]) -> list[Subject]:
    ids = {one.principal_id for one in sign_ins if one.method is SignInMethod.ACCESS_KEY}
    return [Subject(one, principal_in_words(one), SubjectKind.ACCESS_KEY) for one in ids]


def _hosts_of(subject: Subject, signed_in_on: Set[str], compute: Sequence[ComputeResource]) -> Set[str]:
    if subject.compute:
        return {subject.compute.casefold()}
    if "" in signed_in_on or not _is_telling(subject, compute):
        return frozenset()
    return signed_in_on


def _is_telling(subject: Subject, compute: Sequence[ComputeResource]) -> bool:
    """Whether it means anything on which resource a run was: where there is one alone, every run is on it."""
    if subject.kind is SubjectKind.ACCESS_KEY:
        return len(compute) > 1
    return subject.runs_on is RunsOn.AZURE
