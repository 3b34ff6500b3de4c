"""Binds to a directory with a stored password: in code of five languages, scripts and settings.

Rules:
- a bind with what a person has just typed is a login of that person, and is left out; so is one without a
  password;
- a setting of which code makes a bind is told of where the bind is, and once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.calls import CallSite
from keyless.assess.files.purpose import is_test
from keyless.assess.findings.finding import Confidence, Finding, Severity, Step
from keyless.assess.flows.ends import is_placeholder
from keyless.assess.repository import Repository
from keyless.assess.rules.hybrid._calls import Takes, passwords
from keyless.assess.rules.hybrid._commands import Words, commands
from keyless.assess.rules.hybrid._stored import Stored, stored
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.settings.setting import Realm, Setting, Written, setting_of
from keyless.assess.settings.written import written
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Assign, Block, Literal, Statement, dotted
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import Within

_NOVELL = ("Novell.Directory.Ldap",)
_NET = ("System.DirectoryServices",)
_UNBOUND = ("com.unboundid.ldap",)
_JS = ("ldapjs", "ldapts")
_GO = ("github.com/go-ldap/ldap", "gopkg.in/ldap.v3", "gopkg.in/ldap.v2")
_PY, _CS, _JAVA = Language.PYTHON, Language.CSHARP, Language.JAVA
_TABLE = (
    Takes(language=_PY, modules=("ldap",), call="simple_bind_s", position=1, names=("cred",)),
    Takes(language=_PY, modules=("ldap",), call="simple_bind", position=1, names=("cred",)),
    Takes(language=_PY, modules=("ldap",), call="bind_s", position=1, names=("cred",)),
    Takes(language=_PY, modules=("ldap3",), call="Connection", position=2, names=("password",)),
    Takes(language=_CS, modules=_NET, call="DirectoryEntry", position=2, names=("password",), new=True),
    Takes(
        language=_CS,
        modules=_NET,
        call="PrincipalContext",
        position=-1,
        names=("password",),
        least=4,
        new=True,
    ),
    Takes(
        language=_CS,
        modules=("System.DirectoryServices.Protocols",),
        call="NetworkCredential",
        position=1,
        names=("password",),
        new=True,
    ),
    Takes(language=_CS, modules=_NOVELL, call="Bind", position=-1, least=2),
    Takes(language=_CS, modules=_NOVELL, call="BindAsync", position=-1, least=2),
    Takes(language=_JAVA, modules=("javax.naming",), call="put", position=1),
    Takes(language=_JAVA, modules=("javax.naming",), call="setProperty", position=1),
    Takes(language=_JAVA, modules=("org.springframework.ldap",), call="setPassword", position=0),
    Takes(language=_JAVA, modules=_UNBOUND, call="LDAPConnection", position=3, new=True),
    Takes(language=_JAVA, modules=_UNBOUND, call="SimpleBindRequest", position=1, new=True),
    Takes(language=Language.JAVASCRIPT, modules=_JS, call="bind", position=1),
    Takes(language=Language.GO, modules=_GO, call="Bind", position=1),
    Takes(language=Language.GO, modules=_GO, call="NewSimpleBindRequest", position=1),
)
_DJANGO = "AUTH_LDAP_BIND_PASSWORD"
_PUTS = frozenset({"put", "setProperty"})
_TOOLS = frozenset(
    {"ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldappasswd", "ldapcompare", "ldapwhoami"}
)
_ENDINGS = ("password", "bindpw", "bindpwd", "credentials", "bindcredential", "passwd", "bindpass")


def _check(repository: Repository) -> Iterable[Finding]:
    known: set[Setting] = set()
    for finding, name in (*_in_code(repository), *_in_django(repository)):
        known.add(setting_of(name))
        yield finding
    for words in repository.view(commands):
        if words.name in _TOOLS and _is_bound(words):
            yield _finding(words.place, f"`{words.name}` binds to a directory", Stored(Confidence.HIGH))
    taken: set[Setting] = set(known)
    for one in repository.view(written):
        if one.setting not in taken and _is_bind_setting(one):
            taken.add(one.setting)
            what = f"`{one.name}` is set for binds to a directory"
            yield _finding(one.place, what, Stored(Confidence.MEDIUM, name=one.name))


def _in_code(repository: Repository) -> Iterator[tuple[Finding, str]]:
    for site, password in passwords(repository, _TABLE):
        if not _is_bind(site):
            continue
        found = stored(repository, password, site.within)
        if found is not None:
            place = Place(site.within.unit.path, site.call.span)
            yield _finding(place, f"`{site.method}` binds to a directory", found), found.name


def _in_django(repository: Repository) -> Iterator[tuple[Finding, str]]:
    """`AUTH_LDAP_BIND_PASSWORD = …` of django-auth-ldap, in no function."""
    for unit in repository.units:
        if unit.language is not Language.PYTHON or is_test(unit.path):
            continue
        for one in _at_top(unit.body):
            if isinstance(one, Assign) and dotted(one.target) == _DJANGO and one.value is not None:
                found = stored(repository, one.value, Within(unit))
                if found is not None:
                    place = Place(unit.path, one.span)
                    yield _finding(place, f"`{_DJANGO}` is for binds to a directory", found), _DJANGO


def _at_top(body: tuple[Statement, ...]) -> Iterator[Statement]:
    """The statements of a file that stand in no function, under conditions as well."""
    waiting = list(reversed(body))
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, Block):
            waiting.extend(reversed(one.body))


def _is_bind(site: CallSite) -> bool:
    """Of what is put into a map, only the credentials; of a connection, only one that is not for Kerberos."""
    if site.method in _PUTS:
        first = dotted(site.call.arguments[0].value) if site.call.arguments else None
        return first is not None and first.endswith("SECURITY_CREDENTIALS")
    named = {one.name: dotted(one.value) or "" for one in site.call.arguments if one.name}
    return not named.get("authentication", "").endswith(("SASL", "ANONYMOUS"))


def _is_bound(words: Words) -> bool:
    """Whether a password is given, or a file with one: `-W` asks for it, and `-Y` is no password."""
    return any(text in ("-w", "-y") for text in words.texts[:-1])


def _is_bind_setting(one: Written) -> bool:
    key = one.setting.key
    if one.setting.realm is not Realm.SETTING or "ldap" not in key or not key.endswith(_ENDINGS):
        return False
    text = one.value.value if isinstance(one.value, Literal) else "of its surroundings"
    placed = isinstance(text, str) and text.strip() != "" and not is_placeholder(text)
    return placed and one.runs and not is_test(one.place.path)


def _finding(place: Place, what: str, found: Stored) -> Finding:
    steps = (*found.steps, Step(place, what)) if found.steps else ()
    return Finding(
        rule="ldap-bind",
        place=place,
        message=f"{what} with a stored password: bind with Kerberos, or ask Entra instead",
        severity=Severity.MEDIUM,
        confidence=found.confidence,
        subject=found.name,
        steps=steps,
    )


RULE = Rule(
    id="ldap-bind",
    group=Group.HYBRID,
    title="A directory is bound to with a stored password",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "The password of a bind is that of an account of the directory: whoever reads it has that account "
        "everywhere, and it is seldom changed, because all that use it would stop."
    ),
    instead=(
        "Ask Microsoft Graph with a managed identity for what the directory is asked for; where it has to be "
        "LDAP, bind with Kerberos (GSSAPI) as a group managed service account. Allow what has to stay with a "
        "reason and a last day (`allow`), and it is counted down."
    ),
    sources=(
        "https://learn.microsoft.com/entra/architecture/auth-ldap",
        "https://learn.microsoft.com/entra/architecture/service-accounts-group-managed",
    ),
    check=_check,
)
