"""What counts as reading a stored object, and how often the start of a program needs that.

Rules:
- reads are what fetches a secret's value, a key or a certificate, or a setting: what can be kept in memory.
  To sign or decrypt with a key is none of these;
- a start reads each object once. A run may start several programs, one after the other or several at once,
  so that up to ten reads a run are taken for starts;
- what is read more than ten seconds after the run's first read of it is later than at start-up. That alone
  is no fault (a refresh, a program that was started again), and is told, not judged.
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
START_UP_S = 10
