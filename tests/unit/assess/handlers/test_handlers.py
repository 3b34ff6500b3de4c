"""What stands within a handler, framework by framework: the call of `hit` in each text."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.calls import calls
from keyless.assess.handlers.handler import handlers
from keyless.assess.handlers.reached import reached_from_handlers
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read

_AZURE = "import { app } from '@azure/functions';"


def repository_of(**files: str) -> Repository:
    sources = [read(path, text.encode()) for path, text in files.items()]
    return Repository([one for one in sources if one is not None], datetime.date(2026, 6, 1))


def framework(path: str, text: str) -> str:
    """The framework of the handler that the only call of `hit` stands in."""
    repository = repository_of(**{path: text})
    (site,) = (one for one in repository.view(calls) if one.method.casefold() == "hit")
    found = repository.view(handlers).of(site.within)
    return found.framework if found is not None else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from flask import Flask\n@app.route('/x')\ndef f(): hit()", "Flask"),
        ("from flask import Blueprint\n@bp.before_request\ndef f(): hit()", "Flask"),
        ("from app import app\n@app.get('/x')\ndef f(): hit()", "a web framework"),
        ("from quart import Blueprint\n@bp.post('/x')\nasync def f():\n  await hit()", "Quart"),
        ("from fastapi import APIRouter\n@router.get('')\nasync def f():\n  def g(): hit()", "FastAPI"),
        ("from fastapi import Depends\ndef f(): hit()\ndef g(c=Depends(f)): pass", "FastAPI"),
        ("from starlette.requests import Request\nasync def f(r: Request): hit()", "Starlette"),
        ("from aiohttp import web\nasync def f(r: web.Request): hit()", "aiohttp"),
        ("from aiohttp import web\ndef f(r): hit()\napp.add_routes([web.get('/', f)])", ""),
        ("from aiohttp import web\ndef f(r): hit()\napp.router.add_get('/', f)", "aiohttp"),
        ("from django.http import HttpResponse\ndef f(request): hit()", "Django"),
        ("from django.views import View\nclass A(View):\n  def get(self, request): hit()", "Django"),
        ("from rest_framework.views import APIView\nclass A(APIView):\n  def post(self, r): hit()", "Django"),
        ("from django.urls import path\ndef f(r): hit()\nurlpatterns = [path('x', f)]", "Django"),
        ("import azure.functions as func\n@app.route(route='x')\ndef f(req): hit()", "Azure Functions"),
        (
            "import azure.functions as func\n@app.queue_trigger(arg_name='m')\ndef f(m): hit()",
            "Azure Functions",
        ),
        ("import azure.functions as func\ndef main(req: func.HttpRequest): hit()", "Azure Functions"),
        ("import azure.functions as func\n@app.timer_trigger(schedule='x')\ndef f(t): hit()", ""),
        ("import azure.functions as func\ndef main(t: func.TimerRequest): hit()", ""),
        ("from fastapi import FastAPI\n@app.on_event('startup')\ndef f(): hit()", ""),
        ("from fastapi import FastAPI\nasync def lifespan(app): hit()", ""),
        ("@cached('x')\ndef f(): hit()", ""),
        ("@client.get\ndef f(): hit()", ""),
        ("def main(): hit()", ""),
        ("hit()", ""),
    ],
)
def test_handlers_of_python(text: str, expected: str) -> None:
    assert framework("a/b.py", text) == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.js", "const e = require('express'); app.get('/x', async (req, res) => { hit() })", "Express"),
        ("a.js", "app.use((err, req, res, next) => hit())", "Express"),
        ("a.js", "router.get('/x', wrap(async (req, res) => { hit() }))", "Express"),
        ("a.js", "app.get('/x', () => hit())", "a web framework"),
        ("a.js", "axios.get('/x', { a: hit() })", ""),
        ("a.js", "export function show(req, res) { hit() }", "Express"),
        ("a.js", "function list(a) { hit() }\nrouter.get('/x', auth, list)", "a web framework"),
        ("a.js", "import Koa from 'koa'; app.use(async (ctx, next) => { hit() })", "Koa"),
        ("a.ts", "import f from 'fastify'; f.get('/x', async (request, reply) => hit())", "Fastify"),
        ("a.ts", "app.route({ url: '/', handler: async (request, reply) => hit() })", "Express"),
        ("src/app/api/x/route.ts", "export async function GET() { hit() }", "Next.js"),
        ("src/app/api/x/route.ts", "export const POST = async () => { hit() }", "Next.js"),
        ("src/app/api/x/util.ts", "export async function GET() { hit() }", ""),
        ("pages/api/x.ts", "export default async function h() { hit() }", "Next.js"),
        ("pages/x.tsx", "export async function getServerSideProps() { hit() }", "Next.js"),
        ("app/actions.ts", "'use server'\nexport async function save() { hit() }", "Next.js"),
        ("app/actions.ts", "export async function save() { 'use server'; hit() }", "Next.js"),
        ("a.ts", "@Controller() class A { @Get('/x') get() { hit() } }", "NestJS"),
        ("a.ts", "@Injectable() class A { get() { hit() } }", ""),
        ("a.ts", f"{_AZURE} app.http('x', {{ handler: async (a) => hit() }})", "Azure Functions"),
        ("a.ts", f"{_AZURE} app.timer('x', {{ handler: async (a) => hit() }})", ""),
        ("a.ts", f"{_AZURE} app.timer('', {{ handler: f }}); function f(c: InvocationContext) {{hit()}}", ""),
        ("a.ts", f"{_AZURE} app.http('x', {{ handler: f }}); function f() {{ hit() }}", "Azure Functions"),
        ("a.ts", "hit()", ""),
    ],
)  # fmt: skip
def test_handlers_of_javascript(path: str, text: str, expected: str) -> None:
    assert framework(path, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class A : ControllerBase { [HttpGet] public void Get() { Hit(); } }", "ASP.NET Core"),
        ("[ApiController] class A { public A() { Hit(); } }", "ASP.NET Core"),
        ("class A : Controller { private void Get() { Hit(); } }", ""),
        ("class A : PageModel { public void OnGet() { Hit(); } }", "ASP.NET Core"),
        ("class A { public Task InvokeAsync(HttpContext c) { Hit(); } }", "ASP.NET Core"),
        ("class A { public A(RequestDelegate next) { Hit(); } public Task Invoke(HttpContext c) { } }", ""),
        ('app.MapGet("/x", async (Store s) => { await s.Hit(); });', "ASP.NET Core"),
        ("app.Use(async (context, next) => { Hit(); });", "ASP.NET Core"),
        ("await Task.Run(() => Hit());", ""),
        ('class A { [Function("x")] public void Run(HttpRequestData r) { Hit(); } }', "Azure Functions"),
        ('class A { [FunctionName("x")] public void Run([TimerTrigger("0")] TimerInfo t) { Hit(); } }', ""),
        ("class A { public static void Main() { Hit(); } }", ""),
    ],
)
def test_handlers_of_csharp(text: str, expected: str) -> None:
    assert framework("A.cs", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@RestController class A { @GetMapping("/x") String get() { hit(); } }', "Spring"),
        ("@RestController class A { A() { hit(); } }", ""),
        ("@Path(\"/x\") class A { @GET String get() { hit(); } }", "JAX-RS"),
        ("class A extends HttpServlet { void doGet(HttpServletRequest q, HttpServletResponse r) { hit(); } }",
         "a servlet"),
        ('class A { @FunctionName("x") void run() { hit(); } }', "Azure Functions"),
        ('class A { @FunctionName("x") void run(@TimerTrigger(name = "t") String t) { hit(); } }', ""),
        ("class A { @JmsListener(destination = \"q\") void on(String m) { hit(); } }", "Spring"),
        ("class A implements CommandLineRunner { public void run(String... a) { hit(); } }", ""),
    ],
)  # fmt: skip
def test_handlers_of_java(text: str, expected: str) -> None:
    assert framework("A.java", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("func f(w http.ResponseWriter, r *http.Request) { hit() }", "net/http"),
        ('func main() { http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { hit() }) }',
         "net/http"),
        ("func f(c *gin.Context) { hit() }", "gin"),
        ("func (s *Server) f(c echo.Context) error { hit() }", "echo"),
        ("func main() { hit() }", ""),
    ],
)  # fmt: skip
def test_handlers_of_go(text: str, expected: str) -> None:
    assert framework("a.go", f"package a\n{text}\n") == expected


def test_a_function_json_says_that_its_folder_is_a_function() -> None:
    repository = repository_of(
        **{
            "F/function.json": '{"bindings": [{"type": "queueTrigger", "name": "m"}]}',
            "F/__init__.py": "def main(m): hit()",
            "G/function.json": '{"bindings": [{"type": "timerTrigger", "name": "t"}]}',
            "G/__init__.py": "def main(t): hit()",
            "H/function.json": '{"bindings": [{"type": "httpTrigger", "name": "req"}]}',
            "H/index.js": "module.exports = async function (context, req) { hit() }",
        }
    )
    found = repository.view(handlers)
    told = {
        one.within.unit.path: found.of(one.within) for one in repository.view(calls) if one.method == "hit"
    }
    assert {path for path, handler in told.items() if handler is not None} == {"F/__init__.py", "H/index.js"}


def test_what_a_handler_calls_is_reached_across_files() -> None:
    repository = repository_of(
        **{
            "app.py": "from store import load\n@app.route('/x')\ndef show(): load('a')\n",
            "store.py": "def load(name): return deep(name)\ndef deep(name): hit(name)\ndef other(): hit(1)\n",
        }
    )
    reached = repository.view(reached_from_handlers)
    hits = [one for one in repository.view(calls) if one.method == "hit"]
    ways = [reached.of(one.within) for one in hits]
    assert ways[1] is None
    assert ways[0] is not None
    assert [(step.place.path, step.what) for step in ways[0].steps] == [
        ("app.py", "calls `load`"),
        ("store.py", "calls `deep`"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "@lru_cache\ndef load(): return hit()",
        "def load():\n  global x\n  if x is None: x = inner()\n  return x\ndef inner(): return hit()",
        "def load():\n  if x: return x\n  return inner()\ndef inner(): return hit()",
        "def load():\n  try: return 1\n  except E: return inner()\ndef inner(): return hit()",
    ],
)
def test_what_is_kept_is_not_reached(text: str) -> None:
    repository = repository_of(**{"app.py": f"@app.route('/x')\ndef show(): load()\n{text}\n"})
    (site,) = (one for one in repository.view(calls) if one.method == "hit")
    assert repository.view(reached_from_handlers).of(site.within) is None
