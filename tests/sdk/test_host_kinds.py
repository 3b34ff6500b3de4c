"""Kinds of host as a command meets them; what each client gets on each is in the table of clients."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from sdk_estates import WEB, one_web_app
from sdk_site import Ran, Site, SkipLoudly
from test_identity_clients import claims_of

from keyless.model.hosts import HostKind
from keyless.runtime.client import wait_for_end
from keyless.runtime.project import STATE_DIRECTORY, Project

PLANE_ENDS_S = 20.0
"""A plane goes by itself when its last command has ended, a moment after that."""


@pytest.fixture
def host(site: Site) -> Site:
    """A project of one workload, with a system-assigned identity."""
    site.declare(one_web_app())
    return site


def on(kind: HostKind) -> tuple[str, ...]:
    """The options that choose a kind of host."""
    return ("--host-kind", kind.value)


def ran(done: Ran, skip_loudly: SkipLoudly) -> Any:
    """What a program saw; Azure Arc's needs a system that lets its directory be shown."""
    if done.code == 125 and "install -d" in done.stderr:
        skip_loudly(f"Azure Arc: {done.stderr}")
    return done.seen


def test_the_command_line_chooses_the_kind_whatever_the_resource_is(
    host: Site, skip_loudly: SkipLoudly
) -> None:
    seen = ran(host.python("whoami.py", options=on(HostKind.ARC)), skip_loudly)
    assert seen == {"sync": claims_of(WEB, WEB), "async": claims_of(WEB, WEB), "msal": claims_of(WEB, WEB)}


@pytest.mark.parametrize("code", [0, 7, 126, 127])
def test_a_command_under_azure_arc_ends_as_it_would_elsewhere(
    host: Site, code: int, skip_loudly: SkipLoudly
) -> None:
    command = {126: ("/",), 127: ("no-such-command",)}.get(code, ("sh", "-c", f"exit {code}"))
    done = host.run(*command, options=on(HostKind.ARC))
    if "install -d" in done.stderr:
        skip_loudly(f"Azure Arc: {done.stderr}")
    assert done.code == code


def test_nothing_of_azure_arcs_is_left_behind(host: Site, skip_loudly: SkipLoudly) -> None:
    known = Path("/var/opt/azcmagent")
    before = known.exists()
    ran(host.python("whoami.py", options=on(HostKind.ARC)), skip_loudly)
    assert wait_for_end(Project(host.root, host.root / STATE_DIRECTORY), PLANE_ENDS_S)
    assert known.exists() is before
    assert not (host.root / STATE_DIRECTORY / "arc").exists()


def test_a_machine_tells_what_it_is_and_what_it_attests_is_verified(host: Site, tmp_path: Path) -> None:
    """As the documentation of the service has it done: with curl and OpenSSL, and nothing else."""
    if shutil.which("curl") is None or shutil.which("openssl") is None:
        pytest.skip("curl and openssl are not here")
    address, header = "http://169.254.169.254/metadata", "-H Metadata:true"
    script = f"""
        set -e
        curl -fsS {header} "{address}/instance/compute/resourceId?api-version=2021-02-01&format=text"
        echo
        curl -fsS {header} "{address}/attested/document?api-version=2021-02-01&nonce=1234567890" |
            sed 's/.*"signature":"//; s/".*//' | base64 -d > "{tmp_path}/signed"
        openssl smime -verify -inform DER -in "{tmp_path}/signed" -purpose any \
            -CAfile "{host.root}/.keyless/tls/ca.pem" 2>&1
    """
    done = host.run("sh", "-c", script, options=on(HostKind.VM))
    resource_id, _, attested = done.stdout.partition("\n")
    assert done.code == 0, done.stderr
    assert resource_id == WEB.resource_id
    assert "Verification successful" in attested
    assert '"nonce":"1234567890"' in attested
