"""Values that classes, packages and modules keep, in the ways of each language."""

from __future__ import annotations

from flows_shown import used


def test_properties_of_spring_by_field_getter_and_record() -> None:
    text = """
    @ConfigurationProperties(prefix = "store")
    class StoreProperties {
        private String key;
        public String getKey() { return key; }
        public void setKey(String key) { this.key = key; }
    }
    class Store {
        private final StoreProperties properties;
        Store(StoreProperties properties) { this.properties = properties; }
        void open() { use(properties.getKey(), System.getenv("E"), System.getProperty("p.q")); }
    }
    """
    assert used({"Store.java": text}) == [{"setting store.key"}, {"setting E"}, {"setting p.q"}]


def test_relative_imports_and_packages_of_python() -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/config.py": "import os\nKEY = os.environ['A']\n",
        "pkg/sub/__init__.py": "from ..config import KEY\n",
        "pkg/sub/app.py": "from ..config import KEY\nfrom . import KEY as again\nuse(KEY, again)\n",
        "other/config.py": "KEY = 'x'\n",
    }
    assert used(files) == [{"setting A"}, {"setting A"}]


def test_names_of_loops_and_of_several_targets() -> None:
    text = """
    import os
    pairs = [("a", os.environ["A"]), ("b", os.environ["B"])]
    for name, key in pairs:
        use(key)
    for one in (os.environ["C"],):
        use(one)
    first, (second, third) = 1, (2, os.environ["D"])
    use(third)
    """
    found = used({"a.py": text})
    assert found[1:] == [{"setting C"}, {"setting D"}]


def test_settings_of_pydantic_may_say_their_prefix_in_an_inner_class_or_a_record() -> None:
    text = """
    from pydantic import BaseSettings
    class Old(BaseSettings):
        key: str
        class Config:
            env_prefix = "OLD_"
    class New(BaseSettings):
        key: str
        model_config = {"env_prefix": "NEW_"}
    use(Old().key, New().key)
    """
    assert used({"a.py": text}) == [{"setting OLD_key"}, {"setting NEW_key"}]


def test_static_members_and_base_classes_of_csharp() -> None:
    text = """
    class Base {
        protected readonly string key;
        public Base(string key) { this.key = key; }
    }
    class Wide : Base {
        public Wide(IConfiguration configuration) : base(configuration["Wide:Key"]) { }
        public void Open() { use(key, Help.Read("E")); }
    }
    static class Help {
        public static string Read(string name) => Environment.GetEnvironmentVariable(name);
    }
    """
    assert used({"A.cs": text}) == [{"setting Wide:Key"}, {"setting E"}]


def test_a_package_of_go_may_be_named_otherwise_than_its_folder() -> None:
    files = {
        "cmd/main.go": (
            'package main\n\nimport (\n\t"example.com/app/config"\n)\n\n'
            "func main() { use(configuration.Key, helper()) }\n"
        ),
        "cmd/more.go": 'package main\n\nimport "os"\n\nfunc helper() string { return os.Getenv("B") }\n',
        "config/c.go": 'package configuration\n\nimport "os"\n\nvar Key = os.Getenv("A")\n',
    }
    assert used(files) == [{"setting A"}, {"setting B"}]


def test_code_may_set_its_environment_by_functions() -> None:
    text = 'class A { void M(IConfiguration c) { Environment.SetEnvironmentVariable("X", c["Y"]); } }'
    other = 'class B { void M() { use(Environment.GetEnvironmentVariable("X")); } }'
    assert used({"A.cs": text, "B.cs": other}) == [{"setting Y"}]


def test_a_bean_may_be_what_is_bound() -> None:
    text = """
    class Properties {
        private String key;
        public String getKey() { return key; }
        public void setKey(String key) { this.key = key; }
    }
    class Configuration {
        @Autowired Properties properties;
        @Bean
        @ConfigurationProperties(prefix = "made")
        public Properties made() { return new Properties(); }
        void open() { use(properties.getKey()); }
    }
    """
    assert used({"A.java": text}) == [{"setting made.key"}]
