"""Which of the ways that a credential may come counts, and how sure it is that a credential comes that way.

Rules:
- a key that is read from a resource, a secret of a pipeline, one that is drawn at deployment, a value of a
  vault and one that is written in a file with the shape of a credential are credentials for sure;
- what is written and has no such shape counts where the call takes nothing but a key or password;
- a setting that nothing writes counts where the call takes nothing but a stored credential, or where what it
  takes is a key or password; a connection string that may be without one counts with low confidence only;
- a secure parameter of a template is secret; any other that nothing gives, and what is not known at all,
  count where the call takes nothing else, or where the argument is called a key;
- what is written for a server on the same machine is none of the cloud; a setting that only has such a
  value in the repository will have another where it runs, with low confidence;
- an identity and an address are no credentials; a credential object of Entra that is made with a secret is
  found where it is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from keyless.assess.findings.finding import Confidence
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.texts import is_secret_text
from keyless.assess.syntax.expressions import Literal, text_of, within
from keyless.catalog.client_calls import Form
from keyless.catalog.shapes.of_value import shape_of
from keyless.catalog.shapes.shape import Holds

_SETTING = "setting `"
_ORDER = (
    Origin.KEY_OF_RESOURCE,
    Origin.PIPELINE_SECRET,
    Origin.VAULT,
    Origin.GENERATED,
    Origin.WRITTEN,
    Origin.SETTING,
    Origin.PARAMETER,
    Origin.UNKNOWN,
)
_SURE = frozenset({Origin.KEY_OF_RESOURCE, Origin.PIPELINE_SECRET, Origin.VAULT, Origin.GENERATED})
_LOCAL = re.compile(r"(?i)localhost|127\.0\.0\.1|\(local(db)?\)|host\.docker\.internal|0\.0\.0\.0|\[::1\]")
_KEYS = frozenset({Form.ACCOUNT_KEY, Form.API_KEY, Form.PASSWORD, Form.SAS, Form.ENTRA_SECRET})
_SECRET_WORDS = re.compile(r"(?i)password|passwd|pwd|secret|token|credential|key(?![a-z])|sas(?![a-z])")


def strongest(flows: Iterable[Flow], form: Form, certain: bool) -> tuple[Flow, Confidence] | None:
    """The flow that counts most, with how sure it is; none where none is of a credential.

    ``certain`` is whether what they are handed to takes nothing but a stored credential.
    """
    judged = [(flow, sure) for flow in flows if (sure := confidence_of(flow, form, certain)) is not None]
    return min(judged, key=lambda one: _ORDER.index(one[0].origin), default=None)


def confidence_of(flow: Flow, form: Form, certain: bool) -> Confidence | None:
    """How sure it is that a flow brings a stored credential to an argument; none where it does not."""
    if flow.origin in _SURE or (flow.origin is Origin.PARAMETER and flow.secret):
        return Confidence.HIGH
    match flow.origin:
        case Origin.WRITTEN:
            return _written(flow, form, certain)
        case Origin.SETTING:
            return _setting(flow.name, form, certain)
        case Origin.UNKNOWN if isinstance(flow.at, Literal):
            return None  # a placeholder, or nothing
        case Origin.PARAMETER | Origin.UNKNOWN:
            return Confidence.MEDIUM if certain else None
        case _:
            return None


def _written(flow: Flow, form: Form, certain: bool) -> Confidence | None:
    texts = [text for one in within(flow.at) if (text := text_of(one)) is not None]
    if any(_LOCAL.search(text) for text in texts):
        return Confidence.LOW if any(_SETTING in step.what for step in flow.steps) else None
    if any(shape_of(text).holds is Holds.CREDENTIAL or is_secret_text(text) for text in texts):
        return Confidence.HIGH
    return Confidence.MEDIUM if certain and form in _KEYS else None


def _setting(name: str, form: Form, certain: bool) -> Confidence | None:
    if certain:
        return Confidence.HIGH
    if form in _KEYS or form is Form.ANY:
        return Confidence.MEDIUM
    return Confidence.MEDIUM if _SECRET_WORDS.search(name) else Confidence.LOW
