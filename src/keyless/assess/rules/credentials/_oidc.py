"""From a stored secret of a workflow to a token of GitHub's: the edits, where they are plain.

Rules:
- `creds` of `azure/login` becomes the three ids, from variables of the repository;
- the job needs `id-token: write`. It is added to the permissions that there are, of the job or else of the
  workflow; where there are none, the job gets them with `contents: read`, as long as nothing in the job
  takes the token of the workflow for something else;
- what is written in one line with braces is left to a person.

Source: https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-azure
"""

from __future__ import annotations

from keyless.assess.findings.finding import Edit, Fix
from keyless.assess.rules.credentials._sign_in_remedies import IDS
from keyless.assess.rules.credentials._steps import PipelineStep, names_in
from keyless.assess.syntax.expressions import Entry, Record, entry_of


def fix_of_login(step: PipelineStep, creds: Entry) -> Fix | None:
    """The edits that turn a login into one by token; none where they are not plain."""
    if step.given is None or step.job is None or not _stands_alone(step.given, creds):
        return None
    if entry_of(step.workflow, "runs") is not None:  # an action: its permissions are the caller's
        return None
    permissions = _permission(step, step.job)
    if permissions is None:
        return None
    indent = "\n" + " " * (creds.key.span.column - 1)
    ids = Edit(step.document.path, creds.span.start, creds.span.end, indent.join(IDS))
    return Fix("sign in with a token of the workflow's own", tuple(sorted((ids, *permissions))))


def _stands_alone(record: Record, entry: Entry) -> bool:
    """Whether an entry has its lines for itself: the record is not written in braces."""
    return record.span.start == record.entries[0].key.span.start and all(
        one is entry or one.span.line != entry.span.line for one in record.entries
    )


def _permission(step: PipelineStep, job: Record) -> tuple[Edit, ...] | None:
    """The edits for the permission: none needed is an empty tuple, none possible is no tuple."""
    path = step.document.path
    there = entry_of(job, "permissions") or entry_of(step.workflow, "permissions")
    if there is None:
        steps = entry_of(job, "steps")
        if steps is None or names_in(job) & {"github_token", "token"}:
            return None
        indent = " " * (steps.key.span.column - 1)
        text = f"permissions:\n{indent}  id-token: write\n{indent}  contents: read\n{indent}"
        return (Edit(path, steps.key.span.start, steps.key.span.start, text),)
    if not isinstance(there.value, Record):
        return () if getattr(there.value, "value", "") == "write-all" else None
    if entry_of(there.value, "id-token") is not None:
        return ()
    first = there.value.entries[0] if there.value.entries else None
    if first is None or there.value.span.start != first.key.span.start:
        return None
    indent = " " * (first.key.span.column - 1)
    return (Edit(path, first.key.span.start, first.key.span.start, f"id-token: write\n{indent}"),)
