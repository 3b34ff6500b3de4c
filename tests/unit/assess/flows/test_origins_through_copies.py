"""Where the entries of maps come from that are copies of others."""

from __future__ import annotations

import pytest

from flows_shown import used


@pytest.mark.parametrize(
    "copy",
    [
        "dict(os.environ)",
        "dict(os.environ, OTHER='1')",
        "os.environ.copy()",
        "{**os.environ}",
        "{**os.environ, 'OTHER': '1'}",
        "os.environ | {'OTHER': '1'}",
        "copy.deepcopy(os.environ)",
        "{k: v for k, v in os.environ.items()}",
        "{k: v for k, v in os.environ.items() if k.startswith('A')}",
        "dict(dict(os.environ.items()))",
    ],
)
def test_a_copy_of_the_environment_of_python_has_its_variables(copy: str) -> None:
    text = f"import copy, os\nenv = {copy}\nuse(env['A'], env.get('B'), ({copy})['C'])\n"
    assert used({"app.py": text}) == [{"setting A"}, {"setting B"}, {"setting C"}]


def test_what_is_written_beside_a_copy_hides_what_is_copied() -> None:
    text = "import os\nenv = {**os.environ, 'A': make()}\nuse(env['A'], env['B'])\n"
    assert used({"app.py": text}) == [{"unknown"}, {"setting B"}]


def test_what_is_copied_after_an_entry_may_hide_it() -> None:
    text = "import os\nenv = {'A': os.environ['OTHER'], **os.environ}\nuse(env['A'])\n"
    assert used({"app.py": text}) == [{"setting A", "setting OTHER"}]


def test_a_loop_that_makes_other_pairs_copies_nothing() -> None:
    text = "import os\nenv = {k: make(v) for k, v in os.environ.items()}\nuse(env['A'])\n"
    assert used({"app.py": text}) == [{"unknown"}]


@pytest.mark.parametrize(
    "copy",
    [
        "{ ...process.env }",
        "{ OTHER: '1', ...process.env }",
        "Object.assign({}, process.env)",
        "Object.freeze({ ...process.env })",
        "structuredClone(process.env)",
    ],
)
def test_a_copy_of_the_environment_of_javascript_has_its_variables(copy: str) -> None:
    text = f"const env = {copy};\nconst {{ C: c }} = {copy};\nuse(env.A, env['B'], c);\n"
    assert used({"app.js": text}) == [{"setting A"}, {"setting B"}, {"setting C"}]


def test_a_copy_of_the_environment_of_java_has_its_variables() -> None:
    text = """
    class A {
        void m() {
            Map<String, String> env = new HashMap<>(System.getenv());
            use(env.get("A"), Map.copyOf(System.getenv()).get("B"));
        }
    }
    """
    assert used({"A.java": text}) == [{"setting A"}, {"setting B"}]
