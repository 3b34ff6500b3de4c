"""A client that takes an address and an identity where it took a connection string, and its setting.

Rules:
- the whole way is changed or nothing: the app setting of Bicep or Terraform gets the address of the same
  resource, and the constructor takes it with a credential; the setting keeps its name;
- a fix is offered where all of that is certain: the key is read in the very setting, nothing else writes the
  setting, one place of code names it and hands it to the constructor, on the spot or through a variable that
  is for nothing else, the call has the form that the table knows, and the identity library is there or can
  be added to the project's manifest;
- the compute that has the setting must be able to sign in, and the words say which role it needs or gets.
"""

from __future__ import annotations

from keyless.assess.clients import ClientUse
from keyless.assess.findings.finding import Edit, Fix, Remedy
from keyless.assess.fixes.addresses import ADDRESSES
from keyless.assess.fixes.client_calls import call_edits
from keyless.assess.fixes.handed import is_handed
from keyless.assess.fixes.identity_library import brought_in
from keyless.assess.fixes.signed_in import signed_in
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.mentions import mentions
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Realm, Written
from keyless.assess.settings.written import written
from keyless.assess.stored.host import hosts
from keyless.assess.stored.opened import opened
from keyless.assess.syntax.span import Span
from keyless.assess.syntax.templates import Dialect

_DIALECTS = frozenset({Dialect.BICEP, Dialect.TERRAFORM})


def client_fix(repository: Repository, use: ClientUse, flow: Flow, remedy: Remedy) -> Fix | None:
    """The edits that take one client off its connection string; none where they would not be the whole."""
    client = use.client.partition(".")[0]
    address = ADDRESSES.get(client)
    setting = _setting_of(repository, use, flow)
    if address is None or setting is None:
        return None
    found = opened(repository, flow, address.arm_type)
    text = None if found is None else address.of(found)
    call = call_edits(use, address)
    if found is None or text is None or not call:
        return None
    added = brought_in(repository, use.within.unit)
    signs = signed_in(repository, hosts(repository, flow.steps), found, remedy)
    if added is None or signs is None:
        return None
    span = setting.value.span
    value = Edit(setting.place.path, span.start, span.end, text)
    what = f"give `{client}` the address in `{setting.name}` and an identity"
    return Fix(f"{what}; {signs.words}" if signs.words else what, (value, *call, *added, *signs.edits))


def _setting_of(repository: Repository, use: ClientUse, flow: Flow) -> Written | None:
    """The setting that the key is read in, where it is the only way from there to the call."""
    if flow.origin is not Origin.KEY_OF_RESOURCE:
        return None
    passed = {step.place for step in flow.steps}
    ways = [one for one in repository.view(written) if one.place in passed]
    if len(ways) != 1 or not _is_in_template(ways[0], flow):
        return None
    (one,) = ways
    same = [other for other in repository.view(written) if other.setting == one.setting]
    readers = list(repository.view(mentions).get(one.setting, ()))
    alone = len(same) == 1 == len(readers)
    return one if alone and is_handed(repository, use, one.setting, readers[0]) else None


def _is_in_template(one: Written, flow: Flow) -> bool:
    inside = one.place.path == flow.place.path and _covers(one.value.span, flow.place.span)
    told = one.template is not None and one.template.dialect in _DIALECTS
    return told and inside and one.setting.realm is Realm.SETTING


def _covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
