"""Every grant in a service's own terms that a plan has, and what is to be said of those it can't decide.

Rules:
- what was done with Cosmos DB's data is known action by action;
- of databases and clusters it is known only that a token was taken: the policy says what it was for. Where it
  does not, the least role that reads is planned for, and said to be a guess that must be checked;
- the server is the policy's, else the estate's only one of its kind, else left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from keyless.catalog.native_roles import DATABASE_READER, KUBERNETES_READER, SQL_READER
from keyless.model.estate import derived_guid
from keyless.model.evidence import Observation, SignIn
from keyless.model.guids import guid_key
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.plan.native.cosmos import cosmos_grants, left_over
from keyless.plan.native.quoting import NotWritten
from keyless.plan.native.statements import (
    Statements,
    kubernetes_statements,
    mysql_statements,
    postgres_statements,
    sql_statements,
)
from keyless.plan.native.today import CosmosAssignment
from keyless.plan.native.tokens import Taken, taken
from keyless.plan.policy.native import NativeRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.roles import CustomRoles
from keyless.plan.problem import Subject
from keyless.plan.results.native import NOT_KNOWN, NativeGrant, NativeSystem

_TYPES: Mapping[NativeSystem, tuple[str, ...]] = {
    NativeSystem.SQL: ("Microsoft.Sql/servers", "Microsoft.Sql/managedInstances"),
    NativeSystem.POSTGRESQL: ("Microsoft.DBforPostgreSQL/flexibleServers",),
    NativeSystem.MYSQL: ("Microsoft.DBforMySQL/flexibleServers",),
    NativeSystem.KUBERNETES: ("Microsoft.ContainerService/managedClusters",),
}
_NAMES: Mapping[NativeSystem, str] = {
    NativeSystem.SQL: "Azure SQL",
    NativeSystem.POSTGRESQL: "PostgreSQL",
    NativeSystem.MYSQL: "MySQL",
    NativeSystem.KUBERNETES: "Kubernetes",
}
_LEAST: Mapping[NativeSystem, str] = {
    NativeSystem.SQL: SQL_READER,
    NativeSystem.POSTGRESQL: DATABASE_READER,
    NativeSystem.MYSQL: DATABASE_READER,
    NativeSystem.KUBERNETES: KUBERNETES_READER,
}


@dataclass(frozen=True, slots=True)
class Native:
    """The grants, and notes on what could not be decided."""

    grants: tuple[NativeGrant, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Roles in one place of one server; ``told`` says that the policy names them."""

    server: str
    within: str
    roles: tuple[str, ...]
    told: bool


def native_grants(
    observations: Iterable[Observation],
    sign_ins: Iterable[SignIn],
    subjects: Mapping[str, Subject],
    resources: Sequence[ResourceId],
    policy: PlanPolicy,
    today: Sequence[CosmosAssignment] = (),
) -> Native:
    """All of them; ``subjects`` are by case-folded id, ``resources`` those that the estate has, ``today``
    what accounts of Cosmos DB give already."""
    of_cosmos = cosmos_grants(
        observations,
        subjects,
        policy.native.cosmos,
        own_roles=policy.roles.custom is CustomRoles.PROPOSED,
        include_denied=policy.evidence.include_denied,
        today=today,
    )
    grants, notes = list(of_cosmos), list(left_over(of_cosmos, today, subjects))
    for one in taken(sign_ins):
        subject = subjects.get(guid_key(one.principal_id))
        if subject is None or subject.principal_id in subject.name:  # known by its id alone
            notes.append(_stranger(one))
            continue
        system = _system(one, subject, resources, policy.native)
        if system is None:
            notes.append(_undecided(one, subject))
            continue
        grants += _of_tokens(one, system, subject, resources, policy.native)
    return Native(tuple(grants), tuple(notes))


def _system(
    one: Taken, subject: Subject, resources: Sequence[ResourceId], rules: NativeRules
) -> NativeSystem | None:
    """What the tokens were for: what the policy names, else what the estate has; none where both may be."""
    by_policy = [system for system in sorted(one.systems) if any(_wanted(system, subject, rules))]
    by_estate = [system for system in sorted(one.systems) if _servers(system, resources)]
    for found in (by_policy, by_estate, sorted(one.systems)):
        if len(found) == 1:
            return NativeSystem(found[0])
    return None


def _undecided(one: Taken, subject: Subject) -> str:
    names = " or ".join(_NAMES[system] for system in sorted(one.systems))
    keys = " or ".join(f"`native.{system.value}`" for system in sorted(one.systems))
    return (
        f"`{subject.name}` needs a grant in a database: {one.words(names)}, and they share an audience; "
        f"say in the policy ({keys}) which it is, and in which role"
    )


