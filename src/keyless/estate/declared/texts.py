"""The texts that more than one kind of entry is made of."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.containers import Entries, ListOf, MapOf
from keyless.estate.shapes.scalars import Text

VERSION = 1


REFERENCE = Where(Text(naming.REFERENCE))


GUID = Where(Text(naming.GUID))


TAGS = MapOf(Text(naming.TAG_NAME), Text(naming.TAG_VALUE), "tags", ignore_case=False, at_most=15)


SETTING_TAGS = MapOf(Text(naming.SETTING_TAG), Text(naming.SETTING_TAG), "tags", ignore_case=False)


NO_TAGS: Entries[str] = Entries()


ACTIONS = ListOf(Text(naming.ACTION), "actions")
