"""Rotation code behind a webhook, without waiting: time is moved, and it acts as if the weeks had passed."""

from __future__ import annotations

import json
import socket

from keyless_command import Project, app

ROTATION = """
import datetime
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

VAULT = "https://contoso-orders.vault.azure.net/secrets"
held = token()

def rotate(name, now):
    body = {"value": f"rotated at {now}", "attributes": {"exp": now + 60 * 86400}}
    status, answer = ask(f"{VAULT}/{name}?api-version=7.4", "PUT", body, bearer(held))
    return status

class Rotation(BaseHTTPRequestHandler):
    def do_OPTIONS(self):
        self.send_response(200)
        self.send_header("WebHook-Allowed-Origin", self.headers["WebHook-Request-Origin"])
        self.end_headers()

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind, data = event["type"].rpartition("Secret")[2], event["data"]
        now = int(datetime.datetime.fromisoformat(event["time"]).timestamp())
        if kind == "NearExpiry":
            say(f"{kind} {data['ObjectName']} {rotate(data['ObjectName'], now)}")
        elif kind == "Expired":
            say("Expired")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", PORT), Rotation)
status, _ = ask(f"{VAULT}/api-key?api-version=7.4", "PUT",
    {"value": "first", "attributes": {"exp": int(time.time()) + 45 * 86400}}, bearer(held))
say(f"ready {status}")
threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
sys.stdin.readline()
say(secret("contoso-orders", "api-key"))
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def with_events(project: Project, events: str, role: str = "Key Vault Secrets Officer") -> None:
    text = project.estate.read_text()
    text = text.replace(
        "      contoso-orders:\n        secrets:",
        f"      contoso-orders:\n        {events}\n        secrets:",
        1,
    )
    project.estate.write_text(text.replace("Key Vault Secrets User", role))


def test_a_secret_is_rotated_by_the_code_that_is_told_when_it_ends_soon(declared: Project) -> None:
    port = free_port()
    with_events(declared, f"events: {{file: events.jsonl, webhook: 'http://localhost:{port}/rotate'}}")
    program = ROTATION.replace("PORT", str(port))
    with declared.running("run", "--as", "web", *app(program)) as running:
        assert running.line() == "ready 200"
        advanced = declared("clock", "advance", "80d")
        assert advanced.code == 0, advanced.err
        assert [line.split("  ", 1)[1] for line in advanced.out.splitlines() if "expires soon" in line] == [
            "secret `api-key` of vault `contoso-orders`: expires soon"
        ] * 3
        ran = running.end("go")
    assert ran.code == 0, ran.err
    heard = [line for line in ran.out.splitlines() if line.startswith("NearExpiry")]
    assert heard == ["NearExpiry api-key 200"] * 3
    assert "Expired" not in ran.out
    assert ran.out.splitlines()[-1].startswith("rotated at ")
    told = [json.loads(line) for line in (declared.root / "events.jsonl").read_text().splitlines()]
    times = [one["time"] for one in told if one["subject"] == "api-key"]
    assert times == sorted(times)
    assert not any("rotated at" in json.dumps(one) for one in told)


def test_a_deleted_secret_is_gone_and_an_expired_one_still_read(declared: Project) -> None:
    with_events(declared, "softDeleteRetentionDays: 7")
    vault = "https://contoso-orders.vault.azure.net"
    make = f"""
import time
held = bearer(token())
status, _ = ask("{vault}/secrets/old?api-version=7.4", "PUT",
    {{"value": "still here", "attributes": {{"exp": int(time.time()) + 86400}}}}, held)
ask("{vault}/secrets/gone?api-version=7.4", "PUT", {{"value": "x"}}, held)
say(ask("{vault}/secrets/gone?api-version=7.4", "DELETE", None, held)[0])
"""
    look = f"""
held = bearer(token())
say(secret("contoso-orders", "old"))
say(ask("{vault}/deletedsecrets/gone?api-version=7.4", headers=held)[0])
"""
    assert declared("run", "--as", "web", *app(make)).out == "200\n"
    moved = declared("clock", "advance", "8d")
    assert moved.out.splitlines()[-1].endswith("secret `gone` of vault `contoso-orders`: purged")
    ran = declared("run", "--as", "web", *app(look))
    assert ran.out == "still here\n404\n"
    assert ran.said[0].startswith("the estate's time is 8 days ahead of this machine's")
    fresh = declared("run", "--fresh", "--as", "web", *app(look))
    assert (fresh.out.splitlines()[0], fresh.said) == ("404 SecretNotFound", fresh.said)
    assert not any("ahead" in line for line in fresh.said)
    assert declared("clock", "--json").out.endswith('"aheadSeconds":0}\n')


def test_moving_time_beside_a_running_plane_holds_with_the_next_request(declared: Project) -> None:
    with_events(declared, "softDeleteRetentionDays: 7")
    vault = "https://contoso-orders.vault.azure.net"
    program = f"""
held = bearer(token())
say(ask("{vault}/secrets/db-password?api-version=7.4", "DELETE", None, held)[0])
hold()
say(ask("{vault}/deletedsecrets/db-password?api-version=7.4", headers=held)[0])
"""
    with declared.running("run", "--as", "web", *app(program)) as running:
        assert running.line() == "200"
        running.line()
        assert declared("clock", "advance", "1w").code == 0
        assert running.end("go").out == "404\n"
