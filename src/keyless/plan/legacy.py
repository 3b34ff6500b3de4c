"""Who still signs in with a stored credential, and what replaces it.

Rules:
- a client secret, a certificate and an access key are stored credentials; a federated credential and a
  managed identity are not, and are named as what they are;
- a line is one principal, method, credential and target; attempts that only failed are lines too, because
  something still tries; they come last;
- the roles are those that the plan has for an application at the target's service, and for an access key the
  least that cover what was done with it: the identity that replaces it needs just these;
- where the plan chose an identity to take an application's place, that is it, and the roles are its own;
- where code runs is what the estate says; else, of several resources, the one that it was seen to run as;
- where code runs in Azure its host's identity replaces the credential; elsewhere there is a bridge: Azure Arc
  gives a server an identity, and a workload with tokens of its own issuer is federated with. Where it is not
  known where code runs, all ways are named.

Pure. Sources: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview,
https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication and
https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from msgspec import structs

from keyless.catalog.services import Service, services_of_audience, services_of_host
from keyless.model.access_keys import principal_in_words, store_and_key
from keyless.model.evidence import SignIn, SignInMethod, SignInOutcome
from keyless.model.guids import guid_key
from keyless.model.hosts import HostKind, host_kind_of_type
from keyless.model.identities import ComputeResource, IdentityKind, RunsOn
from keyless.model.resource_id import ResourceId
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Bridge, CredentialFree, PlannedAssignment, ReplacingRole, StoredCredential
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityPlan
from keyless.plan.wording import listed

_BRIDGES: Mapping[RunsOn | None, tuple[Bridge, ...]] = {
    RunsOn.AZURE: (),
    RunsOn.ON_PREMISES: (Bridge.AZURE_ARC,),
    RunsOn.KUBERNETES: (Bridge.FEDERATION,),
    RunsOn.GITHUB_ACTIONS: (Bridge.FEDERATION,),
    RunsOn.ELSEWHERE: (Bridge.FEDERATION,),
    None: (Bridge.AZURE_ARC, Bridge.FEDERATION),
}
_ISSUERS: Mapping[RunsOn | None, str] = {
    RunsOn.KUBERNETES: "the cluster's issuer and the service account",
    RunsOn.GITHUB_ACTIONS: "`https://token.actions.githubusercontent.com` and the workflow's subject",
}
_ARC = "the system-assigned identity of the server, once Azure Arc has it"
_ANY_ISSUER = "the issuer of the tokens that it has there (a cluster, GitHub Actions, SPIFFE)"


def stored_credentials(
    sign_ins: Iterable[SignIn],
    subjects: Mapping[str, Subject],
    compute: Sequence[ComputeResource],
    planned: Sequence[PlannedAssignment],
    by_key: Mapping[str, Sequence[ReplacingRole]],
    identities: IdentityPlan,
) -> tuple[StoredCredential, ...]:
    """The stored credentials that were used, with their replacements.

    ``subjects`` are by case-folded principal id; ``identities`` those that the plan chose; ``by_key`` are the
    roles that cover what was done with each access key, by its principal id.
    """
    found = []
    taking_over = _taking_over(identities)
    for one, hosts in _worth_naming(one for one in sign_ins if one.method.is_stored):
        subject = _subject(one, subjects)
        runs_on = _runs_on(subject, hosts, compute)
        running = [host for host in compute if host.resource_id.casefold() in hosts]
        services = _services(one.target)
        instead = taking_over.get(guid_key(subject.principal_id), ())
        found.append(
            StoredCredential(
                principal=subject,
                method=one.method,
                by=one.by,
                target=one.target,
                count=one.count,
                last_seen=one.last_seen,
                error=one.error,
                services=tuple(service.name for service in services),
                identity=_chosen(instead or _changing(running, identities))
                or _identity(runs_on, running if running and runs_on is RunsOn.AZURE else compute, subjects),
                bridges=_BRIDGES[runs_on],
                roles=tuple(by_key.get(one.principal_id, ()) or _roles(one, services, planned, instead)),
                afterwards=_afterwards(one),
                hosts=tuple(sorted(host.resource_id for host in running)),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.error != "", one.principal.name.casefold(), one.target)))


def credential_free(
    sign_ins: Iterable[SignIn], subjects: Mapping[str, Subject]
) -> tuple[CredentialFree, ...]:
    """Who signs in without a stored credential already: by what, and for which targets."""
    held = [one for one in sign_ins if not one.method.is_stored and one.outcome is SignInOutcome.SUCCEEDED]
    held.sort(key=_who)
    return tuple(
        CredentialFree(
            principal=subjects.get(who[0].casefold()) or Subject(who[0], who[0], SubjectKind.APPLICATION),
            method=who[1],
            by=who[2],
            targets=tuple(sorted({one.target for one in lines})),
        )
        for who, lines in groupby(held, key=_who)
    )


def _who(one: SignIn) -> tuple[str, SignInMethod, str]:
    return one.principal_id, one.method, one.by


def _worth_naming(sign_ins: Iterable[SignIn]) -> list[tuple[SignIn, frozenset[str]]]:
    """Those that succeeded, and of each credential that never did the latest attempt; and where each ran."""
    ordered = sorted(sign_ins, key=lambda one: (*_who(one), one.target, one.last_seen))
    found: list[tuple[SignIn, frozenset[str]]] = []
    for _, group in groupby(ordered, key=_who):
        lines = list(group)
        succeeded = [one for one in lines if one.outcome is SignInOutcome.SUCCEEDED]
        found.extend(_by_target(succeeded or [max(lines, key=lambda one: one.last_seen)]))
    return found


def _by_target(lines: Iterable[SignIn]) -> Iterable[tuple[SignIn, frozenset[str]]]:
    """One line for each target, in order, with the hosts (case-folded ids) on which that was."""
    for _, group in groupby(lines, key=lambda one: one.target):
        same = list(group)
        total = sum(one.count for one in same)
        hosts = frozenset(one.host.casefold() for one in same if one.host)
        yield structs.replace(same[-1], count=total), hosts


def _runs_on(subject: Subject, hosts: frozenset[str], compute: Sequence[ComputeResource]) -> RunsOn | None:
    """Where the code runs: as the estate says, else where it was seen to, of several places."""
    if subject.runs_on is not None or len(compute) < 2:
        return subject.runs_on
    seen = [one for one in compute if one.resource_id.casefold() in hosts]
    if not seen:
        return None
    on_servers = all(_host_kind(one) is HostKind.ARC for one in seen)
    return RunsOn.ON_PREMISES if on_servers else RunsOn.AZURE


def _subject(one: SignIn, subjects: Mapping[str, Subject]) -> Subject:
    known = subjects.get(guid_key(one.principal_id))
    if known is not None:
        return known
    kind = SubjectKind.ACCESS_KEY if store_and_key(one.principal_id) else SubjectKind.APPLICATION
    return Subject(one.principal_id, principal_in_words(one.principal_id), kind)


def _services(target: str) -> tuple[Service, ...]:
    return services_of_audience(target) or services_of_host(target.removeprefix("https://"))


def _roles(
    one: SignIn,
    services: Iterable[Service],
    planned: Iterable[PlannedAssignment],
    instead: Sequence[IdentityChoice],
) -> list[ReplacingRole]:
    """The roles that the plan has at the services that a token was for.

    They are those of the application, or of the identities that take its place.
    """
    whose = {guid_key(choice.identity.principal_id) for choice in instead} or {guid_key(one.principal_id)}
    types = [service.arm_type for service in services if service.arm_type]
    return [
        ReplacingRole(given.role_id, given.role_name, given.scope)
        for given in planned
        if guid_key(given.principal.principal_id) in whose and _touches(given.scope_id, types)
    ]


def _touches(scope: ResourceId, types: Iterable[str]) -> bool:
    """Whether a scope lies in a resource of one of the types, or is wider than a resource."""
    return scope.resource_type is None or any(scope.ancestor_of_type(one) is not None for one in types)


def _taking_over(identities: IdentityPlan) -> dict[str, list[IdentityChoice]]:
    """The choices that take over from each principal, by its case-folded id."""
    found: dict[str, list[IdentityChoice]] = {}
    for choice in identities.choices:
        for one in choice.replaces:
            found.setdefault(guid_key(one.principal_id), []).append(choice)
    return found


def _changing(running: Iterable[ComputeResource], identities: IdentityPlan) -> list[IdentityChoice]:
    """The choices for the resources that code was seen on, where all of these get another identity."""
    found = [identities.of_resource(host.resource_id) for host in running]
    changing = [one for one in found if one is not None and one.change is not IdentityChange.KEEP]
    return changing if len(changing) == len(found) else []


def _chosen(choices: Sequence[IdentityChoice]) -> str:
    """The identities that the plan chose in a credential's place, in words; empty where it chose none."""
    hosts: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    for one in choices:
        hosts.setdefault(one.identity.principal_id, []).append(f"`{one.name}`")
        is_own = one.chosen is IdentityKind.SYSTEM_ASSIGNED
        kind = (
            "the system-assigned identity" if is_own else f"the user-assigned identity `{one.identity.name}`"
        )
        words[one.identity.principal_id] = kind
    return listed([f"{words[key]} of {listed(names)}" for key, names in hosts.items()])


