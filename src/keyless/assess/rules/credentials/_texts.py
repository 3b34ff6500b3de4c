"""Every text that is written in a repository, with the name that it stands under.

Rules:
- in code: the variable, field, parameter or key that it is given to, the name of an argument, or the setting
  in `set…("name", "text")`;
- in documents the key, `name` beside `value`, and the attribute that names an element; in templates the
  parameter, variable or property;
- in scripts the variable, the option before it, and `name=value` among the words of a command. Everything
  else has no name;
- a text in another form (bytes, a pointer) has the name of that form; the default in `${name:text}` has the
  name before it;
- what signs or encrypts has a key whatever its name is;
- comments are told of last.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keyless.assess.repository import Repository
from keyless.assess.rules.credentials._keys_given import given_keys
from keyless.assess.rules.credentials._steps import PIPELINES
from keyless.assess.rules.credentials._wrapped import assigned_in, joined_text, unwrapped
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Call,
    Choice,
    Class,
    Command,
    Define,
    Evaluate,
    Expr,
    Function,
    Index,
    Items,
    Joined,
    Lambda,
    Literal,
    Member,
    Name,
    Other,
    Record,
    Repeat,
    Return,
    Statement,
    entry_of,
    parts_of,
    text_of,
)
from keyless.assess.syntax.span import Span
from keyless.assess.syntax.templates import Template

_MOST = 400_000


class Standing(enum.Enum):
    """In what a text stands."""

    CODE = enum.auto()
    SCRIPT = enum.auto()
    SETTINGS = enum.auto()
    """A document whose entries are settings or environments."""
    PIPELINE = enum.auto()
    TEMPLATE = enum.auto()
    COMMENT = enum.auto()
    DATA = enum.auto()
    """Any other document."""


class Key(enum.Enum):
    """Whether something signs or encrypts with a text, whatever its name."""

    NONE = enum.auto()
    ANY = enum.auto()
    NO_WORD = enum.auto()
    """One that a protocol may prescribe, as a word."""
    KEPT = enum.auto()
    """It is a value of a secret of a cluster, under a name that says nothing."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text: ``name`` is what it stands under, empty where nothing names it."""

    path: str
    span: Span
    text: str
    name: str
    standing: Standing
    key_of: Key = Key.NONE


def texts(repository: Repository) -> Iterator[Text]:
    """All texts: of code, of documents, of templates."""
    for unit in repository.units:
        for key in given_keys(unit):
            kind = Key.ANY if key.takes_words else Key.NO_WORD
            yield Text(unit.path, key.text.span, str(key.text.value), "", Standing.CODE, kind)
        yield from _of_unit(unit)
    for document in repository.documents:
        if not _has_its_own_rule(document):
            yield from _of_document(document)
    for template in repository.templates:
        yield from _of_template(template)
    for source in repository.sources:
        for remark in source.remarks:
            yield Text(source.path, remark.span, remark.text, remark.name, Standing.COMMENT)


def _has_its_own_rule(document: Document) -> bool:
    """Whether the secrets of a document are told of elsewhere: publish profiles, credentials of feeds."""
    is_feeds = document.path.casefold().rpartition("/")[2] == "nuget.config"
    return is_feeds or document.kind is DocumentKind.PUBLISH_PROFILE


def _of_unit(unit: Unit) -> Iterator[Text]:
    """The texts of a file of code. Nothing is asked of where they stand, so the walk is one of its own."""
    names: dict[int, str] = {}
    script = unit.language.value in {"shell", "powershell", "dockerfile"}
    standing = Standing.SCRIPT if script else Standing.CODE
    waiting: list[Statement | Expr] = list(reversed(unit.body))
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind in _STATEMENTS:
            waiting.extend(reversed(_in_statement(names, one)))  # type: ignore[arg-type]
        elif isinstance(one, Literal):
            if isinstance(one.value, str):
                name, text = _default(names.pop(id(one), ""), one.value)
                yield Text(unit.path, one.span, text, name, standing)
        elif isinstance(one, Joined) and (joined := joined_text(one)) is not None:
            yield Text(unit.path, one.span, joined, names.pop(id(one), ""), standing)
        elif isinstance(one, Lambda):
            waiting.extend(reversed(_in_function(names, one.function)))
        elif kind is not Name:
            if isinstance(one, Command):
                yield from _assigned(unit.path, one, standing)
            if kind in _NAMES_PARTS:
                _name_parts(names, one)  # type: ignore[arg-type]
            waiting.extend(reversed(parts_of(one)))  # type: ignore[arg-type]


