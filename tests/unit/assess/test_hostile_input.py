"""Files made to exhaust who reads them: each is read to an end, or said not to be, and nothing fails."""

from __future__ import annotations

import datetime
import os

import msgspec
import pytest

from keyless.assess.assess import assess
from keyless.assess.flows import search
from keyless.assess.flows.near import nearest
from keyless.assess.messages import Answer
from keyless.assess.scan import scan
from keyless.assess.sources.read import read
from keyless.assess.syntax.source import Lack, Source
from keyless.assess.target import Target, gather
from keyless.assess.worker import encoded

TODAY = datetime.date(2026, 6, 1)
DEEP = 1500
LONG = 12_000


def sources_of(path: str, text: str | bytes) -> Source:
    """What a file says, as it comes from the process that read it."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    answer = msgspec.msgpack.decode(encoded(Answer(path, read(path, data))), type=Answer)
    assert answer.source is not None
    return answer.source


def assert_bounded(*sources: Source) -> None:
    """Nothing failed, in reading or in rules; what is not understood may be."""
    problems = assess(sources, TODAY).problems
    assert [one for one in problems if one.lack is Lack.FAILED] == []


NESTED = {
    "list.py": "x = " + "[" * DEEP + "]" * DEEP,
    "not.py": "x = " + "not " * DEEP + "a",
    "chain.py": "x = a" + ".b()" * DEEP,
    "sum.py": "x = " + "+".join(["a"] * DEEP),
    "lambda.py": "x = " + "lambda: " * DEEP + "1",
    "blocks.py": "".join(" " * at + "if x:\n" for at in range(300)) + " " * 300 + "pass\n",
    "list.js": "x = " + "[" * DEEP + "]" * DEEP,
    "function.js": "(function(){" * DEEP + "})()" * DEEP,
    "template.js": "x=" + "`${" * 500 + "1" + "}`" * 500,
    "arrow.ts": "x = " + "()=>" * DEEP + "1",
    "choice.ts": "x = " + "a?b:" * DEEP + "c",
    "element.tsx": "x = " + "<a>" * DEEP + "</a>" * DEEP,
    "parens.cs": "class A { object x = " + "(" * DEEP + "1" + ")" * DEEP + "; }",
    "namespace.cs": "namespace a {" * DEEP + "}" * DEEP,
    "parens.java": "class A { int x = " + "(" * DEEP + "1" + ")" * DEEP + "; }",
    "class.java": "class A {" * DEEP + "}" * DEEP,
    "chain.java": "class A { Object x = a" + ".b()" * DEEP + "; }",
    "parens.go": "package a\nvar x = " + "(" * DEEP + "1" + ")" * DEEP,
    "blocks.go": "package a\nfunc f() " + "{" * DEEP + "}" * DEEP,
    "list.bicep": "var x = " + "[" * DEEP + "]" * DEEP,
    "record.bicep": "var x = " + "{a: " * DEEP + "1" + "}" * DEEP,
    "choice.bicep": "var x = " + "a ? b : " * DEEP + "c",
    "text.bicep": "var x = " + "'${" * DEEP + "1" + "}'" * DEEP,
    "list.tf": "locals { x = " + "[" * DEEP + "]" * DEEP + " }",
    "block.tf": "a {\n" * DEEP + "}\n" * DEEP,
    "list.json": "[" * DEEP + "]" * DEEP,
    "record.json": '{"a":' * DEEP + "1" + "}" * DEEP,
    "keys.json": "{{" * DEEP,
    "arm.json": '{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",'
    '"resources":[],"variables":{"a":"[' + "concat(" * DEEP + ")" * DEEP + ']"}}',
    "list.yaml": "[" * DEEP + "]" * DEEP,
    "blocks.yaml": "".join(" " * at + "a:\n" for at in range(1000)),
    "items.yaml": "- " * DEEP + "a\n",
    "element.xml": "<a>" * DEEP + "</a>" * DEEP,
    "command.sh": "x=$(" * 500 + "a" + ")" * 500,
    "blocks.sh": "if a; then\n" * DEEP + "fi\n" * DEEP,
    "parens.ps1": "$x = " + "(" * DEEP + "1" + ")" * DEEP,
    "Dockerfile": "FROM a\nRUN " + "a && " * DEEP + "b\n",
    "a.properties": "a=" + "${" * DEEP + "}" * DEEP,
    ".env": "A=" + "${" * DEEP + "}" * DEEP,
    ".github/workflows/a.yml": "on: push\njobs:\n a:\n  steps:\n  - run: " + "${{ " * DEEP + "\n",
}


@pytest.mark.parametrize("path", NESTED)
def test_nesting_without_end_is_bounded_in_every_format(path):
    assert_bounded(sources_of(path, NESTED[path]))


LINES = (
    "a",
    "AccountKey=",
    " ",
    "${",
    "password = ",
    "(",
    "\"'",
    "a.b ",
    "=",
    "\n",
    "{{",
    "<",
    "://a:b@",
    "é",
    "\\",
)


@pytest.mark.parametrize(
    "ending", ["py", "ts", "cs", "java", "go", "bicep", "tf", "json", "yml", "xml", "sh", "ps1"]
)
def test_a_line_without_end_is_bounded_in_every_format(ending):
    for text in LINES:
        assert_bounded(sources_of(f"a.{ending}", text * (LONG // len(text))))


@pytest.mark.parametrize("name", ["a.properties", ".env", "Dockerfile", "appsettings.json", "web.config"])
def test_a_line_without_end_is_bounded_in_files_of_settings(name):
    for text in LINES:
        assert_bounded(sources_of(name, f"A={text * (LONG // len(text))}"))


def test_entities_and_anchors_that_multiply_are_bounded():
    entities = "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">{entities}]><l>&m;</l>'
    outside = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'
    anchors = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + at)}: &{chr(98 + at)} [{','.join(['*' + chr(97 + at)] * 9)}]\n" for at in range(15)
    )
    assert_bounded(sources_of("a.xml", bomb), sources_of("b.config", outside), sources_of("c.yaml", anchors))
    assert_bounded(sources_of("d.yaml", "a: &a [*a]\n"), sources_of("e.yaml", "a: &a\n  <<: *a\n"))
    assert "root:" not in str(sources_of("b.config", outside))


CYCLES = {
    "a.bicep": "module b './b.bicep' = { name: 'b', params: { x: b.outputs.y } }\n"
    "output y string = b.outputs.y\n"
    "param x string = x\nvar v = v\n",
    "b.bicep": "module a './a.bicep' = { name: 'a', params: { x: a.outputs.y } }\n"
    "output y string = a.outputs.y\n"
    "var p = q\nvar q = p\nresource s 'Microsoft.Web/sites@2022-03-01' = { name: p, location: q }\n",
    "self.bicep": "module s './self.bicep' = { name: 's' }\n",
    "tf/main.tf": 'module "m" {\n source = "./."\n x = module.m.y\n}\nmodule "n" {\n source = "../tf"\n}\n'
    'locals {\n a = local.b\n b = local.a\n}\noutput "y" { value = module.m.y }\n'
    'resource "azurerm_storage_account" "a" { name = local.a }\n',
    "a.py": "from b import x\nfrom azure.storage.blob import BlobServiceClient\n"
    "def f(k=x):\n    return g(k)\ndef g(k):\n    return f(k)\n"
    "BlobServiceClient('u', credential=f(x))\nx = y\ny = x\n",
    "b.py": "from a import y as x\nx = x\n",
    ".env": "A=${B}\nB=${A}\n",
}


def test_cycles_of_modules_names_and_settings_end():
    assert_bounded(*(sources_of(path, text) for path, text in CYCLES.items()))


def test_a_value_that_branches_at_every_step_is_followed_so_long_and_no_longer():
    calls = ((at, (at + 1) % 300, at * 7 % 300) for at in range(300))
    functions = "".join(f"def f{at}(k):\n    return f{one}(k) or f{two}(k)\n" for at, one, two in calls)
    client = "from azure.storage.blob import BlobServiceClient\n"
    doubled = "k = k + k\n" * 500 + "BlobServiceClient('u', credential=k)\n" * 50
    assert_bounded(
        sources_of("a.py", f"{client}{functions}BlobServiceClient('u', credential=f0('x'))\n"),
        sources_of("b.py", f"{client}k = ''\n{doubled}"),
    )


def test_bytes_of_any_kind_are_read_or_said_not_to_be(tmp_path):
    for name in ("a.py", "a.json", "a.cs", "a.bicep", "a.yml", "a.xml", "a.tf", ".env", "a.sh"):
        for data in (bytes(range(256)) * 40, b"\xff" * 3000, b"\xff\xfe" + bytes(range(255)), b"\x00" * 9):
            assert_bounded(sources_of(name, data))
    assert not sources_of("a.json", '{"a": "é"}'.encode("utf-16")).problems
    assert not sources_of("A.java", 'class A { String x = "é"; }'.encode("latin-1")).problems


def test_devices_pipes_loops_and_strange_names_stop_nothing(tmp_path):
    root = tmp_path.resolve()
    (root / "new\nline\x1b[31m.py").write_text("x = 1\n")
    (root / "'quote\".py").write_text("x = 1\n")
    (root / ".gitignore").write_text("*a" * 60 + "b\n[\n" + "!" * 500 + "\n" + "**/" * 300 + "\n")
    os.mkfifo(root / "pipe.py")
    os.symlink(".", root / "loop")
    os.symlink("/dev/zero", root / "zero.json")
    gathered = gather(Target(root=root))
    read = scan(root, gathered.requests)
    assert [one.path for one in read.sources] == ["'quote\".py", "new\nline\x1b[31m.py"]
    assert {one.value: count for one, count in read.left_out.items()} == {"link": 1, "no-file": 1}


def test_many_files_are_read_in_time_that_grows_with_them_alone(tmp_path):
    root = tmp_path.resolve()
    for folder in range(20):
        (root / str(folder)).mkdir()
        for number in range(50):
            (root / str(folder) / f"{number}.properties").write_text(f"a.b{number}=c\n")
    gathered = gather(Target(root=root))
    assert len(scan(root, gathered.requests).sources) == 1000


def test_which_writes_of_a_name_count_is_worked_out_once_for_a_folder(monkeypatch):
    asked: list[str] = []

    def counted(path, among, path_of):
        asked.append(path)
        return nearest(path, among, path_of)

    monkeypatch.setattr(search, "nearest", counted)
    client = "import os\nfrom azure.storage.blob import BlobServiceClient\n"
    used = "BlobServiceClient('u', credential=os.environ['API_KEY'])\n" * 30
    assert_bounded(sources_of("a.py", client + used), sources_of(".env", "API_KEY=Sommer-2031!x\n" * 30))
    assert 0 < asked.count("a.py") <= 6
