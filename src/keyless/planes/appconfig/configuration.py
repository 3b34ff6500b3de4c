"""What the App Configuration plane works with: everything that its stores keep, by kind."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.planes.appconfig.key_values.page_states import PageStates
from keyless.planes.appconfig.key_values.service import KeyValues


@dataclass(frozen=True, slots=True)
class Configuration:
    """The contents of all configuration stores, and what is known of pages of them that were shown."""

    key_values: KeyValues
    pages: PageStates
