"""Settings of files that know names and values alone: environment variables, and Java's properties.

Rules:
- both are read as `keyless assess` reads them;
- with a separator `__` in the name of a variable stands for it, as configuration providers have it;
- a variable whose value refers to another (`${NAME}`) is left out; in single quotes it stands as it is;
- feature flags cannot be in either.
"""

from __future__ import annotations

from keyless.assess.sources.dotenv import lines_of
from keyless.assess.sources.properties import entries_of
from keyless.deploy.stores.found import FoundSettings
from keyless.deploy.vaults.env_file import REFERS, refers

IN_VARIABLES = "__"
"""What stands for the separator in the name of an environment variable."""


def add_env(text: str, found: FoundSettings) -> None:
    """Note what a file of environment variables holds."""
    for line in lines_of(text):
        separator = found.form.separator
        key = line.name.replace(IN_VARIABLES, separator) if separator else line.name
        if not line.value.literal and refers(line.value.text):
            found.leave_setting(key, REFERS)
        else:
            found.add_setting(key, line.value.text)


def add_properties(text: str, found: FoundSettings) -> None:
    """Note what a file of properties holds."""
    for key, _, _, value, _, _ in entries_of(text):
        found.add_setting(key, value)
