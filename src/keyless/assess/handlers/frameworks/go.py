"""Go's handlers: `net/http` and chi, gin, echo, fiber, iris: all are told by what they are given."""

from __future__ import annotations

from keyless.assess.handlers.around import Around
from keyless.assess.syntax.expressions import Call

_GIVEN = {
    "http.ResponseWriter": "net/http",
    "http.Request": "net/http",
    "gin.Context": "gin",
    "echo.Context": "echo",
    "fiber.Ctx": "fiber",
    "iris.Context": "iris",
    "beego.Controller": "beego",
    "fasthttp.RequestCtx": "fasthttp",
}


def framework_of(around: Around) -> str:
    """The framework whose handler a function is; empty for none."""
    return next((found for one in around.types() if (found := _GIVEN.get(one.strip("* ")))), "")


def registers(call: Call) -> bool:
    """Whether a call hands functions to a framework: what these are given says it already."""
    return False