def _identity(
    runs_on: RunsOn | None, compute: Sequence[ComputeResource], subjects: Mapping[str, Subject]
) -> str:
    """Which identity replaces the credential, in words."""
    servers = [one for one in compute if _host_kind(one) is HostKind.ARC]
    in_azure = _of_hosts([one for one in compute if one not in servers], subjects)
    arc = _of_hosts(servers, subjects) if servers else _ARC
    issuer = _ISSUERS.get(runs_on, _ANY_ISSUER)
    federated = f"a user-assigned identity with a federated credential for {issuer}"
    if runs_on is None:
        return f"in Azure {in_azure}; on a server of your own {arc}; elsewhere {federated}"
    if runs_on is RunsOn.AZURE:
        return in_azure
    return arc if runs_on is RunsOn.ON_PREMISES else federated


def _host_kind(compute: ComputeResource) -> HostKind:
    resource_type = ResourceId.parse(compute.resource_id).resource_type or ""
    return compute.host_kind or host_kind_of_type(resource_type)


def _of_hosts(compute: Sequence[ComputeResource], subjects: Mapping[str, Subject]) -> str:
    if not compute:
        return "the system-assigned identity of the resource that runs it"
    if len(compute) > 1:
        names = listed([f"`{one.name}`" for one in compute])
        return f"the identity of the one that runs it, of {names}"
    (host,) = compute
    if host.system_assigned is not None:
        return f"the system-assigned identity of `{host.name}`"
    given = {resource_id.casefold() for resource_id in host.user_assigned}
    shared = [f"`{one.name}`" for one in subjects.values() if one.resource_id.casefold() in given]
    if shared:
        return f"the user-assigned identity {' or '.join(shared)} of `{host.name}`"
    return f"a system-assigned identity, which `{host.name}` has yet to be given"


def _afterwards(one: SignIn) -> str:
    """What to take away once nothing signs in with the credential any more."""
    if one.method is SignInMethod.ACCESS_KEY:
        setting = next((s.local_auth_off for s in _services(one.target) if s.local_auth_off), None)
        close = f"set `{setting}` on the store" if setting else "switch local authentication off on the store"
        return f"{close}, once nothing is listed for any of its keys"
    what = "certificate" if one.method is SignInMethod.CERTIFICATE else "client secret"
    whose = one.client_id or "CLIENT-ID"
    return (
        f"delete the {what} (`az ad app credential delete --id {whose} --key-id …`) and the role "
        "assignments of the application"
    )
