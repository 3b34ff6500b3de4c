"""Who reads a secret, how often, and when that is more often than a start needs."""

from __future__ import annotations

import msgspec
from plan_worlds import GET, WEB, WORKER, saw
from stored_made import STORAGE, STORE, VAULT, decided, plan_of, secret

from keyless.model.evidence import LogImport, Outcome, Run
from keyless.model.resources import key_value_scope
from keyless.plan.results.secrets import CodePlace, ReadBy
from keyless.plan.secrets.stored import Pace

READ_SETTING = "Microsoft.AppConfiguration/configurationStores/keyValues/read"
SCOPE = f"{VAULT.text}/secrets/db"


def test_a_secret_that_is_read_once_a_start_is_read_well():
    one = decided(secret("db", STORAGE), observations=[saw(WEB, GET, SCOPE, count=3)], subjects=[WEB])["db"]
    assert (one.reads, one.read_by, one.load_at_start_up, one.reading) == (3, ("web",), False, "")


def test_two_reads_within_one_second_are_more_than_a_start_needs():
    one = decided(
        secret("db", STORAGE),
        observations=[saw(WEB, GET, SCOPE, count=40), saw(WORKER, GET, SCOPE)],
        subjects=[WEB, WORKER],
        paces={(WEB.principal_id, SCOPE.casefold()): Pace(per_second=12, per_window=30)},
    )["db"]
    assert (one.reads, one.most_per_second, one.load_at_start_up) == (41, 12, True)
    assert one.read_by == ("web", "worker")
    assert "41 times, up to 12 within one second, up to 30 within ten: read it once" in one.reading
    assert "4,000 calls in 10 s" in one.reading


def test_more_than_one_read_an_hour_is_too_many_on_an_average_of_the_days():
    seen = msgspec.structs.replace(saw(WEB, GET, SCOPE, count=49), days=(20_000, 20_001))
    assert decided(secret("db", STORAGE), observations=[seen], subjects=[WEB])["db"].load_at_start_up
    fewer = msgspec.structs.replace(seen, count=48)
    assert not decided(secret("db", STORAGE), observations=[fewer], subjects=[WEB])["db"].load_at_start_up


def _run(*subjects):
    return Run("shop", tuple(one.principal_id.upper() for one in subjects), False, "python", 1, 2, 0)


def test_more_than_ten_reads_a_run_are_too_many_on_an_average():
    seen = [saw(WEB, GET, SCOPE, count=21)]
    runs = [_run(WEB), _run(WEB), _run(WORKER)]
    one = decided(secret("db", STORAGE), observations=seen, subjects=[WEB, WORKER], runs=runs)["db"]
    assert one.load_at_start_up
    assert "21 times in 2 runs" in one.reading
    more = [*runs, _run(WEB)]
    assert not decided(secret("db", STORAGE), observations=seen, subjects=[WEB], runs=more)[
        "db"
    ].load_at_start_up


def test_workers_that_each_read_it_at_the_start_read_it_well():
    def is_blamed(pace):
        at = {(WEB.principal_id, SCOPE.casefold()): pace}
        held = {"observations": [saw(WEB, GET, SCOPE, count=4)], "subjects": [WEB], "runs": [_run(WEB)]}
        return decided(secret("db", STORAGE), paces=at, **held)["db"].load_at_start_up

    assert not is_blamed(Pace(per_second=4, per_window=4))
    assert is_blamed(Pace(per_second=4, per_window=4, later=3))


def test_runs_say_nothing_of_reads_that_came_from_logs():
    imported = LogImport("x.json", "AuditEvent", 1, 1, 0, 0, 1, 1)
    one = decided(
        secret("db", STORAGE),
        observations=[saw(WEB, GET, SCOPE, count=21)],
        subjects=[WEB],
        runs=[_run(WEB)],
        imports=[imported],
    )["db"]
    assert not one.load_at_start_up


def test_what_was_refused_was_not_read():
    refused = saw(WEB, GET, SCOPE, count=500, outcome=Outcome.DENIED)
    assert decided(secret("db", STORAGE), observations=[refused], subjects=[WEB])["db"].reads == 0


def test_names_of_secrets_compare_without_case():
    one = decided(secret("DB", STORAGE), observations=[saw(WEB, GET, SCOPE)], subjects=[WEB])["DB"]
    assert one.reads == 1


KEY, CERTIFICATE = f"{VAULT.text}/keys/signing", f"{VAULT.text}/certificates/tls"
FETCH, SIGN = "Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/keys/sign/action"
READ_CERTIFICATE = "Microsoft.KeyVault/vaults/certificates/read"


def paces(**by_scope):
    """How fast the web app reads each thing."""
    scopes = {"db": SCOPE, "key": KEY, "certificate": CERTIFICATE}
    return {(WEB.principal_id, scopes[name].casefold()): pace for name, pace in by_scope.items()}


def test_what_is_read_too_often_is_told_with_who_reads_it_how_fast_against_which_limit_and_where():
    plan = plan_of(
        secret("db", STORAGE),
        observations=[saw(WEB, GET, SCOPE, count=40), saw(WORKER, GET, SCOPE)],
        subjects=[WEB, WORKER],
        paces=paces(db=Pace(per_second=12, per_window=30, later=25, throttled=2)),
        places={"db": (CodePlace("app.py", 7),)},
    )
    (one,) = plan.reads
    assert (one.container, one.kind, one.name, one.load_at_start_up) == (VAULT.text, "secret", "db", True)
    assert one.readers == (
        ReadBy(name="web", reads=40, most_per_second=12, most_per_window=30, later=25, throttled=2),
        ReadBy(name="worker", reads=1),
    )
    assert one.limit == "a vault answers 4,000 calls in 10 s, from all callers together"
    assert one.places == (CodePlace("app.py", 7),)
    assert one.advice == (
        "it was read 41 times, up to 12 within one second, up to 30 within ten, 25 of them after the "
        "start of a run, and refused 2 times at the limit: read it once at the start, keep "
        "it in memory, and read it again when it stops working "
        "(a vault answers 4,000 calls in 10 s, from all callers together)"
    )


