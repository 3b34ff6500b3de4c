"""Where values of JavaScript and TypeScript come from."""

from __future__ import annotations

from flows_shown import used


def test_the_environment_is_read_in_every_way() -> None:
    text = """
    const { A, B: b } = process.env;
    const env = process.env;
    use(A, b, env.C, process.env["D"], import.meta.env.VITE_E, process.env.F ?? "");
    """
    assert used({"a.ts": text}) == [{f"setting {name}"} for name in ("A", "B", "C", "D", "VITE_E", "F")]


def test_exports_are_followed_by_name_and_as_a_whole() -> None:
    config = """
    export const key = process.env.A;
    const config = { key: process.env.B, ...{ more: process.env.C } };
    export default config;
    """
    text = """
    import config, { key as k } from "./config";
    import * as all from "./config.js";
    use(k, config.key, all.key, config.more);
    """
    found = used({"src/a.ts": text, "src/config.ts": config})
    assert found == [{"setting A"}, {"setting B"}, {"setting A"}, {"setting C"}]


def test_required_modules_are_followed() -> None:
    files = {
        "lib/config.js": "module.exports = { key: process.env.A, make: () => 1 };",
        "a.js": "const c = require('./lib/config'); use(c.key);",
        "b.js": "const { key: k } = require('./lib/config'); use(k);",
    }
    assert used(files) == [{"setting A"}, {"setting A"}]


def test_arrow_functions_and_taken_apart_parameters_are_gone_through() -> None:
    text = """
    const get = (name: string) => process.env[name]!;
    const make = ({ key, url }: Options) => { use(key, url); };
    make({ key: get("A"), url: "https://a.documents.azure.com" });
    """
    assert used({"a.ts": text}) == [{"setting A"}, {"address"}]


def test_fields_of_classes_are_followed_through_constructors() -> None:
    text = """
    class Store {
      private b = process.env.B;
      constructor(private readonly key: string) {}
      open() { use(this.key, this.b); }
    }
    new Store(process.env.A);
    """
    assert used({"a.ts": text}) == [{"setting A"}, {"setting B"}]


def test_a_variable_that_a_function_sets_later_is_followed() -> None:
    text = "let key; function init() { key = process.env.A; } function go() { use(key); }"
    assert used({"a.js": text}) == [{"setting A"}]


def test_members_of_an_object_that_is_exported_later_are_followed() -> None:
    files = {
        "config.js": "const config = {}; config.key = process.env.A || 'x'; module.exports = config;",
        "a.js": "const config = require('./config'); use(config.key);",
    }
    assert used(files) == [{"setting A"}]
