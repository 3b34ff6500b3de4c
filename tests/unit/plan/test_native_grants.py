"""Grants in services' own terms: exactly what was used where that is known, else said to be a guess."""

from __future__ import annotations

import json
import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from plan_worlds import DAY, GET, GROUP, LEGACY, VAULT, WEB, WORKER, saw

from keyless.catalog.native_roles import COSMOS_ACTIONS, COSMOS_BUILT_IN, COSMOS_CONTRIBUTOR
from keyless.model.evidence import Outcome, SignIn, SignInMethod, SignInOutcome
from keyless.model.management import GenericResource
from keyless.model.resource_id import ResourceId
from keyless.plan.native.today import cosmos_assignments
from keyless.plan.policy.native import ClusterRule, CosmosLevel, DatabaseRule, NativeRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.roles import CustomRoles, RoleRules
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.read import read_plan
from keyless.plan.reports.terminal import report_text
from keyless.plan.results.native import NOT_KNOWN, NativeSystem
from keyless.plan.stages import stages_of
from keyless.plan.writers.json import write_json
from plans_made import planned

ACCOUNT = f"{GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/orders"
DATABASE = f"{ACCOUNT}/sqlDatabases/Shop"
ITEMS, EVENTS = f"{DATABASE}/containers/items", f"{DATABASE}/containers/events"
DATA = "Microsoft.DocumentDB/databaseAccounts"
METADATA = f"{DATA}/readMetadata"
READ, CREATE, QUERY = (
    f"{DATA}/sqlDatabases/containers/{end}" for end in ("items/read", "items/create", "executeQuery")
)
SQL, OPEN_SOURCE = "https://database.windows.net/", "https://ossrdbms-aad.database.windows.net"
KUBERNETES = "6dae42f8-4368-4678-94ff-3960e28e3630"
SERVER = ResourceId.parse(f"{GROUP}/providers/Microsoft.Sql/servers/orders-sql")
POSTGRES = ResourceId.parse(f"{GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/orders-pg")
MYSQL = ResourceId.parse(f"{GROUP}/providers/Microsoft.DBforMySQL/flexibleServers/orders-my")
CLUSTER = ResourceId.parse(f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/orders-aks")
CLIENT = "bbbbbbbb-0000-0000-0000-000000000001"
PROPOSING = PlanPolicy(roles=RoleRules(custom=CustomRoles.PROPOSED))


def signed_in(subject, target, *, outcome=SignInOutcome.SUCCEEDED, count=3):
    """A sign-in of a subject."""
    how = SignInMethod.MANAGED_IDENTITY
    return SignIn(subject.principal_id, CLIENT, how, "", target, outcome, "", count, 0, 20_000 * DAY)


def with_rules(**rules):
    """A policy with rules on services' own roles."""
    return PlanPolicy(native=NativeRules(**rules))


def test_what_cosmos_db_decides_is_no_gap_of_azure_roles() -> None:
    plan = planned([WEB], [saw(WEB, READ, ITEMS), saw(WEB, GET, f"{VAULT}/secrets/a")])
    assert plan.uncovered == ()
    assert [one.scope for one in plan.assignments] == [VAULT]
    assert plan.containment.used == 1
    assert read_plan(write_json(plan)).native == plan.native


def test_reading_gets_the_reader_at_the_container() -> None:
    (one,) = planned([WEB], [saw(WEB, READ, ITEMS, count=7), saw(WEB, METADATA, ITEMS)]).native
    assert (one.system, one.scope, one.within) == (NativeSystem.COSMOS_DB, ACCOUNT, "/dbs/Shop/colls/items")
    assert one.role == "Cosmos DB Built-in Data Reader"
    assert one.used == (METADATA, READ)
    assert [end.rpartition("/")[2] for end in one.excess] == ["executeQuery", "readChangeFeed"]
    words = shlex.split(one.commands[0])
    assert words[:6] == ["az", "cosmosdb", "sql", "role", "assignment", "create"]
    assert words[words.index("--scope") + 1] == "/dbs/Shop/colls/items"
    assert words[words.index("--role-definition-id") + 1] == "00000000-0000-0000-0000-000000000001"
    assert words[-1] == WEB.principal_id
    given_id = words[words.index("--role-assignment-id") + 1]
    assert given_id in shlex.split(one.undo[0])


def test_writing_gets_the_contributor() -> None:
    (one,) = planned([WEB], [saw(WEB, CREATE, ITEMS)]).native
    assert one.role == COSMOS_CONTRIBUTOR.name


def test_a_role_of_ones_own_has_exactly_what_was_used_where_the_policy_allows_it() -> None:
    plan = planned([WEB], [saw(WEB, CREATE, ITEMS), saw(WEB, CREATE, EVENTS)], policy=PROPOSING)
    first, second = plan.native
    assert first.excess == second.excess == ()
    assert first.role == second.role
    define, assign = map(shlex.split, first.commands)
    body = json.loads(define[define.index("--body") + 1])
    assert body["Permissions"] == [{"DataActions": sorted([METADATA, CREATE])}]
    assert body["Id"] in assign
    assert len(second.commands) == 1
    assert "definition" in first.undo[-1]
    assert len(second.undo) == 1


def test_the_built_in_role_stays_where_it_grants_just_what_was_used() -> None:
    reader = COSMOS_BUILT_IN[0]
    seen = [saw(WEB, action, ITEMS) for action in reader.granted]
    (one,) = planned([WEB], seen, policy=PROPOSING).native
    assert (one.role, one.excess) == (reader.name, ())


def test_what_a_wider_place_gives_is_not_given_again_in_it() -> None:
    grants = planned(
        [WEB], [saw(WEB, READ, DATABASE), saw(WEB, READ, ITEMS), saw(WEB, CREATE, EVENTS)]
    ).native
    assert [(one.within, one.role.rpartition(" ")[2]) for one in grants] == [
        ("/dbs/Shop", "Reader"),
        ("/dbs/Shop/colls/events", "Contributor"),
    ]


def test_metadata_of_the_account_alone_opens_nothing_below() -> None:
    seen = [saw(WEB, METADATA, ACCOUNT), saw(WEB, READ, ITEMS)]
    (one,) = planned([WEB], seen).native
    assert one.within == "/dbs/Shop/colls/items"
    wide, narrow = planned([WEB], seen, policy=PROPOSING).native
    assert (wide.within, wide.used, wide.excess) == ("/", (METADATA,), ())
    assert narrow.used == (READ,)


@pytest.mark.parametrize(
    ("level", "within"),
    [
        (CosmosLevel.ACCOUNT, ["/"]),
        (CosmosLevel.DATABASE, ["/dbs/Shop"]),
        (CosmosLevel.CONTAINER, ["/dbs/Shop/colls/events", "/dbs/Shop/colls/items"]),
    ],
)
def test_the_policy_says_how_far_down_a_role_is_given(level: CosmosLevel, within: list[str]) -> None:
    seen = [saw(WEB, READ, ITEMS), saw(WEB, READ, EVENTS)]
    assert [one.within for one in planned([WEB], seen, policy=with_rules(cosmos=level)).native] == within


def test_what_was_denied_is_not_granted_unless_it_counts() -> None:
    seen = [saw(WEB, READ, ITEMS, outcome=Outcome.DENIED)]
    assert planned([WEB], seen).native == ()
    assert planned([WEB], seen, flags={"include_denied": True}).native != ()


USES = st.lists(
    st.tuples(
        st.sampled_from([WEB, WORKER]),
        st.sampled_from(COSMOS_ACTIONS),
        st.sampled_from([ACCOUNT, DATABASE, ITEMS, EVENTS]),
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(USES)
def test_exact_roles_grant_all_that_was_used_where_it_was_used_and_nothing_else(uses) -> None:
    plan = planned([WEB, WORKER], [saw(*use) for use in uses], policy=PROPOSING)
    granted = {
        (one.principal.principal_id, one.scope + _arm(one.within), action)
        for one in plan.native
        for action in (METADATA, *one.used, *one.excess)
    }
    for subject, action, scope in uses:
        assert any(
            who == subject.principal_id
            and action == what
            and ResourceId.parse(at).contains(ResourceId.parse(scope))
            for who, at, what in granted
        )
    used = {(subject.principal_id, scope, action) for subject, action, scope in uses}
    assert {one for one in granted if one[2] != METADATA} <= used


def _arm(within: str) -> str:
    return within.rstrip("/").replace("/dbs/", "/sqlDatabases/").replace("/colls/", "/containers/")


def test_of_sql_only_a_token_is_known_and_that_is_said() -> None:
    (one,) = planned([WEB], [], sign_ins=[signed_in(WEB, SQL)], resources=[SERVER]).native
    assert (one.scope, one.role) == (SERVER.text, "db_datareader")
    assert "no log says what was done" in one.reason
    assert "native.sql" in one.reason
    made, given_role = one.commands
    assert made.startswith(
        "IF DATABASE_PRINCIPAL_ID(N'web') IS NULL CREATE USER [web] FROM EXTERNAL PROVIDER "
    )
    assert made.endswith(f"WITH OBJECT_ID = '{WEB.principal_id}';")
    assert given_role == "ALTER ROLE [db_datareader] ADD MEMBER [web];"
    assert one.undo[-1] == "DROP USER IF EXISTS [web];"
    assert "web: db_datareader in orders-sql (sql)" in report_text(
        planned([WEB], [], sign_ins=[signed_in(WEB, SQL)], resources=[SERVER])
    )


def test_a_server_that_nobody_names_is_left_open() -> None:
    (one,) = planned([WEB], [], sign_ins=[signed_in(WEB, SQL)]).native
    assert (one.scope, one.place) == (NOT_KNOWN, "a place that the policy does not name")
    two = [SERVER, ResourceId.parse(SERVER.text + "2")]
    (other,) = planned([WEB], [], sign_ins=[signed_in(WEB, SQL)], resources=two).native
    assert other.scope == NOT_KNOWN
    assert stages_of(planned([WEB], [], sign_ins=[signed_in(WEB, SQL)]))


def test_the_policy_says_who_needs_which_role_where() -> None:
    rules = (
        DatabaseRule("orders-sql", "orders", "db_datareader", ("web",)),
        DatabaseRule("orders-sql", "orders", "db_datawriter", ("WEB",)),
        DatabaseRule("elsewhere", "stock", principals=(WORKER.principal_id,)),
    )
    plan = planned(
        [WEB, WORKER],
        [],
        sign_ins=[signed_in(WEB, SQL), signed_in(WORKER, SQL)],
        resources=[SERVER],
        policy=with_rules(sql=rules),
    )
    by_name = {one.principal.name: one for one in plan.native}
    assert (by_name["web"].within, by_name["web"].role) == ("orders", "db_datareader, db_datawriter")
    assert "the policy names" in by_name["web"].reason
    assert (by_name["worker"].scope, by_name["worker"].within) == (NOT_KNOWN, "elsewhere/stock")
    assert by_name["worker"].role == "db_datareader"


def test_postgresql_and_mysql_are_told_apart_by_what_the_estate_has() -> None:
    signed = [signed_in(WEB, OPEN_SOURCE)]
    (one,) = planned([WEB], [], sign_ins=signed, resources=[POSTGRES]).native
    assert one.system is NativeSystem.POSTGRESQL
    make = "SELECT * FROM pgaadauth_create_principal_with_oid"
    assert one.commands[0] == f"{make}('web', '{WEB.principal_id}', 'service', false, false);"
    assert 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "web";' in one.commands
    plan = planned([WEB], [], sign_ins=signed, resources=[POSTGRES, MYSQL])
    assert plan.native == ()
    assert any("share an audience" in note for note in plan.notes)


def test_mysql_knows_a_principal_by_its_client_id() -> None:
    rules = with_rules(mysql=(DatabaseRule("orders-my", "orders", "writer"),))
    (one,) = planned(
        [WEB], [], sign_ins=[signed_in(WEB, OPEN_SOURCE)], resources=[MYSQL], policy=rules
    ).native
    assert one.commands == (
        f"CREATE AADUSER 'web' IDENTIFIED BY '{CLIENT}';",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON `orders`.* TO 'web'@'%';",
    )
    (guess,) = planned([WEB], [], sign_ins=[signed_in(WEB, OPEN_SOURCE)], resources=[MYSQL]).native
    assert guess.commands == ()
    assert "no statement is written" in guess.reason


def test_roles_of_the_database_itself_are_given_by_name() -> None:
    rules = with_rules(
        postgresql=(
            DatabaseRule("orders-pg", "orders", "app_owner"),
            DatabaseRule("orders-pg", "orders", "writer"),
        )
    )
    (one,) = planned([WEB], [], sign_ins=[signed_in(WEB, OPEN_SOURCE)], policy=rules).native
    assert 'GRANT "app_owner" TO "web";' in one.commands
    assert 'GRANT CONNECT ON DATABASE "orders" TO "web";' in one.commands
    assert 'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "web";' in one.commands
    (my,) = planned(
        [WEB],
        [],
        sign_ins=[signed_in(WEB, OPEN_SOURCE)],
        policy=with_rules(mysql=(DatabaseRule("m", "d", "app"),)),
    ).native
    assert "GRANT 'app' TO 'web'@'%';" in my.commands


def test_a_cluster_gets_a_binding_in_one_namespace() -> None:
    rules = with_rules(kubernetes=(ClusterRule("orders-aks", "shop", "edit"),))
    signed = [signed_in(WEB, KUBERNETES)]
    (one,) = planned([WEB], [], sign_ins=signed, resources=[CLUSTER], policy=rules).native
    words = shlex.split(one.commands[0])
    assert words[:3] == ["kubectl", "create", "rolebinding"]
    assert {"--clusterrole=edit", "--namespace=shop", "--context=orders-aks"} < set(words)
    assert words[-1] == f"--user={WEB.principal_id}"
    (guess,) = planned([WEB], [], sign_ins=signed).native
    assert guess.commands == ()
    assert "Azure Kubernetes Service RBAC Reader" in guess.reason


def test_failed_sign_ins_and_other_services_need_nothing() -> None:
    signed = [signed_in(WEB, SQL, outcome=SignInOutcome.FAILED), signed_in(WEB, "https://vault.azure.net")]
    assert planned([WEB], [], sign_ins=signed).native == ()


def test_an_identity_that_is_yet_to_be_made_gets_its_grant_by_name() -> None:
    coming = structs.replace(WORKER, is_proposed=True)
    (one,) = planned([coming], [], sign_ins=[signed_in(coming, SQL)]).native
    assert "OBJECT_ID" not in one.commands[0]
    (pg,) = planned([coming], [], sign_ins=[signed_in(coming, OPEN_SOURCE)], resources=[POSTGRES]).native
    assert pg.commands[0].startswith("SELECT * FROM pgaadauth_create_principal('worker'")


def named(name: str) -> Subject:
    """A principal that somebody gave a name to."""
    return Subject("aaaaaaaa-0000-0000-0000-0000000000ff", name, SubjectKind.APPLICATION)


@pytest.mark.parametrize(
    ("target", "resources", "quoted"),
    [
        (SQL, [SERVER], "[x]] '; DROP TABLE t;--]"),
        (OPEN_SOURCE, [POSTGRES], '"x] \'; DROP TABLE t;--"'),
    ],
)
def test_a_name_is_never_more_than_a_name(target, resources, quoted) -> None:
    evil = named("x] '; DROP TABLE t;--")
    (one,) = planned([evil], [], sign_ins=[signed_in(evil, target)], resources=resources).native
    assert any(quoted in line for line in one.commands)
    assert not any("N'x] ';" in line or "('x] ';" in line for line in one.commands)


@pytest.mark.parametrize("name", ["a\nGO\nb", "a\x1b[31mb", "a\u2028b"])
def test_a_name_that_cannot_be_printed_is_in_no_statement(name: str) -> None:
    evil = named(name)
    for target, resources in ((SQL, [SERVER]), (OPEN_SOURCE, [POSTGRES]), (OPEN_SOURCE, [MYSQL])):
        (one,) = planned([evil], [], sign_ins=[signed_in(evil, target)], resources=resources).native
        assert one.commands == one.undo == ()


def test_a_container_with_an_odd_name_is_one_word_of_the_shell() -> None:
    odd = f"{DATABASE}/containers/$(rm -rf ~)'`"
    (one,) = planned([WEB], [saw(WEB, READ, odd)]).native
    assert "/dbs/Shop/colls/$(rm -rf ~)'`" in shlex.split(one.commands[0])


def kept(role: str, path: str, who: Subject = WEB) -> GenericResource:
    """A role assignment of an account, as an import keeps it."""
    told = {"principalId": who.principal_id.upper(), "roleDefinitionId": role, "scope": path}
    name = f"{ACCOUNT}/sqlRoleAssignments/{who.principal_id}{path.count('/')}"
    return GenericResource(name, "", body={"properties": told})


def test_what_an_account_gives_already_is_kept_and_what_it_gives_besides_is_named() -> None:
    reader = COSMOS_BUILT_IN[0].id
    resources = [
        kept(reader, "/dbs/Shop/colls/items"),
        kept(COSMOS_CONTRIBUTOR.id, f"{ACCOUNT}"),
        kept(reader, "/", LEGACY),
        GenericResource(f"{ACCOUNT}/sqlRoleAssignments/x", ""),
        GenericResource(SERVER.text, "", body={"properties": {"scope": "/"}}),
    ]
    today = tuple(cosmos_assignments(resources))
    assert len(today) == 3
    plan = planned([WEB], [saw(WEB, READ, ITEMS)], cosmos=today)
    assert [(one.exists, one.commands, one.undo) for one in plan.native] == [(True, (), ())]
    (note,) = [one for one in plan.notes if "of Cosmos DB in `/`" in one]
    assert "`web` has the role `Cosmos DB Built-in Data Contributor`" in note


def test_a_role_of_ones_own_that_was_made_is_known_again() -> None:
    seen = [saw(WEB, CREATE, ITEMS)]
    (made,) = planned([WEB], seen, policy=PROPOSING).native
    role = shlex.split(made.undo[-1])[-2]
    today = tuple(cosmos_assignments([kept(role, "/dbs/Shop/colls/items")]))
    plan = planned([WEB], seen, policy=PROPOSING, cosmos=today)
    assert [one.exists for one in plan.native] == [True]
    assert not any("does not need" in note for note in plan.notes)


def test_whom_nobody_has_declared_is_not_forgotten() -> None:
    plan = planned([], [saw(WEB, READ, ITEMS)], sign_ins=[signed_in(WEB, SQL)])
    assert [one.principal.name for one in plan.native] == [WEB.principal_id]
    assert any(
        "3 tokens for Azure SQL were taken" in note and WEB.principal_id in note for note in plan.notes
    )


def test_a_plan_of_services_own_grants_alone_is_no_empty_one() -> None:
    plan = planned([WEB], [saw(WEB, READ, ITEMS)])
    assert "1 grant of services' own" in report_text(plan)
    assert not any("nothing is planned" in note for note in plan.notes)


def test_a_principal_of_a_stored_credential_counts_too() -> None:
    one = structs.replace(signed_in(LEGACY, SQL), method=SignInMethod.CLIENT_SECRET)
    assert [grant.principal.name for grant in planned([LEGACY], [], sign_ins=[one]).native] == ["legacy app"]