def _assigned(path: str, command: Command, standing: Standing) -> Iterator[Text]:
    for word, name, value in assigned_in(command):
        yield Text(path, word.span, value, name, standing)


def _default(name: str, text: str) -> tuple[str, str]:
    """`${name:default}` taken apart, as annotations of Spring and Micronaut write it."""
    if not (text.startswith("${") and text.endswith("}") and text.count("${") == 1):
        return name, text
    setting, colon, default = text[2:-1].partition(":")
    return (setting, default) if colon and default else (name, text)


_STATEMENTS = frozenset({Assign, Return, Evaluate, Repeat, Block, Define, Class})
_NAMES_PARTS = frozenset({Record, Call, Command})


def _in_statement(names: dict[int, str], one: Statement) -> list[Statement | Expr]:
    match one:
        case Assign(target=target, value=value, marks=marks):
            if value is not None:
                _give(names, value, _last_name(target))
            _of_marks(names, marks, _last_name(target))
            return [*marks, target, *_there(value)]
        case Return(value=value) | Evaluate(value=value):
            return _there(value)
        case Repeat(over=over, body=body):
            return [*_there(over), *body]
        case Block(condition=condition, body=body):
            return [*_there(condition), *body]
        case Define(function=function):
            return _in_function(names, function)
        case Class(body=body, marks=marks):
            return [*marks, *body]


def _there(value: Expr | None) -> list[Statement | Expr]:
    return [] if value is None else [value]


def _in_function(names: dict[int, str], function: Function) -> list[Statement | Expr]:
    found: list[Statement | Expr] = list(function.marks)
    for parameter in function.parameters:
        found += parameter.marks
        _of_marks(names, parameter.marks, parameter.name)
        if parameter.default is not None:
            _give(names, parameter.default, parameter.name)
            found.append(parameter.default)
    return [*found, *function.body]


def _of_marks(names: dict[int, str], marks: tuple[Expr, ...], name: str) -> None:
    """`@Value("text")`: the field or parameter has it."""
    for mark in marks:
        if isinstance(mark, Call) and _last_name(mark.callee) == "Value":
            for argument in mark.arguments:
                _give(names, argument.value, name)


def _name_parts(names: dict[int, str], one: Expr) -> None:
    """Names for the texts that stand directly in an expression."""
    match one:
        case Record(entries=entries):
            for entry in entries:
                _give(names, entry.value, text_of(entry.key) or _last_name(entry.key))
        case Call(arguments=arguments, then=then):
            for argument in arguments:
                if argument.name:
                    _give(names, argument.value, argument.name)
            for entry in then:
                _give(names, entry.value, text_of(entry.key) or _last_name(entry.key))
            _of_setter(names, one)
        case Command(words=words):
            _of_words(names, words)
        case _:
            return


def _of_setter(names: dict[int, str], call: Call) -> None:
    """`setPassword("x")`, `put("password", "x")`, `setProperty("a.password", "x")`."""
    method = _last_name(call.callee)
    plain = [one.value for one in call.arguments if one.name is None]
    if len(plain) == 1 and method[:3].casefold() == "set" and len(method) > 3:
        _give(names, plain[0], method[3:])
    elif len(plain) == 1 and method.casefold() in {
        "password",
        "clientsecret",
        "apikey",
        "secretkey",
        "accesskey",
    }:
        _give(names, plain[0], method)
    elif len(plain) == 2 and method.casefold() in _TAKES_NAME_AND_VALUE:
        _give(names, plain[1], text_of(plain[0]) or "")


