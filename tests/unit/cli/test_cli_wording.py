"""How scopes, numbers and messages are put into words."""

from __future__ import annotations

import pytest

from keyless.cli.notices import arrival, closing, denial, missing, show, slowed_down
from keyless.cli.reads import repeated
from keyless.cli.terminal import say
from keyless.cli.wording import counted, scope_in_words
from keyless.model.resource_id import ResourceId, group_scope, resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, key_value_scope, secret_scope, snapshot_scope
from keyless.model.visible import visible
from keyless.runtime.messages import Arrived, Missed, Remark, Repeated, Settled, SignedIn, SlowedDown, Summary

GROUP = group_scope("s", "g")
VAULT = resource_scope(GROUP, VAULT_TYPE, "contoso")
STORE = resource_scope(GROUP, STORE_TYPE, "contoso")
READ = "Microsoft.KeyVault/vaults/secrets/getSecret/action"


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (VAULT, "vault `contoso`"),
        (secret_scope(VAULT, "db"), "secret `db` of vault `contoso`"),
        (VAULT.child("keys", "sign"), "key `sign` of vault `contoso`"),
        (VAULT.child("certificates", "tls"), "certificate `tls` of vault `contoso`"),
        (STORE, "store `contoso`"),
        (key_value_scope(STORE, "app:color", None), "key-value `app:color` of store `contoso`"),
        (
            key_value_scope(STORE, "a/$b", "prod"),
            "key-value `a/$b` with the label `prod` of store `contoso`",
        ),
        (snapshot_scope(STORE, "v 1"), "snapshot `v 1` of store `contoso`"),
        (GROUP, "`/subscriptions/s/resourceGroups/g`"),
        (resource_scope(GROUP, "Microsoft.Web/sites", "w"), f"`{GROUP}/providers/Microsoft.Web/sites/w`"),
        (ResourceId(()), "`/`"),
        (secret_scope(VAULT, "a\x1b[31mb"), "secret `a\\x1b[31mb` of vault `contoso`"),
    ],
)
def test_a_scope_is_said_as_a_person_names_it(scope: ResourceId, words: str) -> None:
    assert scope_in_words(scope) == words


def test_a_number_comes_with_its_noun() -> None:
    assert [counted(number, "call", "calls") for number in (0, 1, 2)] == ["0 calls", "1 call", "2 calls"]


def test_control_characters_and_broken_text_are_shown_and_take_no_effect() -> None:
    assert visible("é ☂ `x`") == "é ☂ `x`"
    assert visible("a\nb\x1b[2J\x00\u202e\udcff") == "a\\nb\\x1b[2J\\x00\\u202e\\udcff"


def test_what_is_said_is_one_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    say("first\nsecond")
    assert capsys.readouterr().err == "keyless: first\\nsecond\n"


def test_a_closed_standard_error_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    say("to nobody")


def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    say("news")
    say("trouble", bad=True)
    monkeypatch.setenv("NO_COLOR", "")
    say("plain")
    assert capsys.readouterr().err == (
        "\x1b[2mkeyless: news\x1b[0m\n\x1b[31mkeyless: trouble\x1b[0m\nkeyless: plain\n"
    )


def denied(action: str = READ) -> Settled:
    return Settled("web", "denied", "data", action, secret_scope(VAULT, "db").text)


def test_a_denial_says_who_what_where_and_which_role_would_do() -> None:
    assert denial(denied()) == (
        f"denied: web may not `{READ}` at secret `db` of vault `contoso`; "
        "the role `Key Vault Secrets User` would allow it"
    )
    assert denial(denied("Contoso.Things/things/read")).endswith(
        "; no built-in role grants it, a custom role would"
    )


def test_a_denial_in_the_directory_names_the_least_that_the_directory_can_give() -> None:
    def said(action: str) -> str:
        return denial(Settled("web", "denied", "directory", f"microsoft.directory/{action}", "/"))

    assert said("users/create").endswith("; `User.ReadWrite.All` of the directory would allow it")
    assert said("nothing/create").endswith("; `Global Administrator` of the directory would allow it")


@pytest.mark.parametrize(
    ("missed", "text"),
    [
        (
            Missed("secret", "contoso", "db", ""),
            "vault `contoso` has no secret `db`: put it there with `keyless secret set contoso db`",
        ),
        (
            Missed("key-value", "contoso", "app:color", ""),
            (
                "store `contoso` has no key-value `app:color`: "
                "put it there with `keyless setting set contoso app:color VALUE`"
            ),
        ),
        (
            Missed("key-value", "contoso", "app color", "prod 1"),
            (
                "store `contoso` has no key-value `app color` with the label `prod 1`: put it there with "
                "`keyless setting set contoso 'app color' VALUE --label 'prod 1'`"
            ),
        ),
        (
            Missed("key-value", "contoso", "$(rm)", "\0"),
            (
                "store `contoso` has no key-value `$(rm)`: "
                "put it there with `keyless setting set contoso '$(rm)' VALUE`"
            ),
        ),
    ],
)
def test_what_is_missing_is_said_with_the_command_that_puts_it_there(missed: Missed, text: str) -> None:
    assert missing(missed) == text


def test_what_came_into_being_is_said_with_how_to_fill_it() -> None:
    assert arrival(Arrived("vault", "contoso")).endswith("fill it with `keyless secret set contoso NAME`")
    assert arrival(Arrived("store", "contoso")).endswith(
        "fill it with `keyless setting set contoso KEY VALUE`"
    )


