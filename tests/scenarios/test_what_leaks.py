"""Security of the command line: what was secret is nowhere to be read; a lease is worth its own run only."""

from __future__ import annotations

import base64
import json
import re
import socket
import stat
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from keyless_command import Project, app

VALUES = ("planted-first-6fe1", "planted-second-9b07", "planted-declared-41d9")
SETTING = "planted-setting-77aa"
USES = """
from pathlib import Path
assert secret("contoso-orders", "db-password") in ("planted-first-6fe1", "planted-declared-41d9")
set_secret("contoso-orders", "receipt", "planted-second-9b07")
Path("../handed-out").open("a").write(token() + "\\n" + os.environ["IDENTITY_HEADER"] + "\\n")
"""
SHARE = f"{USES}\nhold()"


def _planted(folder: Path) -> list[bytes]:
    """What must not be found: values, tokens and lease secrets, in the forms that a leak could take."""
    plain = [*VALUES, *(folder / "handed-out").read_text().split()]
    signatures = [text.rsplit(".", 1)[1] for text in plain if text.count(".") == 2]
    texts = [text.encode() for text in (*plain, *signatures)]
    return [
        form for text in texts for form in (text, text.hex().encode(), base64.b64encode(text).rstrip(b"="))
    ]


def _assert_clean(where: str, content: bytes, planted: list[bytes]) -> None:
    for one in planted:
        assert one not in content, f"{where} gives away {one!r}"


def test_no_value_no_token_and_no_lease_secret_is_written_anywhere(project: Project, folder: Path) -> None:
    project.environment |= {"CONTOSO_ORDERS_DB_PASSWORD": VALUES[2], "CONTOSO_ORDERS_RECEIPT": VALUES[1]}
    asks = 'say(secret("contoso-orders", "db-password")); say(setting("contoso-orders", "app:color"))'
    ran = [project("run", "--learn", *app(asks))]
    ran.append(project("secret", "set", "contoso-orders", "db-password", stdin=VALUES[0]))
    ran.append(project("setting", "set", "contoso-orders", "app:color", SETTING))
    with project.running("run", "--learn", *app(SHARE)) as running:
        running.line()
        planted = _planted(folder)
        while_it_runs = {str(file): file.read_bytes() for file in project.state.rglob("*") if file.is_file()}
        assert any(name.endswith("store.db-wal") for name in while_it_runs)
        ran.append(running.end("go"))
    ran += [project("plan", "--out", "deploy"), project("prove", *app(USES)), project("estate", "init")]
    project.estate.write_text(project.estate.read_text().replace("# db-password: {env", "db-password: {env"))
    ran += [
        project("run", "--learn", *app(USES)),
        project("run", *app("secret('contoso-orders', 'nothing')")),
    ]
    for command in (("explain",), ("explain", "--proof"), ("evidence", "show", "--json"), ("estate", "show")):
        ran.append(project(*command))
    ran += [project("estate", "check"), project("estate", "apply"), project("estate", "export")]
    assert [one.code for one in ran] == [0] * len(ran), [one.err for one in ran]

    planted += [*_planted(folder), (project.state / "root.key").read_bytes().strip()]
    afterwards = {str(file): file.read_bytes() for file in project.root.rglob("*") if file.is_file()}
    for name, content in (while_it_runs | afterwards).items():
        if not name.endswith("root.key"):
            _assert_clean(name, content, planted)
        if ".db" in name:
            _assert_clean(name, content, [SETTING.encode()])
    for one in ran:
        _assert_clean("a message", one.err.encode() + one.out.encode(), planted)


def test_the_state_is_its_owners_alone_while_a_plane_runs_and_afterwards(learned: Project) -> None:
    learned("plan")
    with learned.running("run", "--learn", *app(f"{_GET}; hold()")) as running:
        running.line()
        running.line()
        _assert_owner_only(learned.state)
        running.end("go")
    learned("prove", *app(_GET))
    learned("estate", "init")
    _assert_owner_only(learned.state)


_GET = 'say(secret("contoso-orders", "db-password"))'


