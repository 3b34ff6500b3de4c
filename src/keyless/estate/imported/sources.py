"""What each file is, by its content, and the entries in it.

Rules:
- Terraform's state, an ARM template and a list of things of Azure are told apart by what they say of
  themselves; a text that is no JSON is Bicep where its name says so;
- a file that is nothing known is listed, and so is a list of which only a part is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from keyless.estate.imported.deployed import Place
from keyless.estate.imported.documents import document_of, goes_on, is_list_document, listed, text_of
from keyless.estate.imported.entry import CannotRead, Entry, File, Unread
from keyless.estate.imported.templates.arm import is_parameters, is_template, parameters_of, template_of
from keyless.estate.imported.templates.bicep import bicep_template, is_bicep
from keyless.estate.imported.templates.files import Templates
from keyless.estate.imported.terraform import is_terraform, terraform_entries


def entries_of(
    files: Sequence[File], place: Place, unread: list[Unread], passed: Counter[str]
) -> Iterator[Entry]:
    """The entries of all files. What can't be read is added to ``unread``, what tells nothing counted."""
    templates = Templates(contents={file.name: file.content for file in files})
    strange: list[Unread] = []
    for file in files:
        try:
            yield from _entries(file, templates, unread, passed)
        except CannotRead as error:
            strange.append(Unread(file.name, "", str(error)))
    yield from templates.entries(place, unread)
    unread += [one for one in strange if one.file not in templates.loaded]


def _entries(file: File, templates: Templates, unread: list[Unread], passed: Counter[str]) -> Iterator[Entry]:
    """The entries of a file; a template is kept for later, when all its modules are there."""
    text = text_of(file)
    if is_bicep(text):
        templates.templates[file.name], problems = bicep_template(file.name, text)
        unread += problems
        return
    document = document_of(file)
    if is_terraform(document):
        yield from terraform_entries(document, file.name, unread, passed)
    elif is_template(document):
        templates.templates[file.name] = template_of(document)
    elif is_parameters(document):
        templates.parameters[file.name] = parameters_of(document)
    elif is_list_document(document):
        if goes_on(document):
            unread.append(Unread(file.name, "", _CUT))
        yield from listed(document, file.name)
    else:
        raise CannotRead(_UNKNOWN)


_UNKNOWN = "it is nothing that is known here: see `keyless estate import --help` for what is"
_CUT = "the list goes on, and the rest is not in this file: ask for all of it"
