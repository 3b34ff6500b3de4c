"""Modes and workloads: what enforcing and learning do, who runs as whom, and which plane they share."""

from __future__ import annotations

import socket

from keyless_command import Project, app, plane_has_ended, wait_until

READ = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
GET = 'say(secret("contoso-orders", "db-password"))'
HOLD = f"{GET}; hold(); {GET}"
PASSWORD = "correct horse battery staple"
ROLE_OF_WORKER = "  - {principal: worker, role: Key Vault Secrets User, scope: {vault: contoso-orders}}\n"


def test_enforcing_is_the_default_and_denies_in_one_line_with_the_role_that_would_do(
    declared: Project,
) -> None:
    ran = declared("run", "--as", "worker", *app(f"{GET}; {GET}; raise SystemExit(3)"))
    assert (ran.code, ran.out) == (3, "403 ForbiddenByRbac\n403 ForbiddenByRbac\n")
    assert ran.said == [
        (
            f"denied: worker may not `{READ}` at secret `db-password` of vault `contoso-orders`; "
            "the role `Key Vault Secrets User` would allow it"
        ),
        "1 access denied; `keyless explain` says why",
    ]
    (line,) = declared.evidence()
    assert (line["outcome"], line["count"], line["action"]) == ("denied", 2, READ)


def test_what_a_role_allows_passes_without_a_word(declared: Project) -> None:
    ran = declared("run", "--as", "web", *app(GET))
    assert (ran.code, ran.out, ran.err) == (0, f"{PASSWORD}\n", "")
    (line,) = declared.evidence()
    assert (line["outcome"], bool(line["assignmentId"])) == ("allowed", True)


def test_learning_tells_what_was_granted_from_what_was_let_pass(declared: Project) -> None:
    ran = declared(
        "run", "--learn", "--as", "web", *app(f'{GET}; say(setting("contoso-orders", "app:color"))')
    )
    assert ran.out == f"{PASSWORD}\ngreen\n"
    assert ran.said == [
        "recorded 2 accesses, 1 of them granted by nothing yet; `keyless plan` chooses roles for them"
    ]
    assert sorted(line["outcome"] for line in declared.evidence()) == ["allowed", "learned"]


def test_learning_does_not_let_a_forged_token_in(declared: Project) -> None:
    forge = """
real = token()
head, payload, signature = real.split(".")
say(secret("contoso-orders", "db-password", f"{head}.{payload}.{signature[::-1]}"))
say(secret("contoso-orders", "db-password", f"{head}.{payload}."))
say(secret("contoso-orders", "db-password", token(STORE_RESOURCE)))
say(ask("https://contoso-orders.vault.azure.net/secrets/db-password?api-version=7.4")[0])
"""
    ran = declared("run", "--learn", "--as", "worker", *app(forge))
    assert [line.split()[0] for line in ran.out.splitlines()] == ["401"] * 4
    assert declared.evidence() == []


def test_a_workload_is_chosen_by_name_and_a_wrong_one_is_answered_with_the_nearest(declared: Project) -> None:
    who = 'say(claims(token())["xms_mirid"].rsplit("/", 1)[1])'
    assert [declared("run", "--as", name, *app(who)).out for name in ("web", "WORKER")] == [
        "web\n",
        "worker\n",
    ]
    wrong = declared("run", "--as", "wroker", *app(who))
    assert (wrong.code, wrong.out) == (125, "")
    assert wrong.said == ["the estate has no workload `wroker`: did you mean `worker`?"]
    none = declared("run", *app(who))
    assert (none.code, none.out) == (125, "")
    assert none.said == [
        "the estate has several workloads: choose one with `--as NAME` (`lonely`, `web`, `worker`)"
    ]


def test_a_workload_without_an_identity_runs_and_is_told_why_it_gets_no_token(declared: Project) -> None:
    ran = declared("run", "--as", "lonely", *app("say(ask_for_token()[0])"))
    assert (ran.code, ran.out) == (0, "400\n")
    assert ran.said[0] == "`lonely` has no identity, so it gets no token: give it one in `keyless.yaml`"


def test_an_identity_does_not_learn_in_one_workload_and_is_enforced_in_another(declared: Project) -> None:
    with declared.running("run", "--learn", "--as", "web", *app(HOLD)) as web:
        web.line()
        worker = declared("run", "--as", "worker", *app(GET))
        assert worker.code == 125
        assert worker.said == [
            (
                "`web` runs now with `--learn` and shares an identity with `worker`: run it with `--learn` "
                "too, or wait until the other has ended"
            )
        ]
        assert declared("run", "--learn", "--as", "worker", *app(GET)).out == f"{PASSWORD}\n"
        assert web.end("go").code == 0


