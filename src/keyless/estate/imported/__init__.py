"""Existing state from elsewhere (the Azure CLI's lists, templates, Terraform) as records of the model.

Pure: texts in, values out. What is read is named field by field, so that no secret of a source is ever kept.
"""

from keyless.estate.imported.entry import File, Unread
from keyless.estate.imported.existing import Existing, Known
from keyless.estate.imported.gather import Place, read_existing

__all__ = ["Existing", "File", "Known", "Place", "Unread", "read_existing"]
