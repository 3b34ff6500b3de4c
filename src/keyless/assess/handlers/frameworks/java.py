"""Java's handlers: Spring, JAX-RS, servlets and filters, listeners of messages, Azure Functions.

Rules:
- a controller is made once: only the methods that are mapped count;
- what a timer starts is not called for requests.
"""

from __future__ import annotations

from keyless.assess.handlers.around import Around, bare, last_name, mark_names
from keyless.assess.syntax.expressions import CONSTRUCTOR, Call, Member

_SPRING = frozenset({
    "GetMapping", "PostMapping", "PutMapping", "DeleteMapping", "PatchMapping", "RequestMapping",
    "MessageMapping", "ExceptionHandler", "ModelAttribute", "QueryMapping", "MutationMapping",
})  # fmt: skip
_LISTENERS = frozenset({
    "JmsListener", "KafkaListener", "RabbitListener", "ServiceBusListener", "EventHubsListener",
    "StreamListener", "ServiceActivator",
})  # fmt: skip
_JAX_RS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})
_REQUESTS = frozenset({
    "HttpServletRequest", "ServletRequest", "ServerRequest", "ServerWebExchange", "HttpRequestMessage",
    "RoutingContext", "ContainerRequestContext",
})  # fmt: skip
_ROUTES = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH"})


def framework_of(around: Around) -> str:
    """The framework whose handler a function is; empty for none."""
    marks = mark_names(around.function.marks)
    if "FunctionName" in marks:
        timed = any("TimerTrigger" in mark_names(one.marks) for one in around.function.parameters)
        return "" if timed else "Azure Functions"
    if marks & _SPRING:
        return "Spring"
    if marks & _LISTENERS:
        return "Spring"
    if marks & _JAX_RS:
        return "JAX-RS"
    if around.name != CONSTRUCTOR and any(bare(one) in _REQUESTS for one in around.types()):
        return "a servlet"
    call = around.given_to
    return "Spring" if call is not None and registers(call) and around.function.parameters else ""


def registers(call: Call) -> bool:
    """Whether a call hands functions to a framework, to be called for requests."""
    return isinstance(call.callee, Member) and last_name(call) in _ROUTES and len(call.arguments) > 1
