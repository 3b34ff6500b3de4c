"""Linux machines that take passwords over SSH."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.local_auth._switch import switched_on
from keyless.assess.rules.rule import Group, Rule


def _check(repository: Repository) -> Iterable[Finding]:
    return switched_on(repository, "vm-password-authentication", Severity.MEDIUM)


RULE = Rule(
    id="vm-password-authentication",
    group=Group.LOCAL_AUTH,
    title="A Linux machine takes passwords over SSH",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "A password for SSH can be guessed, shared and left in templates. Whoever logs in can have tokens of "
        "every identity that the machine carries."
    ),
    instead=(
        "Set `disablePasswordAuthentication: true`, and let people log in with Entra (the extension "
        "`AADSSHLoginForLinux` and the role Virtual Machine User Login), or at least with keys."
    ),
    sources=("https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-linux",),
    check=_check,
)