def _assert_owner_only(state: Path) -> None:
    for path in (state, *state.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), f"{path} has the mode {mode:o}"


def test_one_workloads_secret_gets_no_other_workloads_token(declared: Project) -> None:
    own = 'say(claims(token())["oid"]); say(os.environ["IDENTITY_HEADER"]); hold()'
    with declared.running("run", "--as", "web", *app(own)) as web:
        webs_identity, webs_secret = web.line(), web.line()
        tries = f"""
say(claims(token())["oid"])
say(ask_for_token(object_id="{webs_identity}")[0])
say(ask_for_token(header=os.environ["IDENTITY_HEADER"][:-1] + "?")[0])
say(os.environ["IDENTITY_HEADER"] == "{webs_secret}")
"""
        worker = declared("run", "--as", "worker", *app(tries)).out.splitlines()
        assert worker[0] != webs_identity
        assert worker[1:] == ["400", "401", "False"]
        web.end("go")


def test_a_run_that_has_ended_leaves_a_secret_that_is_worth_nothing(declared: Project) -> None:
    shown = """
say(json.dumps([os.environ["IDENTITY_ENDPOINT"], os.environ["IDENTITY_HEADER"], os.environ["HTTPS_PROXY"]]))
say(ask_for_token()[0])
"""
    with declared.running("run", "--as", "web", *app("hold()")) as other:
        other.line()
        first, status = declared("run", "--as", "worker", *app(shown)).out.splitlines()
        endpoint, header, proxy = json.loads(first)
        assert status == "200"
        url = f"{endpoint}?api-version=2019-08-01&resource=https://vault.azure.net"
        request = urllib.request.Request(url, headers={"X-IDENTITY-HEADER": header})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10)
        refused.value.close()
        assert refused.value.code == 401
        through = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy}))
        with pytest.raises(urllib.error.HTTPError) as refused:
            through.open("http://169.254.169.254/metadata/identity/oauth2/token", timeout=10)
        refused.value.close()
        assert refused.value.code == 407
        other.end("go")


def test_a_tunnel_ends_with_the_run_that_it_belongs_to(declared: Project) -> None:
    leaves_a_child = """
import subprocess, base64
from urllib.parse import urlsplit
proxy = urlsplit(os.environ["HTTPS_PROXY"])
proof = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
child = '''
import socket, sys
tunnel = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
tunnel.sendall(b"CONNECT contoso-orders.vault.azure.net:443 HTTP/1.1\\\\r\\\\nProxy-Authorization: Basic "
               + sys.argv[2].encode() + b"\\\\r\\\\n\\\\r\\\\n")
print(tunnel.recv(12).decode(), flush=True)
while tunnel.recv(4096):
    pass
print("the tunnel has ended", flush=True)
'''
left = subprocess.Popen([sys.executable, "-I", "-c", child, str(proxy.port), proof])
hold()
"""
    with declared.running("run", "--as", "web", *app("hold()")) as other:
        other.line()
        with declared.running("run", "--as", "worker", *app(leaves_a_child)) as running:
            assert {running.line(), running.line()} == {"holding", "HTTP/1.1 200"}
            running.tell()
            assert running.line() == "the tunnel has ended"
            running.end()
        other.end("go")


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="sockets are not listed as files here")
def test_a_plane_listens_on_loopback_alone(declared: Project) -> None:
    with declared.running("run", "--as", "web", *app(f"{_GET}; hold()")) as running:
        running.line()
        listening = _listening_addresses(declared.plane_pid())
        assert len(listening) == 3
        assert set(listening) == {"127.0.0.1"}
        running.end("go")


def _listening_addresses(pid: int) -> list[str]:
    """The addresses that a process listens on."""
    own = {
        re.sub(r"\D", "", str(fd.readlink())) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()
    }
    found = []
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        path = Path("/proc/net") / table
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            fields = line.split()
            if fields[3] == "0A" and fields[9] in own:
                found.append(_address(fields[1].split(":")[0], family))
    return found


def _address(text: str, family: socket.AddressFamily) -> str:
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    return socket.inet_ntop(family, b"".join(words))