_TAKES_NAME_AND_VALUE = frozenset(
    {"put", "set", "setproperty", "setitem", "setdefault", "setenv", "setenvironmentvariable", "putenv"}
    | {"withproperty", "withenv", "add", "property", "addproperty", "header", "setheader", "setvalue"}
)


def _of_words(names: dict[int, str], words: tuple[Expr, ...]) -> None:
    option = ""
    for word in words:
        text = text_of(word)
        if text is not None and text.startswith("-") and len(text) > 2:
            option = text.lstrip("-")
        elif option:
            _give(names, word, option)
            option = ""


def _give(names: dict[int, str], value: Expr, name: str) -> None:
    """A name for a text, and for what may stand in its place."""
    if not name:
        return
    if isinstance(value, Call):
        value = unwrapped(value)
    if isinstance(value, Literal | Joined):
        names.setdefault(id(value), name)
    elif isinstance(value, Choice):
        for one in value.alternatives:
            _give(names, one, name)
    elif isinstance(value, Items | Other):
        for one in (value.items if isinstance(value, Items) else value.parts)[:8]:
            if isinstance(one, Literal):
                names.setdefault(id(one), name)


def _last_name(target: Expr) -> str:
    match target:
        case Name(id=name):
            return name
        case Member(name=name):
            return name
        case Index(key=key):
            return text_of(key) or _last_name(key)
        case _:
            return ""


def _of_document(document: Document) -> Iterator[Text]:
    standing = Standing.DATA if document.kind is DocumentKind.OTHER else Standing.SETTINGS
    standing = Standing.PIPELINE if document.kind in PIPELINES else standing
    yield from _below(document.path, ((root, "") for root in document.roots), standing)


def _of_template(template: Template) -> Iterator[Text]:
    parts: list[tuple[Expr, str]] = [
        (one.default, one.name) for one in template.parameters if one.default is not None
    ]
    parts += [(one.value, one.name) for one in template.variables]
    parts += [(one.body, "") for one in template.resources]
    parts += [(one.arguments, "") for one in template.modules]
    parts += [(one.value, one.name) for one in template.outputs]
    if template.given is not None:
        parts.append((template.given, ""))
    yield from _below(template.path, parts, Standing.TEMPLATE)


def _below(path: str, parts: Iterable[tuple[Expr, str]], standing: Standing) -> Iterator[Text]:
    """All texts below some expressions; lists hand their name on."""
    waiting = list(parts)[::-1]
    left = _MOST
    while waiting and left:
        left -= 1
        one, name = waiting.pop()
        if isinstance(one, Literal):
            if isinstance(one.value, str):
                yield Text(path, one.span, *_of_list(one.value, name), standing)
        elif isinstance(one, Record):
            waiting.extend((entry.value, _key(entry.key, one, name)) for entry in reversed(one.entries))
        elif isinstance(one, Items | Choice):
            waiting.extend((part, name) for part in reversed(parts_of(one)))
        else:
            waiting.extend((part, "") for part in reversed(parts_of(one)))


def _of_list(text: str, name: str) -> tuple[str, str]:
    """The value and its name: an environment as a list, as Compose takes it, has both in each entry."""
    own, sign, value = text.partition("=")
    if sign and name.casefold() in _LISTS_OF_PAIRS and own.isidentifier():
        return value, own
    return text, name


_LISTS_OF_PAIRS = frozenset({"environment", "env", "args", "build_args", "build-args"})


def _key(key: Expr, record: Record, around: str) -> str:
    """The name of an entry: its key, or what is named beside where the key only says `value`."""
    written = text_of(key) or _last_name(key)
    if written.lstrip("@#").casefold() not in _SAYS_NOTHING:
        return written
    named = _named_beside(record)
    return named or (written if written.casefold().endswith("connectionstring") else around)


_SAYS_NOTHING = frozenset({"value", "text", "connectionstring", "defaultvalue", "default", "securevalue"})


def _named_beside(record: Record) -> str:
    for key in ("name", "key", "@name", "@key", "variable"):
        found = entry_of(record, key)
        if found is not None and (text := text_of(found.value)):
            return text
    return ""