def test_what_is_read_at_the_start_alone_is_not_told():
    plan = plan_of(secret("db", STORAGE), observations=[saw(WEB, GET, SCOPE, count=3)], subjects=[WEB])
    assert plan.reads == ()


def test_what_was_only_read_later_than_at_the_start_is_told_with_a_reservation():
    plan = plan_of(
        secret("db", STORAGE),
        observations=[saw(WEB, GET, SCOPE, count=3)],
        subjects=[WEB],
        paces=paces(db=Pace(per_second=1, per_window=2, later=1)),
    )
    (one,) = plan.reads
    assert not one.load_at_start_up
    assert not plan.secrets[0].load_at_start_up
    assert "1 of them after the start of a run: unless a program was" in one.advice


def test_whoever_is_throttled_reads_too_often():
    plan = plan_of(
        observations=[saw(WEB, GET, SCOPE)], subjects=[WEB], paces=paces(db=Pace(per_second=1, throttled=1))
    )
    assert [one.load_at_start_up for one in plan.reads] == [True]


def test_keys_and_certificates_are_told_too_and_what_uses_a_key_is_no_reading():
    plan = plan_of(
        observations=[
            saw(WEB, FETCH, KEY, count=50),
            saw(WEB, SIGN, KEY, count=5_000),
            saw(WEB, READ_CERTIFICATE, CERTIFICATE, count=60),
        ],
        subjects=[WEB],
        paces=paces(key=Pace(per_second=9, per_window=20)),
    )
    certificate, key = plan.reads
    assert (certificate.kind, certificate.name, certificate.readers[0].reads) == ("certificate", "tls", 60)
    assert "before it expires" in certificate.advice
    assert (key.kind, key.name, key.readers[0].reads) == ("key", "signing", 50)
    assert "keep its public part in memory" in key.advice
    assert key.limit.startswith("a vault answers 250 to 4,000 calls on keys of one type in 10 s")
    signed = plan_of(observations=[saw(WEB, SIGN, KEY, count=5_000)], subjects=[WEB])
    assert signed.reads == ()


def test_a_secret_that_only_a_log_knows_is_told_too():
    plan = plan_of(observations=[saw(WEB, GET, SCOPE, count=100)], subjects=[WEB])
    assert plan.secrets == ()
    assert [one.name for one in plan.reads] == ["db"]


def test_a_whole_vault_is_no_object_of_it():
    plan = plan_of(observations=[saw(WEB, FETCH, VAULT.text, count=900)], subjects=[WEB])
    assert plan.reads == ()


def test_what_a_run_read_again_and_again_is_to_be_loaded_at_start_up():
    plan = plan_of(
        observations=[saw(WEB, GET, SCOPE, count=12)],
        subjects=[WEB],
        paces=paces(db=Pace(per_second=1, later=11, again=1)),
    )
    assert [one.load_at_start_up for one in plan.reads] == [True]


def test_a_setting_that_is_read_for_each_request_is_told_with_the_limits_of_stores():
    scope = key_value_scope(STORE, "app:colour", "prod").text
    plan = plan_of(observations=[saw(WEB, READ_SETTING, scope, count=900)], subjects=[WEB])
    (one,) = plan.reads
    assert (one.container, one.kind, one.name, one.load_at_start_up) == (
        STORE.text,
        "setting",
        "app:colour",
        True,
    )
    assert one.limit == (
        "a store answers 1,000 requests a day (free), 6,000 requests an hour (developer), 30,000 requests an "
        "hour (standard), from all callers together"
    )
    assert one.advice.startswith("it was read 900 times: load it once at the start with the others")


def test_to_look_whether_a_setting_has_changed_is_no_reading_of_it():
    scope = key_value_scope(STORE, "sentinel", None).text
    looked = msgspec.structs.replace(saw(WEB, READ_SETTING, scope, count=900), checks=880)
    rates = {(WEB.principal_id.casefold(), scope.casefold()): Pace(per_second=2, per_window=2, later=19)}
    assert plan_of(observations=[looked], subjects=[WEB], paces=rates).reads == ()
    more = msgspec.structs.replace(looked, checks=800)
    (one,) = plan_of(observations=[more], subjects=[WEB], paces=rates).reads
    assert one.readers[0].checks == 800


def test_how_often_a_store_is_listed_is_told_where_a_run_showed_that_it_was_again_and_again():
    listed = saw(WEB, READ_SETTING, STORE.text, count=5_000)
    who = (WEB.principal_id.casefold(), STORE.text.casefold())
    quiet = plan_of(observations=[listed], subjects=[WEB], paces={who: Pace(per_second=20, later=40)})
    assert quiet.reads == ()
    (one,) = plan_of(observations=[listed], subjects=[WEB], paces={who: Pace(later=40, again=1)}).reads
    assert (one.container, one.kind, one.name) == (STORE.text, "list of settings", STORE.name)
    assert one.advice.startswith("they were listed 5,000 times, 40 of them after the start of a run: load")