def test_runs_share_a_plane_that_ends_with_the_last_of_them(declared: Project) -> None:
    with declared.running("run", "--as", "web", *app(HOLD)) as web:
        web.line()
        first = declared.plane_pid()
        with declared.running("run", "--as", "worker", *app(f"{HOLD}; {GET}")) as worker:
            assert worker.line() == "403 ForbiddenByRbac"
            assert declared.plane_pid() == first
            assert web.end("go").out == f"holding\n{PASSWORD}\n"
            declared.estate.write_text(declared.estate.read_text() + ROLE_OF_WORKER)
            assert declared("run", "--as", "worker", *app(GET)).out == f"{PASSWORD}\n"
            assert declared.plane_pid() == first
            ended = worker.end("go")
            assert ended.out == f"holding\n{PASSWORD}\n{PASSWORD}\n"
            assert ended.said[-1] == "1 access denied; `keyless explain` says why"
    wait_until(lambda: plane_has_ended(declared.state / "plane.lock"), "the plane ends")
    assert not (declared.state / "plane.sock").exists()
    assert declared("run", "--as", "web", *app(GET)).out == f"{PASSWORD}\n"
    assert declared.plane_pid() != first


def test_news_reaches_the_workload_that_it_is_about(declared: Project) -> None:
    with declared.running("run", "--as", "web", *app(HOLD)) as web:
        web.line()
        worker = declared("run", "--as", "worker", *app(GET))
        assert len(worker.said) == 2
        assert web.end("go").said == []


def test_a_secret_set_while_an_app_runs_is_there_on_its_next_request(learned: Project) -> None:
    with learned.running("run", "--learn", *app(HOLD)) as running:
        assert running.line() == PASSWORD
        running.line()
        assert learned("secret", "set", "contoso-orders", "db-password", stdin="changed").code == 0
        assert running.end("go").out == "changed\n"


def test_offline_refuses_what_is_outside_and_nothing_else(declared: Project) -> None:
    outside = f"""
{GET}
for address in ("https://outside.example", "http://outside.example"):
    try:
        say(ask(address))
    except urllib.error.URLError as error:
        say(error)
"""
    out = declared("run", "--offline", "--as", "web", *app(outside)).out.splitlines()
    assert out[0] == PASSWORD
    assert "403" in out[1]
    assert "`outside.example:443` is refused: `web` runs with `--offline`" in out[1]
    assert out[2].startswith("(403, ")
    assert "is refused" in out[2]


def test_stored_credentials_are_taken_out_unless_they_are_to_stay(declared: Project) -> None:
    names = (
        'say(sorted(name for name in os.environ if name.startswith("AZURE_") or "ROOT_KEY" in name'
        ' if name not in {"AZURE_CONFIG_DIR", "AZURE_CORE_COLLECT_TELEMETRY"}))'
    )
    credentials = {
        "AZURE_CLIENT_ID": "id",
        "AZURE_TENANT_ID": "tenant",
        "AZURE_CLIENT_SECRET": "planted-credential",
    }
    ran = declared("run", "--as", "web", *app(names), env=credentials)
    assert ran.out == "[]\n"
    assert ran.said == [
        (
            "took `AZURE_CLIENT_SECRET`, `AZURE_CLIENT_ID`, `AZURE_TENANT_ID` out of the command's "
            "environment: an SDK would choose it before the managed identity (`--keep-credentials` "
            "leaves it there)"
        )
    ]
    kept = declared("run", "--keep-credentials", "--as", "web", *app(names), env=credentials)
    assert kept.out == "['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID']\n"
    assert "planted-credential" not in ran.err + kept.err


def test_quiet_leaves_what_is_wrong(project: Project) -> None:
    ran = project("run", "--learn", "--quiet", *app(GET))
    assert ran.said == [
        (
            "vault `contoso-orders` has no secret `db-password`: put it there with "
            "`keyless secret set contoso-orders db-password`"
        )
    ]


def test_the_proxys_port_can_be_chosen_and_one_in_use_is_said_to_be(declared: Project) -> None:
    port = 'say(urllib.parse.urlsplit(os.environ["HTTPS_PROXY"]).port)'
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        ran = declared("run", "--port", str(number), "--as", "web", *app(port))
        assert (ran.code, ran.out) == (125, "")
        assert ran.said == [
            (
                f"port {number} is in use by another program: stop that one, or choose another port with "
                "`--port` (0 takes any that is free)"
            )
        ]
    with declared.running("run", "--port", str(number), "--as", "web", *app(f"{port}; hold()")) as running:
        assert running.line() == str(number)
        other = declared("run", "--port", "1", "--as", "web", *app(port))
        assert other.out == f"{number}\n"
        assert other.said[0] == f"the plane runs already, on port {number}: `--port 1` is not used"
        running.end("go")


def test_a_misspelt_vault_is_named_with_the_nearest_by_the_app_and_by_the_terminal(declared: Project) -> None:
    misspelt = """
try:
    secret("contoso-order", "db-password")
except urllib.error.URLError as error:
    say(error)
"""
    ran = declared("run", "--as", "web", *app(misspelt))
    nearest = "the estate has no vault `contoso-order`: did you mean `contoso-orders`?"
    assert nearest in ran.out
    assert ran.said == [f"no connection to `contoso-order.vault.azure.net`: {nearest}"]


def test_an_app_that_ignores_the_proxy_is_noticed(learned: Project) -> None:
    ran = learned("run", "--learn", *app("token()"))
    assert ran.said == [
        (
            "the command took a token, but made no connection through the plane: if it should have, it "
            "ignores `HTTPS_PROXY` (see docs/how-to/an-app-that-ignores-the-proxy.md)"
        )
    ]
