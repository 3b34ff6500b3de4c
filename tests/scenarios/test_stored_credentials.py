"""Stored credentials at work: they sign in, are told of, and nothing of their values is kept."""

from __future__ import annotations

import base64

import pytest
from keyless_command import Project, app

ESTATE = """\
version: 1
tenant: contoso
resourceGroups:
  orders-rg:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
    vaults: {contoso-orders: {secrets: {greeting: hello}}}
    configurationStores:
      contoso-orders:
        settings: {color: green}
        accessKeys:
          orders-key: {env: ORDERS_CONNECTION_STRING}
          reading-key: {env: ORDERS_READING_KEY, readOnly: true}
applications:
  orders-app: {clientSecret: {env: ORDERS_CLIENT_SECRET}, runsOn: on-premises}
roleAssignments:
  - {principal: orders-app, role: Key Vault Secrets User, scope: {vault: contoso-orders}}
"""
CLIENT_SECRET = "planted-client-secret-51f0"
KEY = base64.b64encode(b"planted-access-key-5d1b0a8c").decode()
READING_KEY = base64.b64encode(b"planted-reading-key-77c2e1b9").decode()
CONNECTION_STRING = f"Endpoint=https://contoso-orders.azconfig.io;Id=orders-key;Secret={KEY}"
VARIABLES = {
    "ORDERS_CLIENT_SECRET": CLIENT_SECRET,
    "ORDERS_CONNECTION_STRING": CONNECTION_STRING,
    "ORDERS_READING_KEY": READING_KEY,
}

SIGNS = """
import base64, hashlib, hmac
from email.utils import formatdate

def signed(key_id, secret, method, path, body=None):
    host, date = "contoso-orders.azconfig.io", formatdate(usegmt=True)
    content = b"" if body is None else json.dumps(body).encode()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    path = f"{path}?api-version=2023-11-01"
    text = f"{method}\\n{path}\\n{date};{host};{digest}"
    signature = base64.b64encode(hmac.digest(base64.b64decode(secret), text.encode(), "sha256")).decode()
    names = "x-ms-date;host;x-ms-content-sha256"
    return ask(f"https://{host}{path}", method, body, {
        "x-ms-date": date, "x-ms-content-sha256": digest,
        "authorization": f"HMAC-SHA256 Credential={key_id}&SignedHeaders={names}&Signature={signature}",
    })

def sign_in(client_secret):
    form = urllib.parse.urlencode({
        "grant_type": "client_credentials", "client_id": os.environ["APP_ID"],
        "client_secret": client_secret, "scope": "https://vault.azure.net/.default"})
    url = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
    try:
        with urllib.request.urlopen(url, form.encode(), context=TRUST) as answer:
            return json.load(answer)["access_token"]
    except urllib.error.HTTPError as error:
        return json.load(error)["error_codes"]

key = os.environ["ORDERS_CONNECTION_STRING"].partition("Secret=")[2]
"""


@pytest.fixture
def legacy(project: Project) -> Project:
    """A project whose app holds a client secret and two access keys."""
    project.estate.write_text(ESTATE)
    project.environment |= VARIABLES
    return project


@pytest.fixture
def with_id(legacy: Project) -> Project:
    """The same, with the application's client id in the environment."""
    shown = legacy("estate", "show").out
    lines = shown[shown.index("orders-app") :].splitlines()
    legacy.environment["APP_ID"] = next(line.split()[-1] for line in lines if "client id" in line)
    return legacy


USES = f"""{SIGNS}
say(secret("contoso-orders", "greeting", sign_in(os.environ["ORDERS_CLIENT_SECRET"])))
say(sign_in("a-wrong-secret"))
say(signed("orders-key", key, "GET", "/kv/color")[1]["value"])
say(signed("orders-key", key, "PUT", "/kv/size", {{"value": "7"}})[0])
say(signed("reading-key", os.environ["ORDERS_READING_KEY"], "DELETE", "/kv/color")[0])
say(signed("another-key", key, "GET", "/kv/color")[0])
say(signed("orders-key", os.environ["ORDERS_READING_KEY"], "GET", "/kv/color")[0])
"""


