"""What counts as reading a stored object, and how often the start of a program needs that.

Rules:
- reads are what fetches a secret's value, a key or a certificate, or a setting: what can be kept in memory.
  To sign or decrypt with a key is none of these, and neither is to ask whether something has changed and hear
  that it has not;
- a start is over when the program has served its first request, or when it is steady: when for five seconds
  it has read nothing that it had not read before. Then it ended with the last thing that was new. One that
  reads new things on and on has started after a minute;
- a start reads each thing once. A run may start several programs, one after the other or several at once, so
  that up to ten reads a run are taken for starts, and one more each hour for what has changed. Things are
  requests: who lists a store by three filters needs three answers to know all that is in it;
- of runs that are known from a log alone, what is read more than ten seconds after the first read is later
  than at start-up. That is no fault (a refresh, a program that was started again), and is told, not judged.
"""

from __future__ import annotations

SECRET_READ = "microsoft.keyvault/vaults/secrets/getsecret/action"
KEY_READ = "microsoft.keyvault/vaults/keys/read"
CERTIFICATE_READ = "microsoft.keyvault/vaults/certificates/read"
SETTING_READ = "microsoft.appconfiguration/configurationstores/keyvalues/read"

VAULT_READS = frozenset({SECRET_READ, KEY_READ, CERTIFICATE_READ})
"""The actions, case-folded, that read an object of a vault."""
READS = VAULT_READS | {SETTING_READ}
"""The same, with those of configuration stores."""

STARTS_A_RUN = 10
STEADY_S = 5
LONGEST_START_S = 60
START_UP_S = 10
_HOUR_S = 3600


def again_and_again(reads: int, distinct: int, seconds: int) -> bool:
    """Whether a thing was read more often than starts and changes explain.

    ``reads`` had content; ``distinct`` are the different requests among them; all within ``seconds``.
    """
    return reads > (STARTS_A_RUN + seconds // _HOUR_S) * max(distinct, 1)
