"""Writing an estate as ``keyless.yaml``, so that reading the text gives the same estate again.

Rules:
- no secret is written: each becomes the name of an environment variable, and ``secret_variables`` gives the
  values under the same names to whoever may have them;
- an id that would be derived anyway is left out, and so is a location that the resource group has;
- things are referred to by the shortest name that leads to them alone.

An estate's resources lie in its one subscription, its secrets and settings in vaults and stores that it has.
"""

from keyless.estate.export.document import export_text
from keyless.estate.export.variables import secret_variables

__all__ = ["export_text", "secret_variables"]
