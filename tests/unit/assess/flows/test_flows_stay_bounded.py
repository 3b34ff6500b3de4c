"""Whatever code looks like, a search ends: cycles, wide webs of calls, long chains, deep members."""

from __future__ import annotations

from flows_shown import used


def test_a_wide_web_of_functions_that_call_each_other_ends() -> None:
    lines = ["import os"]
    for number in range(40):
        one, other, third = ((number * step + 1) % 40 for step in (7, 3, 5))
        lines += [
            f"def f{number}(x, y=None):",
            f"    if x: return f{one}(x, f{other}(y, x))",
            f"    return f{third}(y, x) + x",
        ]
    lines.append("use(f0(os.environ['A'], 1))")
    (found,) = used({"a.py": "\n".join(lines)})
    assert found


def test_a_chain_that_is_too_long_is_unknown() -> None:
    lines = ["a0 = 'written'", *(f"a{number} = a{number - 1}" for number in range(1, 400)), "use(a399)"]
    assert used({"a.py": "\n".join(lines)}) == [{"unknown"}]


def test_members_of_members_without_end_are_unknown() -> None:
    text = f"x = y\ny = x\nuse(x{'.a' * 100}, x{'[0]' * 100})\n"
    assert used({"a.py": text}) == [{"unknown"}, {"unknown"}]


def test_fields_that_are_written_from_each_other_end() -> None:
    lines = ["class A:"]
    for number in range(60):
        kept, other = number % 7, (number + 3) % 7
        lines += [f"    def m{number}(self):", f"        self.x{kept} = self.x{other}"]
    lines += ["    def z(self):", "        use(self.x0)"]
    assert used({"a.py": "\n".join(lines)}) == [{"unknown"}]


def test_settings_that_are_set_from_many_others_end() -> None:
    settings = [f"S{one}=${{S{(one * 7 + 1) % 60}}}${{S{(one * 3 + 2) % 60}}}" for one in range(60)]
    code = "import os\n" + "\n".join(f"use(os.environ['S{one}'])" for one in range(60))
    assert all(used({"a.py": code, ".env": "\n".join(settings)}))
