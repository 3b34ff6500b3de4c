"""A property and its value, as the language of a template says it, for people to read.

Terraform's arguments go by names of their own; the others have the last part of ARM's path, and so has what
azurerm has no argument for.
"""

from __future__ import annotations

from keyless.assess.deployed.deployed import Deployed
from keyless.assess.fixes.properties import Plain, own_names, rendered
from keyless.assess.syntax.templates import Dialect


def said(found: Deployed, path: str, wanted: Plain) -> str:
    """`allowSharedKeyAccess: false`, `shared_access_key_enabled = false`."""
    named = own_names(found.declared, path, wanted)
    if named is None:
        return f"{path.rpartition('.')[2]}: {rendered(Dialect.BICEP, wanted)}"
    keys, value = named
    between = " = " if found.template.dialect is Dialect.TERRAFORM else ": "
    return f"{keys[-1]}{between}{rendered(found.template.dialect, value)}"
