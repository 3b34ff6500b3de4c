// What Kusto's own language service says of queries: reads {tables, queries} from standard input, and writes for
// each query what is wrong with it and which columns it gives.

import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const FOLDER = new URL("./node_modules/@kusto/language-service-next/", import.meta.url);
for (const filename of ["bridge.js", "Kusto.Language.Bridge.js"]) {
  runInThisContext(readFileSync(new URL(filename, FOLDER), "utf8"), { filename });
}
const { Kusto, System } = globalThis;
const { Symbols, KustoCode, GlobalState } = Kusto.Language;

const asked = JSON.parse(readFileSync(0, "utf8"));
const tables = new (System.Collections.Generic.List$1(Symbols.Symbol).ctor)();
for (const [name, columns] of Object.entries(asked.tables)) {
  const schema = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
  tables.add(Symbols.TableSymbol.From(`(${schema.join(", ")})`).WithName(name));
}
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1("workspace", tables, false));

const each = (list, tell) => Array.from({ length: list?.Count ?? 0 }, (_, at) => tell(list.getItem(at)));
const said = asked.queries.map((query) => {
  const code = KustoCode.ParseAndAnalyze(query, globals);
  return {
    wrong: each(code.GetDiagnostics(), (one) => `${one.Severity}: ${one.Message}`),
    columns: each(code.ResultType?.Columns, (one) => one.Name),
  };
});
process.stdout.write(JSON.stringify(said));
