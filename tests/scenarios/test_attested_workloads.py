"""`keyless metadata`: programs that hold no secret, known by their processes, and everyone else refused."""

from __future__ import annotations

import ctypes
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from keyless_command import Project, Running, clean_environment, wait_until

ME = pwd.getpwuid(os.getuid()).pw_name
NOBODY = 65534
PR_CAPBSET_DROP, CAP_SYS_PTRACE = 24, 19
GROUPS = next(
    (path for path in map(Path, ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup")) if path.exists()), Path()
)
ESTATE = """\
version: 1
resourceGroups:
  orders-rg:
    compute:
      web: {type: Microsoft.Compute/virtualMachines, identity: {systemAssigned: true}}
      worker: {type: Microsoft.Compute/virtualMachines, identity: {systemAssigned: true}}
"""
RESOURCE = "https://vault.azure.net"
SDK = f"""
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential
print(ManagedIdentityCredential().get_token("{RESOURCE}/.default").token)
print(DefaultAzureCredential().get_token("{RESOURCE}/.default").token)
"""
ASKS = """
import encodings.idna, http.client, json, os, sys
host, port, user, headers = sys.argv[1], int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
if sys.argv[5]:
    with open(sys.argv[5], "w") as members:
        members.write(str(os.getpid()))
if user:
    os.setgroups([])
    os.setgid(int(user))
    os.setuid(int(user))
connection = http.client.HTTPConnection(host, port, timeout=20)
path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net"
connection.request("GET", path, headers=headers)
answer = connection.getresponse()
print(json.dumps({"status": answer.status, **json.loads(answer.read())}))
"""
KEYS = """
import urllib.request
print(urllib.request.urlopen("https://login.microsoftonline.com/common/discovery/keys").read().decode())
"""


class Endpoint:
    """The endpoint as it runs."""

    def __init__(self, running: Running, home: Path) -> None:
        self.running = running
        self.home = home
        self.before: Callable[[], None] | None = None
        said = self.hear()
        self.url = said.split(" at ")[1].split(";")[0]
        self.host, _, port = self.url.removeprefix("http://").partition(":")
        self.port = int(port)

    def hear(self) -> str:
        """The next thing that the command says."""
        assert self.running.popen.stderr is not None
        line = self.running.popen.stderr.readline().decode()
        return line.removeprefix("keyless: ").rstrip("\n")

    def ask(self, *, user: int | str = "", group: str = "", **headers: str) -> dict[str, Any]:
        """A program of its own asks for a token, as a user or in the control group of a members' file."""
        given = {name.replace("_", "-"): value for name, value in headers.items()} or {"Metadata": "true"}
        argv = [
            sys.executable,
            "-I",
            "-c",
            ASKS,
            self.host,
            str(self.port),
            str(user),
            json.dumps(given),
            group,
        ]
        answer = json.loads(self.program(argv))
        assert isinstance(answer, dict)
        return answer

    def program(self, argv: Sequence[str], **variables: str) -> str:
        """Run a program that Keyless has not started, and that has nothing of Keyless in its environment."""
        environment = clean_environment(self.home) | variables
        done = subprocess.run(
            argv,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=self.before,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def serving(
    project: Project, *rules: str, arguments: Sequence[str] = ("--port", "0"), **options: Any
) -> Iterator[Endpoint]:
    """The endpoint, with these rules."""
    text = ESTATE + ("workloads:\n" + "".join(f"  {rule}\n" for rule in rules) if rules else "")
    project.estate.write_text(text)
    with project.running("metadata", *arguments, **options) as running:
        yield Endpoint(running, project.root.parent)
        running.popen.send_signal(signal.SIGINT)
        assert running.popen.wait(20) == 0


def whose(project: Project, token: str) -> str:
    """The name of the resource that a token speaks for, verified with the published keys."""
    keys = project("run", "--as", "web", "--quiet", "--", sys.executable, "-I", "-c", KEYS).out
    claims = jwt.decode(token, KeySet.import_key_set(json.loads(keys)), algorithms=["RS256"]).claims
    assert claims["aud"] == RESOURCE
    name = str(claims["xms_mirid"]).rpartition("/")[2]
    assert str(claims["oid"]) in project("identity", "show", name).out
    return name


def test_an_unmodified_client_gets_the_token_of_the_workload_that_its_rule_names(project: Project) -> None:
    with serving(project, f"here: {{runsAs: worker, user: {ME}}}") as endpoint:
        program = [sys.executable, "-I", "-c", SDK]
        tokens = endpoint.program(program, AZURE_POD_IDENTITY_AUTHORITY_HOST=endpoint.url).split()
        assert len(tokens) == 2
        assert {whose(project, token) for token in tokens} == {"worker"}
        said = endpoint.hear()
        assert said.startswith("admitted: process ")
        assert said.endswith(" as `worker`, by the workload rule `here`")
        assert f"user {ME}, " in said


def test_who_matches_no_rule_is_refused_and_the_operator_told_why(project: Project) -> None:
    with serving(project, "other: {runsAs: web, systemdUnit: no-such.service}") as endpoint:
        answer = endpoint.ask()
        assert (answer["status"], answer["error"]) == (403, "access_denied")
        assert "access_token" not in answer
        said = endpoint.hear()
        assert said.startswith("refused: process ")
        assert said.endswith(": no rule under `workloads` matches it")


def test_an_estate_without_rules_lets_nobody_in(project: Project) -> None:
    with serving(project) as endpoint:
        assert endpoint.hear().startswith("the estate has no `workloads`, so everyone is refused")
        assert endpoint.ask()["status"] == 403


def test_rules_for_two_workloads_let_in_neither(project: Project) -> None:
    rules = (f"one: {{runsAs: web, user: {ME}}}", f"two: {{runsAs: worker, user: '{os.getuid()}'}}")
    with serving(project, *rules) as endpoint:
        assert endpoint.ask()["status"] == 403
        assert "`one` and `two` both match it" in endpoint.hear()


def test_what_a_request_says_of_itself_lets_nobody_in(project: Project) -> None:
    with serving(project, f"here: {{runsAs: web, user: {ME}}}") as endpoint:
        forwarded = endpoint.ask(Metadata="true", X_Forwarded_For="203.0.113.7")
        assert (forwarded["status"], forwarded["error"]) == (400, "bad_request")
        probe = endpoint.ask(x_keyless_workload="x")
        assert (probe["status"], probe["error"]) == (400, "bad_request_102")
        assert endpoint.ask(Metadata="true", x_keyless_workload="forged")["status"] == 200
    with serving(project) as endpoint:
        refused = endpoint.ask(Metadata="true", x_keyless_workload="forged")
        assert refused["status"] == 403


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root can start a process of another user")
def test_another_users_process_is_refused_and_a_rule_for_that_user_means_that_user(project: Project) -> None:
    rules = (f"root: {{runsAs: web, user: {ME}}}",)
    with serving(project, *rules) as endpoint:
        assert endpoint.ask(user=NOBODY)["status"] == 403
        assert "(user nobody, " in endpoint.hear()
        assert whose(project, endpoint.ask()["access_token"]) == "web"
    with serving(project, *rules, "theirs: {runsAs: worker, user: nobody}") as endpoint:
        assert whose(project, endpoint.ask(user=NOBODY)["access_token"]) == "worker"
        assert whose(project, endpoint.ask()["access_token"]) == "web"


def look_at_no_other_users() -> None:
    """For a child of the superuser: be like everybody else who looks at processes."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root can start a process of another user")
def test_a_plane_that_is_not_roots_refuses_whom_it_may_not_look_at(project: Project) -> None:
    rules = (f"mine: {{runsAs: web, user: {ME}}}", "theirs: {runsAs: worker, user: nobody}")
    with serving(project, *rules, preexec_fn=look_at_no_other_users) as endpoint:
        endpoint.before = look_at_no_other_users  # one with more capabilities may not be looked at either
        assert endpoint.ask()["status"] == 200
        assert endpoint.hear().startswith("admitted: ")
        assert endpoint.ask(user=NOBODY)["status"] == 403
        assert "it belongs to another user, or came from another network namespace" in endpoint.hear()


@contextmanager
def control_group(path: str) -> Iterator[Path]:
    """A control group where systemd would make it, and what it lies in; gone in the end."""
    made: list[Path] = []
    folder = GROUPS
    try:
        for part in path.strip("/").split("/"):
            folder /= part
            if not folder.exists():
                folder.mkdir()
                made.append(folder)
        yield folder / "cgroup.procs"
    finally:
        for folder in reversed(made):
            wait_until(lambda folder=folder: _removed(folder), f"{folder} is empty")


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def can_make_control_groups() -> bool:
    return os.geteuid() == 0 and os.access(GROUPS, os.W_OK) and (GROUPS / "cgroup.procs").exists()


OWN_SLICE = f"/keyless{os.getpid()}.slice"
UNIT = "keyless-test.service"


@pytest.mark.skipif(
    not can_make_control_groups(), reason="NOT TESTED: control groups can be made by root alone"
)
@pytest.mark.parametrize(
    ("group", "status"),
    [
        (f"/{UNIT}", 200),
        (f"/{UNIT}/worker", 200),
        (f"/other.service/{UNIT}", 403),
        (f"/user@1000.service/app.slice/{UNIT}", 403),
        ("", 403),
    ],
)
def test_a_process_is_known_by_the_unit_that_it_really_is_in(
    project: Project, group: str, status: int
) -> None:
    rule = f"unit: {{runsAs: web, systemdUnit: {UNIT}}}"
    with serving(project, rule) as endpoint, control_group(OWN_SLICE + group) as members:
        assert endpoint.ask(group=str(members))["status"] == status


def test_a_program_that_was_replaced_since_it_started_is_refused(project: Project) -> None:
    program = project.root.parent / "program"
    shutil.copy("/bin/bash", program)
    rule = f"here: {{runsAs: web, user: {ME}, executable: {program}}}"
    with serving(project, rule) as endpoint:
        host, request = f"{endpoint.host}:{endpoint.port}", "/metadata/identity/oauth2/token"
        asks = (
            f"ask() {{ exec 3<>/dev/tcp/{endpoint.host}/{endpoint.port}; printf 'GET {request}"
            f"?api-version=2018-02-01&resource={RESOURCE} HTTP/1.1\\r\\nHost: {host}\\r\\n"
            'Metadata: true\\r\\n\\r\\n\' >&3; read -r line <&3; echo "$line"; exec 3>&-; }; '
            "ask; read -r go; ask"
        )
        argv = [str(program), "-c", asks]
        environment = clean_environment(endpoint.home)
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as popen:
            assert popen.stdin is not None
            assert popen.stdout is not None
            assert popen.stdout.readline().startswith(b"HTTP/1.1 200 OK")
            shutil.copy("/bin/bash", program.with_suffix(".new"))
            os.replace(program.with_suffix(".new"), program)
            popen.stdin.write(b"go\n")
            popen.stdin.close()
            assert popen.stdout.readline().startswith(b"HTTP/1.1 403 ")


def test_what_comes_through_a_workloads_own_proxy_is_not_let_in_as_the_planes(project: Project) -> None:
    with serving(project, f"here: {{runsAs: web, user: {ME}}}") as endpoint:
        code = (
            "import urllib.request, urllib.error, os\n"
            f"request = urllib.request.Request('{endpoint.url}/metadata/identity/oauth2/token"
            f"?api-version=2018-02-01&resource={RESOURCE}', headers={{'Metadata': 'true'}})\n"
            "proxies = {'http': os.environ['HTTP_PROXY']}\n"
            "os.environ['no_proxy'] = os.environ['NO_PROXY'] = ''\n"
            "try:\n"
            "    urllib.request.build_opener(urllib.request.ProxyHandler(proxies)).open(request)\n"
            "except urllib.error.HTTPError as error:\n"
            "    print(error.code)\n"
        )
        ran = project("run", "--as", "worker", "--", sys.executable, "-I", "-c", code)
        assert ran.out == "403\n", ran.err
        assert "it was asked through the plane's own proxy" in endpoint.hear()


def test_the_rules_are_the_files_of_the_last_run_and_change_with_it(project: Project) -> None:
    with serving(project, f"here: {{runsAs: web, user: {ME}}}") as endpoint:
        assert endpoint.ask()["status"] == 200
        project.estate.write_text(ESTATE)
        assert project("estate", "apply").code == 0
        assert endpoint.ask()["status"] == 403


def test_the_plane_stays_while_it_is_connected_and_ends_with_it(project: Project) -> None:
    with serving(project, f"here: {{runsAs: web, user: {ME}}}") as endpoint:
        first = project.plane_pid()
        assert project("run", "--as", "web", "--", sys.executable, "-c", "").code == 0
        assert project.plane_pid() == first
        assert endpoint.ask()["status"] == 200


def test_a_second_endpoint_on_the_same_port_is_refused_and_the_first_goes_on(project: Project) -> None:
    with serving(project, f"here: {{runsAs: web, user: {ME}}}") as endpoint:
        ran = project("metadata", "--port", str(endpoint.port))
        assert ran.code == 1
        assert f"port {endpoint.port} of 127.0.0.1 is in use" in ran.err
        assert endpoint.ask()["status"] == 200


def test_kill_ends_it_as_cleanly_as_ctrl_c(project: Project) -> None:
    project.estate.write_text(ESTATE)
    with project.running("metadata", "--port", "0") as running:
        Endpoint(running, project.root.parent)
        running.popen.send_signal(signal.SIGTERM)
        ran = running.end()
    assert ran.code == 0
    assert ran.err.endswith("keyless: handed out 0 tokens\n")


def test_a_plane_that_dies_is_said_to_have(project: Project) -> None:
    project.estate.write_text(ESTATE)
    with project.running("metadata", "--port", "0") as running:
        Endpoint(running, project.root.parent)
        os.kill(project.plane_pid(), signal.SIGKILL)
        ran = running.end()
    assert ran.code == 1
    assert "the plane has ended" in ran.err
    assert project("run", "--as", "web", "--", sys.executable, "-c", "").code == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--address", "0.0.0.0"), "not an address of this machine alone"),
        (("--add-address",), "use it with `--address 169.254.169.254`"),
        (("--port", "99999"), "99999"),
    ],
)
def test_what_cannot_be_served_is_said(project: Project, arguments: tuple[str, ...], why: str) -> None:
    project.estate.write_text(ESTATE)
    ran = project("metadata", *arguments)
    assert ran.code in {1, 2}
    assert why in ran.err
