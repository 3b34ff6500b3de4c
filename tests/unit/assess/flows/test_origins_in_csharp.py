"""Where values of C# come from: configuration, options, injection, initializers."""

from __future__ import annotations

from flows_shown import used


def _in_class(body: str, fields: str = "") -> list[set[str]]:
    return used({"A.cs": f"class A {{ {fields} void M(IConfiguration configuration) {{ {body} }} }}"})


def test_every_way_of_reading_configuration_is_a_setting() -> None:
    found = _in_class(
        """
        var part = configuration.GetSection("A").GetSection("B");
        use(configuration["A:Key"], configuration.GetConnectionString("Main"), part["C"]);
        use(configuration.GetValue<string>("D"), Environment.GetEnvironmentVariable("E"));
        use(ConfigurationManager.AppSettings["F"]);
        use(ConfigurationManager.ConnectionStrings["G"].ConnectionString);
        """
    )
    names = ["A:Key", "ConnectionStrings:Main", "A:B:C", "D", "E", "F", "ConnectionStrings:G"]
    assert found == [{f"setting {name}"} for name in names]


def test_options_are_the_section_that_is_bound_to_their_class() -> None:
    text = """
    class StorageOptions { public string Key { get; set; } }
    class Startup {
        void Configure(IServiceCollection services, IConfiguration configuration) {
            services.Configure<StorageOptions>(configuration.GetSection("Storage"));
        }
    }
    class Store(IOptions<StorageOptions> options) {
        private readonly StorageOptions _options = options.Value;
        void Open() { use(_options.Key, options.Value.Key); }
    }
    """
    assert used({"A.cs": text}) == [{"setting Storage:Key"}, {"setting Storage:Key"}]


def test_a_field_has_what_makers_of_the_object_give() -> None:
    text = """
    class Store {
        private readonly string _key;
        public Store(string key) { _key = key; }
        public void Open() { use(_key, Names.Key); }
    }
    static class Names { public static string Key => Environment.GetEnvironmentVariable("B"); }
    """
    other = """
    var builder = WebApplication.CreateBuilder(args);
    builder.Services.AddSingleton(x => new Store(builder.Configuration["A"]));
    """
    assert used({"A.cs": text, "Program.cs": other}) == [{"setting A"}, {"setting B"}]


def test_an_object_initializer_gives_its_fields() -> None:
    text = """
    class Options { public string Key { get; set; } }
    class A { void M(IConfiguration config) { var o = new Options { Key = config["A"] }; use(o.Key); } }
    """
    assert used({"A.cs": text}) == [{"setting A"}]


def test_a_vault_read_needs_a_vault() -> None:
    found = _in_class('use(client.GetSecret("a"));', "SecretClient client;")
    assert found == [{"vault keyvault a"}]
    assert _in_class('use(client.GetSecret("a"));', "Http client;") == [{"unknown"}]


def test_options_may_be_filled_by_hand() -> None:
    found = _in_class(
        """
        var options = new Options();
        configuration.GetSection("Filled").Bind(options);
        use(options.Key);
        """,
        "class Options { public string Key { get; set; } }",
    )
    assert found == [{"setting Filled:Key"}]


def test_an_extension_method_is_called_on_its_first_parameter() -> None:
    other = """
    static class Extensions {
        public static string Needed(this IConfiguration from, string name) => from[name] ?? throw new E();
        public static string Read(this string name) => Environment.GetEnvironmentVariable(name);
    }
    """
    text = """
    class A {
        void M(IConfiguration configuration) {
            use(configuration.Needed("X"), Extensions.Needed(configuration, "Y"), "Z".Read());
        }
    }
    """
    assert used({"A.cs": text, "B.cs": other}) == [{"setting X"}, {"setting Y"}, {"setting Z"}]


def test_the_environment_is_read_statically_and_as_a_whole() -> None:
    text = """
    using static System.Environment;
    class A {
        void M() {
            var all = Environment.GetEnvironmentVariables();
            use(GetEnvironmentVariable("X"), (string)all["Y"]);
        }
    }
    """
    assert used({"A.cs": text}) == [{"setting X"}, {"setting Y"}]