def test_messages_go_to_the_terminal_and_only_trouble_where_it_is_quiet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    allowed = Settled("web", "allowed", "data", READ, VAULT.text)
    trouble = (denied(), Missed("secret", "contoso", "db", ""), Remark("no connection to `x`"))
    for quiet in (False, True):
        for message in (allowed, Arrived("vault", "contoso"), *trouble):
            show(message, quiet=quiet)
        begins = [line.split()[1] for line in capsys.readouterr().err.splitlines()]
        assert begins == ["learning:"] * (not quiet) + ["denied:", "vault", "no"]


def summary(connections: int = 1, tokens: int = 1, **outcomes: int) -> Summary:
    return Summary(connections, tokens, **({"allowed": 0, "learned": 0, "denied": 0} | outcomes))


@pytest.mark.parametrize(
    ("given", "learning", "failed", "begins"),
    [
        (summary(allowed=3), False, False, []),
        (summary(denied=2), False, True, ["2 accesses denied; `keyless explain` says why"]),
        (summary(allowed=1), True, False, ["recorded 1 access; `keyless plan`"]),
        (summary(learned=1), True, False, ["recorded 1 access, granted by nothing yet; `keyless plan`"]),
        (summary(allowed=2, learned=1), True, False, ["recorded 3 accesses, 1 of them granted by nothing"]),
        (summary(0, 1), False, False, []),
        (summary(0, 1), False, True, ["the command took a token, but made no connection through the plane"]),
        (summary(0, 0), False, True, ["the command made no connection through the plane"]),
        (summary(0, 1), True, False, ["the command took a token, but made no connection through the plane"]),
        (summary(5, 0), True, True, []),
        (
            Summary(1, 1, 0, 0, 0, (SignedIn("orders-app", "client-secret"),)),
            False,
            False,
            ["signed in with a client secret as `orders-app`: `keyless plan` names its replacement"],
        ),
    ],
)
def test_a_run_is_closed_with_what_a_person_should_do_next(
    given: Summary, learning: bool, failed: bool, begins: list[str]
) -> None:
    lines = closing(given, learning=learning, failed=failed)
    assert len(lines) == len(begins)
    assert all(line.startswith(begin) for line, begin in zip(lines, begins, strict=True))


def test_what_is_read_again_and_again_is_told_with_what_to_do_instead() -> None:
    assert repeated(Repeated("web", READ, secret_scope(VAULT, "db").text, 1_200)) == (
        "read again and again: web has read secret `db` of vault `contoso` 1,200 times in this run: read it "
        "once at the start, keep it in memory, and read it again when it stops working (a vault answers "
        "4,000 calls in 10 s, from all callers together)"
    )


@pytest.mark.parametrize(("of_subscription", "whose"), [(False, "its vault's"), (True, "its subscription's")])
def test_what_is_throttled_is_told_with_the_limit(of_subscription: bool, whose: str) -> None:
    told = SlowedDown("web", VAULT.child("keys", "sign").text, "key transactions", 4_000, 10, of_subscription)
    assert slowed_down(told) == (
        f"throttled: web was answered with 429 at key `sign` of vault `contoso`: {whose} limit of 4,000 key "
        "transactions in 10 s is reached; read what can be kept once, at the start, and wait as "
        "`Retry-After` says (`--limits` chooses other limits)"
    )


@pytest.mark.parametrize(
    ("window_s", "limit", "until"),
    [
        (86_400, "1,000 requests in a day", "midnight in UTC"),
        (3_600, "1,000 requests in an hour", "the end of the hour"),
    ],
)
def test_a_quota_that_is_used_up_is_told_with_when_it_begins_anew(
    window_s: int, limit: str, until: str
) -> None:
    scope = key_value_scope(STORE, "color", None).text
    told = slowed_down(SlowedDown("web", scope, "requests", 1_000, window_s, of_subscription=False))
    assert told.startswith(
        "throttled: web was answered with 429 at key-value `color` of store `contoso`: its store's limit of "
        f"{limit} is reached; nothing more is answered until {until}, and clients that wait"
    )


def test_a_rate_that_is_reached_is_told_with_the_header_to_wait_by() -> None:
    told = slowed_down(SlowedDown("web", STORE.text, "reads", 3_000, 10, of_subscription=False))
    assert "its store's limit of 3,000 reads in 10 s is reached" in told
    assert "wait as `retry-after-ms` says" in told


def test_a_store_without_room_is_told_with_what_makes_some() -> None:
    scope = key_value_scope(STORE, "color", None).text
    assert slowed_down(SlowedDown("web", scope, "bytes", 10_485_760, 0, of_subscription=False)) == (
        "throttled: web was answered with 429 at key-value `color` of store `contoso`: its store's limit of "
        "10,485,760 bytes in all is reached; delete some, keep history for a shorter time, or choose a "
        "larger `sku`"
    )


def test_repeated_reads_and_refusals_at_a_limit_are_shown_when_quiet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    where = secret_scope(VAULT, "db").text
    show(Repeated("web", READ, where, 11), quiet=True)
    show(SlowedDown("web", where, "vault transactions", 40, 10, of_subscription=False), quiet=True)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("keyless: read again and again: web ")
    assert second.startswith("keyless: throttled: web ")
