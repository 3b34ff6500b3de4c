"""Windows accounts that services, tasks, pools and programs run as, with their passwords.

Rules:
- virtual and managed accounts (`LocalSystem`, `NT AUTHORITY`, `NT SERVICE`, `IIS APPPOOL`, a name with `$` at
  its end) have no password that anybody holds: they are left out;
- a password that only stands for one is none, and one that a script puts in is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from keyless.assess.files.purpose import is_test
from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.flows.ends import is_placeholder
from keyless.assess.repository import Repository
from keyless.assess.rules.hybrid._commands import VARIABLE, Words, commands, text_with_marks
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.everything import expressions_of
from keyless.assess.syntax.expressions import Call, Entry, Expr, Record, entry_of, text_of, within
from keyless.assess.syntax.span import Place

_BUILT_IN = (
    "localsystem", "localservice", "networkservice", "nt authority\\", "nt service\\", "iis apppool\\",
    ".\\localsystem", "system", "builtin\\",
)  # fmt: skip


def _check(repository: Repository) -> Iterable[Finding]:
    for words in repository.view(commands):
        what = _of_command(words)
        if what:
            yield _finding(words.place, what)
    for document in repository.documents:
        if document.kind is DocumentKind.WEB_CONFIG and not is_test(document.path):
            yield from (_finding(place, what) for place, what in _in_web_config(document))
    for unit in repository.units:
        if unit.language is Language.CSHARP and not is_test(unit.path):
            for one in expressions_of(unit):
                if isinstance(one, Call) and one.new and _starts_as(one):
                    yield _finding(Place(unit.path, one.span), "a program is started as another account")


def _of_command(words: Words) -> str:
    read = _COMMANDS.get(words.name)
    return read(words) if read is not None else ""


def _sc(words: Words) -> str:
    if not words.texts or words.texts[0].casefold() not in ("create", "config"):
        return ""
    account, password = words.after("obj="), words.after("password=")
    return "a service runs as an account" if _is_person(account) and _is_password(password) else ""


def _service_cmdlet(words: Words) -> str:
    given = words.after("-credential")
    return "a service runs as an account" if given else ""


def _task(words: Words) -> str:
    account, password = words.after("/ru"), words.after("/rp")
    return "a task runs as an account" if _is_person(account) and _is_password(password) else ""


def _task_cmdlet(words: Words) -> str:
    account, password = words.after("-user"), words.after("-password")
    return "a task runs as an account" if _is_person(account) and _is_password(password) else ""


def _runas(words: Words) -> str:
    saved = any(text.casefold() == "/savecred" for text in words.texts)
    return "a program runs as an account whose password Windows keeps" if saved else ""


def _psexec(words: Words) -> str:
    account, password = words.after("-u"), words.after("-p")
    return "a program runs as another account" if _is_person(account) and _is_password(password) else ""


def _net(words: Words) -> str:
    texts = [text.casefold() for text in words.texts]
    if texts[:1] == ["use"] and any(text.startswith("/user:") for text in texts):
        plain = [text for text in words.texts[1:] if not text.startswith("/")]
        given = [text for text in plain[1:] if not text.startswith("\\\\") and not text.endswith(":")]
        return "a share is mounted as an account" if any(_is_password(text) for text in given) else ""
    return ""


def _appcmd(words: Words) -> str:
    account = words.after("/processmodel.username:", "-processmodel.username:")
    password = words.after("/processmodel.password:", "-processmodel.password:")
    return "an application pool runs as an account" if _is_person(account) and _is_password(password) else ""


def _item_property(words: Words) -> str:
    """`Set-ItemProperty IIS:\\\\AppPools\\\\x -Name processModel -Value @{userName=…; password=…}`."""
    for value in words.values:
        for one in within(value):
            if isinstance(one, Record) and _has_account(one):
                return "an application pool runs as an account"
    return ""


_COMMANDS: dict[str, Callable[[Words], str]] = {
    "sc": _sc,
    "new-service": _service_cmdlet,
    "set-service": _service_cmdlet,
    "schtasks": _task,
    "register-scheduledtask": _task_cmdlet,
    "set-scheduledtask": _task_cmdlet,
    "runas": _runas,
    "psexec": _psexec,
    "psexec64": _psexec,
    "net": _net,
    "appcmd": _appcmd,
    "set-itemproperty": _item_property,
}


def _has_account(record: Record) -> bool:
    user, password = entry_of(record, "userName"), entry_of(record, "password")
    return user is not None and password is not None and _is_password(text_with_marks(password.value))


def _in_web_config(document: Document) -> Iterator[tuple[Place, str]]:
    """`<identity impersonate userName password>`, `<processModel userName password>`."""
    for name, entry in _elements(document):
        if name not in ("identity", "processmodel"):
            continue
        account, password = _attribute(entry.value, "@userName"), _attribute(entry.value, "@password")
        if _is_person(account) and _is_password(password):
            what = (
                "requests run as an account"
                if name == "identity"
                else "an application pool runs as an account"
            )
            yield Place(document.path, entry.span), what


def _elements(document: Document) -> Iterator[tuple[str, Entry]]:
    for root in document.roots:
        for one in within(root):
            if isinstance(one, Record):
                yield from (((text_of(entry.key) or "").casefold(), entry) for entry in one.entries)


def _attribute(value: Expr, name: str) -> str:
    entry = entry_of(value, name)
    return "" if entry is None else text_with_marks(entry.value)


def _starts_as(call: Call) -> bool:
    """`new ProcessStartInfo { UserName = …, Password = … }`."""
    if not call.new or text_name(call) != "ProcessStartInfo":
        return False
    set_ = {(text_of(entry.key) or getattr(entry.key, "id", "")) for entry in call.then}
    return "UserName" in set_ and bool(set_ & {"Password", "PasswordInClearText"})


def text_name(call: Call) -> str:
    """The last name of what is called."""
    return str(getattr(call.callee, "id", getattr(call.callee, "name", ""))).rpartition(".")[2]


def _is_person(account: str) -> bool:
    """Whether an account has a password that somebody holds."""
    folded = account.strip().strip("\"'").casefold()
    return folded != "" and not folded.endswith("$") and not folded.startswith(_BUILT_IN)


def _is_password(text: str) -> bool:
    plain = text.strip().strip("\"'")
    return VARIABLE in plain or (plain not in ("", "*") and not is_placeholder(plain))


def _finding(place: Place, what: str) -> Finding:
    return Finding(
        rule="service-account",
        place=place,
        message=f"{what} with a stored password: use a managed service account",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
    )


RULE = Rule(
    id="service-account",
    group=Group.HYBRID,
    title="Something on Windows runs as an account with a stored password",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "A password that a script sets up a service with is kept by Windows on that machine and by the "
        "script, and it stays good for all other machines of the domain."
    ),
    instead=(
        "Use a virtual account where only that machine is concerned, a group managed service account where "
        "the domain is (`obj= DOMAIN\\name$`, without a password), and an identity of Azure Arc for Azure. "
        "Allow what has to stay with a reason and a last day (`allow`), and it is counted down."
    ),
    sources=(
        "https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-service-accounts",
        "https://learn.microsoft.com/entra/architecture/service-accounts-group-managed",
    ),
    check=_check,
)
