"""JavaScript's handlers: Express and its kin, Koa, Fastify, Next.js, NestJS, Remix, Azure Functions.

Rules:
- a function that takes a request and a response, by their usual names or their types, is a handler;
- one that is given to a method that routes, with a path before it, is one;
- Next.js tells by where a file is: `app/**/route.ts`, `pages/api/**`, `middleware.ts`; and by names: server
  actions (`"use server"`), `getServerSideProps`;
- Azure Functions: `app.http(…)` and its kin, and `module.exports` with a `function.json` beside it;
- what a timer starts is not called for requests.
"""

from __future__ import annotations

import re

from keyless.assess.handlers.around import Around, bare, first_text, is_of, last_name, mark_names
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import Call, Evaluate, Function, Member, Statement, text_of

_REQUEST = frozenset({"req", "request", "_req", "_request"})
_RESPONSE = frozenset({"res", "resp", "response", "reply", "_res", "h"})
_ROUTES = frozenset(
    {"get", "post", "put", "delete", "patch", "all", "use", "options", "head", "del", "route"}
)
_REQUEST_TYPES = frozenset({
    "Request", "NextRequest", "NextApiRequest", "HttpRequest", "FastifyRequest", "IncomingMessage",
    "GetServerSidePropsContext", "LoaderFunctionArgs", "ActionFunctionArgs",
    "ExpressRequest", "RequestHandler",
})  # fmt: skip
_TRIGGERS = frozenset({
    "http", "get", "post", "put", "patch", "deleteRequest", "storageBlob", "storageQueue", "serviceBusQueue",
    "serviceBusTopic", "eventHub", "eventGrid", "cosmosDB", "generic", "warmup", "sql", "webPubSub",
})  # fmt: skip
_NEST = frozenset({"Get", "Post", "Put", "Delete", "Patch", "All", "Head", "Options", "MessagePattern",
                   "EventPattern", "Query", "Mutation", "SubscribeMessage"})  # fmt: skip
_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_ROUTE_FILE = re.compile(r"(^|/)app/(.*/)?route\.[cm]?[jt]sx?$")
_API_FILE = re.compile(r"(^|/)pages/api/.*\.[cm]?[jt]sx?$")
_MIDDLEWARE_FILE = re.compile(r"(^|/)middleware\.[cm]?[jt]s$")
_FUNCTIONS = "@azure/functions"
_KOA_PARAMETERS = 2
_FRAMEWORKS = {
    "fastify": "Fastify",
    "koa": "Koa",
    "next": "Next.js",
    _FUNCTIONS: "Azure Functions",
    "express": "Express",
    "@remix-run": "Remix",
    "hono": "Hono",
}


def framework_of(around: Around) -> str:
    """The framework whose handler a function is; empty for none."""
    return (
        _azure_function(around)
        or _next(around)
        or _nest(around)
        or _by_parameters(around)
        or _given_to_a_route(around)
    )


def _azure_function(around: Around) -> str:
    call = around.given_to
    if call is not None and around.imports(_FUNCTIONS):
        name = last_name(call)
        return "Azure Functions" if name in _TRIGGERS and isinstance(call.callee, Member) else ""
    first = around.function.parameters[0].name if around.function.parameters else ""
    if around.triggers and "timerTrigger" not in around.triggers and not around.nested:
        return "Azure Functions" if first == "context" else ""
    return ""


def _next(around: Around) -> str:
    exported = "export" in around.words and not around.nested
    is_action = "async" in around.words and (exported or around.nested) and _is_action(around, exported)
    return "Next.js" if is_action or (exported and _is_next_route(around)) else ""


def _is_next_route(around: Around) -> bool:
    path, name = around.unit.path, around.name
    return (
        name in ("getServerSideProps", "getInitialProps")
        or (name in _VERBS and _ROUTE_FILE.search(path) is not None)
        or ("default" in around.words and _API_FILE.search(path) is not None)
        or (name == "middleware" and _MIDDLEWARE_FILE.search(path) is not None and around.imports("next"))
    )


def _is_action(around: Around, exported: bool) -> bool:
    whole_file = exported and _says_use_server(around.unit.body)
    return whole_file or _says_use_server(around.function.body)


def _says_use_server(body: tuple[Statement, ...]) -> bool:
    first = body[0] if body else None
    return isinstance(first, Evaluate) and text_of(first.value) == "use server"


def _nest(around: Around) -> str:
    owner = around.owner
    if owner is None or not mark_names(owner.marks) & {"Controller", "Resolver", "WebSocketGateway"}:
        return ""
    return "NestJS" if mark_names(around.function.marks) & _NEST else ""


def _by_parameters(around: Around) -> str:
    names = [one.name for one in around.function.parameters]
    if len(names) > 1 and names[0] in _REQUEST and names[1] in _RESPONSE:
        return _framework(around, "Express")
    if len(names) > 2 and names[1] in _REQUEST and names[2] in _RESPONSE:
        return _framework(around, "Express")
    if names[:_KOA_PARAMETERS] == ["ctx", "next"]:
        return "Koa"
    if any(bare(one) in _REQUEST_TYPES for one in around.types()) and not _is_maker(around.function):
        return _framework(around, "a web framework")
    return ""


def _is_maker(function: Function) -> bool:
    """What is given a request to make an object of it is no handler of its own."""
    return function.name == "<init>"


def framework_imported(unit: Unit) -> str:
    """The framework that a file imports; empty for none."""
    modules = [one.module for one in unit.imports]
    return next((known for one, known in _FRAMEWORKS.items() if any(is_of(m, one) for m in modules)), "")


def _framework(around: Around, otherwise: str) -> str:
    return framework_imported(around.unit) or otherwise


def _given_to_a_route(around: Around) -> str:
    call = around.given_to
    if call is None or not isinstance(call.callee, Member) or last_name(call) not in _ROUTES:
        return ""
    path = first_text(call) or ""
    first = around.function.parameters[0].name if around.function.parameters else ""
    routed = path.startswith(("/", "*")) and (first in {*_REQUEST, "ctx", "c", "context"} or not first)
    return _framework(around, "a web framework") if routed else ""


def registers(call: Call) -> bool:
    """Whether a call hands functions to a framework, to be called for requests."""
    if not isinstance(call.callee, Member):
        return last_name(call) == "createServer"
    name, path = last_name(call), first_text(call) or ""
    if name in ("http", *_TRIGGERS) and any(one.value for one in call.arguments[1:]):
        return path != "" and (path.startswith("/") or name not in _ROUTES)
    return name in _ROUTES and (path.startswith(("/", "*")) or name == "use")
