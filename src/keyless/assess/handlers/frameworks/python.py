"""Python's handlers: Flask, Quart, FastAPI, Starlette, aiohttp, Django, Tornado, Azure Functions.

Rules:
- a decorator that routes has a path, and is a call of something's method: `@app.get("/x")`;
- a method of a class-based view has the name of an HTTP method, or of an action of a viewset;
- a function that is given a request by its type, or as Django does it by its name, is called for each one;
- what a timer starts is not called for requests, nor what runs before the first one.
"""

from __future__ import annotations

from keyless.assess.handlers.around import Around, bare, first_text, is_of, last_name
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import CONSTRUCTOR, Call, Expr, Member, Name

_FRAMEWORKS = {
    "flask": "Flask",
    "quart": "Quart",
    "fastapi": "FastAPI",
    "starlette": "Starlette",
    "aiohttp": "aiohttp",
    "django": "Django",
    "rest_framework": "Django",
    "flask_restful": "Flask",
    "flask_restx": "Flask",
    "tornado": "Tornado",
    "sanic": "Sanic",
    "bottle": "Bottle",
    "falcon": "Falcon",
    "litestar": "Litestar",
    "azure.functions": "Azure Functions",
    "azure.durable_functions": "Azure Functions",
    "connexion": "Connexion",
}
_ROUTES = frozenset({
    "route", "get", "post", "put", "delete", "patch", "options", "head", "websocket", "api_route", "view",
    "http_get", "http_post",
})  # fmt: skip
_HOOKS = frozenset({"before_request", "after_request", "teardown_request", "context_processor"})
_HTTP_HOOK = frozenset({"middleware", "errorhandler", "exception_handler"})
_DJANGO = frozenset({
    "api_view", "require_http_methods", "require_GET", "require_POST", "csrf_exempt", "login_required",
    "permission_required",
})  # fmt: skip
_VERBS = frozenset({
    "get", "post", "put", "delete", "patch", "head", "options", "dispatch", "list", "create", "retrieve",
    "update", "destroy", "partial_update", "on_get", "on_post", "on_put", "on_delete", "__call__",
    "process_request", "process_view",
})  # fmt: skip
_VIEWS = ("View", "ViewSet", "ViewSetMixin", "Resource", "RequestHandler", "HTTPMiddleware", "HTTPEndpoint")
_REQUESTS = frozenset({"Request", "HttpRequest", "HTTPConnection", "WebSocket"})
_TIMERS = ("timer_trigger", "schedule", "TimerRequest", "timerTrigger")


def framework_of(around: Around) -> str:
    """The framework whose handler a function is; empty for none."""
    function = around.function
    if any(any(timer in last_name(mark) for timer in _TIMERS) for mark in function.marks):
        return ""
    if any(_routes(mark, around) for mark in function.marks):
        return framework_imported(around.unit) or "a web framework"
    if around.owner is not None and _is_view(around):
        return framework_imported(around.unit) or "a web framework"
    if _takes_request(around):
        return framework_imported(around.unit)
    return _is_function_v1(around)


def framework_imported(unit: Unit) -> str:
    """The framework that a file imports; empty for none."""
    for one in unit.imports:
        for module, framework in _FRAMEWORKS.items():
            if is_of(one.module, module):
                return framework
    return ""


def _routes(mark: Expr, around: Around) -> bool:
    name = last_name(mark)
    if name in _DJANGO:
        return around.imports("django", "rest_framework")
    if name in _HOOKS or name.endswith("_trigger"):
        return _is_method(mark)
    if not isinstance(mark, Call) or not _is_method(mark):
        return False
    if name in _HTTP_HOOK:
        return bool(framework_imported(around.unit))
    return name in _ROUTES and _has_path(mark, around)


def _is_method(mark: Expr) -> bool:
    return isinstance(mark.callee if isinstance(mark, Call) else mark, Member)


def _has_path(mark: Call, around: Around) -> bool:
    text = first_text(mark)
    named = {one.name for one in mark.arguments}
    if text is not None:
        return text.startswith("/") or (not text and bool(framework_imported(around.unit)))
    return bool(named & {"route", "path", "rule"}) or bool(framework_imported(around.unit) and mark.arguments)


def _is_view(around: Around) -> bool:
    owner = around.owner
    if owner is None or not any(bare(base).endswith(_VIEWS) for base in owner.bases):
        return False
    actions = {last_name(mark) for mark in around.function.marks}
    return around.name in _VERBS or "action" in actions


def _takes_request(around: Around) -> bool:
    parameters = around.function.parameters
    if around.name == CONSTRUCTOR or not parameters:
        return False
    if any(bare(one) in _REQUESTS for one in around.types()):
        return True
    first = parameters[0].name if around.owner is None else ""
    return first == "request" and not around.nested and around.imports("django", "rest_framework")


def _is_function_v1(around: Around) -> str:
    """`main` with a `function.json` beside it, or what is given something of `azure.functions`."""
    if any(one in _TIMERS for one in around.triggers) or any("TimerRequest" in one for one in around.types()):
        return ""
    triggered = bool(around.triggers) and around.name == "main" and not around.nested
    given = any(one.startswith(("func.", "azure.functions.")) for one in around.types())
    given = given and around.imports("azure.functions")
    return "Azure Functions" if triggered or given else ""


REGISTERS = frozenset({
    "path", "re_path", "url", "add_url_rule", "add_api_route", "add_route", "add_get", "add_post", "add_put",
    "add_delete", "add_patch", "Depends", "Security", "before_request", "after_request", "Route",
})  # fmt: skip
"""Functions that are given a handler by its name."""


def registers(call: Call) -> bool:
    """Whether a call hands functions to a framework, to be called for requests."""
    return isinstance(call.callee, Name | Member) and last_name(call) in REGISTERS
