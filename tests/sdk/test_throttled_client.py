"""azure-keyvault-secrets at a vault's limit: told with 429, and through once it has waited as it was told."""

from __future__ import annotations

from sdk_estates import ON_VAULT, PLACES, SECRETS_USER, one_web_app
from sdk_site import Site

READS = 4
SECRETS = "{db-password: correct horse}"


def test_a_client_beyond_the_limit_waits_as_it_is_told_and_reads_on(site: Site) -> None:
    site.declare(one_web_app((SECRETS_USER, ON_VAULT), secrets=SECRETS))
    limits = ("--limits", f"scale={READS / 4000}")
    ran = site.python("throttled_reads.py", options=limits, env={**PLACES, "READS": str(READS)})
    read, told, *patient, waited_s = ran.seen
    assert read == READS
    assert (told["status"], told["code"]) == (429, "Throttled")
    assert told["message"].endswith("Reason: VaultRequestTypeLimitReached")
    assert 1 <= int(told["retry_after"]) <= 11
    for seen in patient:
        assert seen == {"value": "correct horse", "answers": [429, 200]}
    assert int(told["retry_after"]) - 1 < waited_s
