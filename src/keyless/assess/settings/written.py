"""Every place in a repository where a setting gets its value: `repository.view(written)`.

Rules:
- documents, scripts, templates and code each have a writer, in `writers/`; the same entry is one ``Written``
  for each name under which it can be read;
- what an example, a sample or a test gives runs nowhere, and so does what a developer's machine, a build or
  a pipeline gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Setting, Written
from keyless.assess.settings.writers.code import of_code
from keyless.assess.settings.writers.documents import of_document
from keyless.assess.settings.writers.scripts import of_scripts
from keyless.assess.settings.writers.templates import of_templates


def written(repository: Repository) -> tuple[Written, ...]:
    """What is written, in the order of files: documents first, then scripts, templates, and code."""
    found = [one for document in repository.documents for one in of_document(document)]
    found += of_scripts(repository)
    found += of_templates(repository)
    found += of_code(repository)
    return tuple(found)


def written_by_setting(repository: Repository) -> Mapping[Setting, list[Written]]:
    """What writes each setting; what a workload that runs gets comes first."""
    found: dict[Setting, list[Written]] = defaultdict(list)
    for one in sorted(repository.view(written), key=lambda one: not one.runs):
        found[one.setting].append(one)
    return found
