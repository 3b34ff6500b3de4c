"""C#'s handlers: controllers, Razor pages, minimal APIs, middleware, hubs, Azure Functions.

Rules:
- a controller is made anew for each request, so that its constructor runs as often as its actions;
- middleware is made once: only its `Invoke` counts;
- what a timer starts is not called for requests.

Source: https://learn.microsoft.com/aspnet/core/fundamentals/dependency-injection
"""

from __future__ import annotations

from keyless.assess.handlers.around import Around, bare, last_name, mark_names
from keyless.assess.syntax.expressions import CONSTRUCTOR, Call, Class, Member

_ROUTES = frozenset({
    "HttpGet", "HttpPost", "HttpPut", "HttpDelete", "HttpPatch", "HttpHead", "HttpOptions", "Route",
    "AcceptVerbs",
})  # fmt: skip
_CONTROLLERS = ("Controller", "ControllerBase", "ApiController", "ODataController")
_PAGES = ("OnGet", "OnPost", "OnPut", "OnDelete")
_MAPS = frozenset({
    "MapGet", "MapPost", "MapPut", "MapDelete", "MapPatch", "MapMethods", "MapFallback", "Map",
})  # fmt: skip
_REQUESTS = frozenset({"HttpRequest", "HttpRequestData", "HttpContext", "HttpRequestMessage"})


def framework_of(around: Around) -> str:
    """The framework whose handler a function is; empty for none."""
    marks = mark_names(around.function.marks)
    if marks & {"Function", "FunctionName"}:
        return "" if _is_timed(around) else "Azure Functions"
    if around.owner is not None and (found := _of_class(around, around.owner, marks)):
        return found
    return _given(around)


def _is_timed(around: Around) -> bool:
    return any("TimerTrigger" in mark_names(one.marks) for one in around.function.parameters)


def _of_class(around: Around, owner: Class, marks: set[str]) -> str:
    bases = {bare(base) for base in owner.bases}
    if _is_controller(owner, bases):
        public = "public" in around.words or bool(marks & _ROUTES)
        static = "static" in around.words or "NonAction" in marks
        return "ASP.NET Core" if public and not static else ""
    if "PageModel" in bases:
        return "ASP.NET Core" if around.name.startswith(_PAGES) or around.name == CONSTRUCTOR else ""
    if "Hub" in bases and "public" in around.words:
        return "SignalR"
    invoked = around.name in ("Invoke", "InvokeAsync")
    return "ASP.NET Core" if invoked and any(bare(one) == "HttpContext" for one in around.types()) else ""


def _is_controller(owner: Class, bases: set[str]) -> bool:
    if mark_names(owner.marks) & {"ApiController", "Controller"}:
        return True
    return any(base.endswith(_CONTROLLERS) for base in bases)


def _given(around: Around) -> str:
    call = around.given_to
    if call is not None and isinstance(call.callee, Member):
        if last_name(call) in _MAPS:
            return "ASP.NET Core"
        if last_name(call) in ("Use", "Run") and last_name(call.callee.base) in ("app", "application"):
            return "ASP.NET Core" if around.function.parameters else ""
    given = any(bare(one) in _REQUESTS for one in around.types()) and around.name != CONSTRUCTOR
    return "ASP.NET Core" if given else ""


def registers(call: Call) -> bool:
    """Whether a call hands functions to a framework, to be called for requests."""
    return isinstance(call.callee, Member) and last_name(call) in _MAPS