@pytest.mark.parametrize("mode", ["--enforce", "--learn"])
def test_stored_credentials_do_what_they_may_and_are_told_of(with_id: Project, mode: str) -> None:
    ran = with_id("run", mode, *app(USES))
    assert (ran.code, ran.out.splitlines()) == (
        0,
        ["hello", "[7000215]", "green", "200", "403", "401", "401"],
    )
    assert [line for line in ran.said if line.startswith("signed in with")] == [
        f"signed in with `access key {name} of store contoso-orders`: `keyless plan` names its replacement"
        for name in ("orders-key", "reading-key")
    ] + ["signed in with a client secret as `orders-app`: `keyless plan` names its replacement"]
    told = {
        (one["method"], one["by"], one["outcome"], one["error"]): one["count"] for one in with_id.sign_ins()
    }
    assert {one["host"].rsplit("/", 1)[-1] for one in with_id.sign_ins()} == {"web"}
    assert told == {
        ("access-key", "orders-key", "succeeded", ""): 2,
        ("access-key", "orders-key", "failed", "Invalid Signature"): 1,
        ("access-key", "reading-key", "succeeded", ""): 1,
        ("client-secret", "", "succeeded", ""): 1,
        ("client-secret", "", "failed", "AADSTS7000215"): 1,
    }


def test_the_plan_names_what_replaces_them(with_id: Project) -> None:
    with_id("run", *app(USES))
    plan = with_id("plan").out
    for expected in (
        "3 stored credentials to replace",
        "client secret of orders-app for Azure Key Vault",
        "the system-assigned identity of the server, once Azure Arc has it",
        "access key orders-key of store contoso-orders",
        "App Configuration Data Owner at store contoso-orders",
        "set `properties.disableLocalAuth: true` on the store",
    ):
        assert expected in plan
    shown = with_id("evidence", "show").out
    assert "refused  orders-app  with a client secret  AADSTS7000215" in shown
    assert "denied   access key reading-key of store contoso-orders" in shown


def test_a_proof_says_that_a_key_was_used_which_no_role_limits(with_id: Project) -> None:
    with_id("run", *app(USES))
    with_id("plan")
    proof = with_id("prove", *app(f'{SIGNS}\nsay(signed("orders-key", key, "GET", "/kv/color")[1]["value"])'))
    assert (proof.code, proof.out) == (0, "green\n")
    assert [line for line in proof.said if "signed in with `access key orders-key" in line]


def test_nothing_of_their_values_is_kept_or_said(with_id: Project) -> None:
    ran = [with_id("run", *app(USES)), with_id("plan", "--out", "deploy"), with_id("prove", *app(USES))]
    ran += [with_id("evidence", "show"), with_id("estate", "show"), with_id("estate", "export")]
    ran += [with_id("estate", "check"), with_id("estate", "apply"), with_id("explain")]
    values = [CLIENT_SECRET, KEY, READING_KEY, CONNECTION_STRING, "a-wrong-secret"]
    planted = [form for one in values for form in (one.encode(), base64.b64encode(one.encode()))]
    planted += [base64.b64decode(KEY), base64.b64decode(READING_KEY)]
    written = {str(file): file.read_bytes() for file in with_id.root.rglob("*") if file.is_file()}
    assert any(name.endswith("evidence.db") for name in written)
    said = {f"{number}": (one.out + one.err).encode() for number, one in enumerate(ran)}
    for name, content in (written | said).items():
        for one in planted:
            assert one not in content, f"{name} gives away {one!r}"


def test_a_store_that_takes_no_keys_refuses_them_from_the_next_request_on(with_id: Project) -> None:
    code = f'{SIGNS}\nfor _ in range(2):\n    say(signed("orders-key", key, "GET", "/kv/color")[0]); hold()'
    with with_id.running("run", *app(code)) as running:
        assert running.line() == "200"
        running.line()
        closed = ESTATE.replace("        accessKeys:", "        disableLocalAuth: true\n        accessKeys:")
        with_id.estate.write_text(closed)
        assert with_id("estate", "apply").code == 0
        running.tell()
        assert running.line() == "401"
        running.end("go")