def _stranger(one: Taken) -> str:
    names = " or ".join(_NAMES[system] for system in sorted(one.systems))
    return (
        f"{one.words(names)} by `{one.principal_id}`, whose name is not known: declare or import it, "
        "since it gets its grant there by name"
    )


def _of_tokens(
    one: Taken,
    system: NativeSystem,
    subject: Subject,
    resources: Sequence[ResourceId],
    rules: NativeRules,
) -> Iterator[NativeGrant]:
    wanted = list(_wanted(system, subject, rules)) or [_Wanted("", "", (_LEAST[system],), told=False)]
    for place in wanted:
        scope = _scope_of(place.server, system, resources)
        role = ", ".join(place.roles)
        try:
            statements, why_not = _statements(system, one, subject, place, scope), ""
        except NotWritten as error:
            statements, why_not = Statements((), ()), f"; no statement is written for it: {error}"
        yield NativeGrant(
            principal=subject,
            system=system,
            scope=scope,
            within=place.within if scope != NOT_KNOWN else _joined(place.server, place.within),
            role=role,
            commands=statements.do,
            undo=statements.undo,
            reason=_reason(one, system, place, role) + why_not,
        )


def _wanted(system: NativeSystem, subject: Subject, rules: NativeRules) -> Iterator[_Wanted]:
    """What the policy says of a principal at a system, one place after the other."""
    found: dict[tuple[str, str], list[str]] = {}
    for server, within, role, principals in _rules(system, rules):
        names = {one.casefold() for one in principals}
        if not names or names & {subject.name.casefold(), guid_key(subject.principal_id)}:
            found.setdefault((server, within), []).append(role or _LEAST[system])
    for (server, within), roles in found.items():
        yield _Wanted(server, within, tuple(dict.fromkeys(roles)), told=True)


def _rules(system: NativeSystem, rules: NativeRules) -> list[tuple[str, str, str, tuple[str, ...]]]:
    if system is NativeSystem.KUBERNETES:
        return [(one.cluster, one.namespace, one.role, one.principals) for one in rules.kubernetes]
    by_system = {
        NativeSystem.SQL: rules.sql,
        NativeSystem.POSTGRESQL: rules.postgresql,
        NativeSystem.MYSQL: rules.mysql,
    }
    return [(one.server, one.database, one.role, one.principals) for one in by_system[system]]


def _servers(system: NativeSystem, resources: Sequence[ResourceId]) -> list[ResourceId]:
    return [one for one in resources if any(map(one.is_type, _TYPES[system]))]


def _scope_of(server: str, system: NativeSystem, resources: Sequence[ResourceId]) -> str:
    """The id of the server that is named; of the only one, where none is."""
    there = _servers(system, resources)
    if not server:
        return there[0].text if len(there) == 1 else NOT_KNOWN
    try:
        return ResourceId.parse(server).text
    except InvalidResourceId:
        named = [one for one in there if one.name.casefold() == server.casefold()]
        return named[0].text if len(named) == 1 else NOT_KNOWN


def _statements(system: NativeSystem, one: Taken, subject: Subject, place: _Wanted, scope: str) -> Statements:
    if system is NativeSystem.KUBERNETES:
        if scope == NOT_KNOWN:
            raise NotWritten("the cluster is not known")
        namespace, role = place.within or "default", place.roles[0]
        made = derived_guid("roleBinding", subject.principal_id, scope, namespace, role)
        cluster = ResourceId.parse(scope).name
        return kubernetes_statements(subject, role, cluster, namespace, f"keyless-{made[:8]}")
    write: Mapping[NativeSystem, Callable[[], Statements]] = {
        NativeSystem.SQL: lambda: sql_statements(subject, place.roles),
        NativeSystem.POSTGRESQL: lambda: postgres_statements(subject, place.roles, place.within),
        NativeSystem.MYSQL: lambda: mysql_statements(subject, place.roles, place.within, one.client_id),
    }
    return write[system]()


def _joined(server: str, within: str) -> str:
    return "/".join(part for part in (server, within) if part)


def _reason(one: Taken, system: NativeSystem, place: _Wanted, role: str) -> str:
    token = one.words(_NAMES[system])
    if place.told:
        return f"{token}; the policy names `{role}`"
    more = ", or give `Azure Kubernetes Service RBAC Reader` where the cluster takes Azure roles"
    return (
        f"{token}, and no log says what was done with it: `{role}` is the least that reads, and a guess. "
        f"Check what it does there, and say so in the policy (`native.{system.value}`)"
        f"{more if system is NativeSystem.KUBERNETES else ''}"
    )
