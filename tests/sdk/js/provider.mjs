// An app on the provider and on feature management, which writes its own store first, and changes it meanwhile.
import { execFileSync } from "node:child_process";
import { AppConfigurationClient, featureFlagContentType } from "@azure/app-configuration";
import { load } from "@azure/app-configuration-provider";
import { DefaultAzureCredential } from "@azure/identity";
import { ConfigurationMapFeatureFlagProvider, FeatureManager } from "@microsoft/feature-management";

const seen = {};
const credential = new DefaultAzureCredential();
const connectionString = process.env.APPCONFIG_CONNECTION_STRING;
const where = connectionString ? [connectionString] : [process.env.APPCONFIG_ENDPOINT, credential];
const store = new AppConfigurationClient(...where);
const outage = (...order) => {
  const [program, ...begins] = JSON.parse(process.env.OUTAGE);
  execFileSync(program, [...begins, ...order, "--project", process.env.PROJECT], { stdio: "ignore" });
};
const provide = (options) => load(...where, { replicaDiscoveryEnabled: false, ...options });
const untilNextRefresh = () => new Promise((resolve) => setTimeout(resolve, 1100)); // a second is the least

await store.setConfigurationSetting({ key: "app:colour", value: "blue" });
await store.setConfigurationSetting({ key: "app:colour", label: "prod", value: "green" });
await store.setConfigurationSetting({ key: "app:size", value: '{"width": 3}', contentType: "application/json" });
await store.setConfigurationSetting({
  key: "app:db",
  value: JSON.stringify({ uri: `${process.env.VAULT_URL}/secrets/db` }),
  contentType: "application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8",
});
await store.setConfigurationSetting({ key: "app:tagged", label: "t", value: "1", tags: { stage: "prod" } });
await store.setConfigurationSetting({ key: "sentinel", value: "1" });
const flag = (id, rest) =>
  store.setConfigurationSetting({
    key: `.appconfig.featureflag/${id}`,
    contentType: featureFlagContentType,
    value: JSON.stringify({ id, ...rest }),
  });
await flag("plain", { enabled: true, conditions: { client_filters: [] } });
await flag("never", { enabled: false, conditions: { client_filters: [] } });
await flag("targeted", {
  enabled: true,
  conditions: {
    client_filters: [
      { name: "Microsoft.Targeting", parameters: { Audience: { Users: ["ada"], Groups: [], DefaultRolloutPercentage: 0 } } },
    ],
  },
});
await flag("checkout", {
  enabled: true,
  conditions: { client_filters: [] },
  variants: [
    { name: "small", configuration_value: { rows: 3 } },
    { name: "big", configuration_value: { rows: 30 }, status_override: "Disabled" },
  ],
  allocation: {
    user: [{ variant: "big", users: ["ada"] }],
    group: [{ variant: "big", groups: ["staff"] }],
    percentile: [{ variant: "small", from: 0, to: 100 }],
    default_when_enabled: "small",
    seed: "one",
  },
  telemetry: { enabled: true },
});
await store.beginCreateSnapshotAndWait({ name: "release", filters: [{ keyFilter: "app:*" }] }, { updateIntervalInMs: 50 });

const selectors = [{ keyFilter: "app:*" }, { keyFilter: "app:*", labelFilter: "prod" }];
const settings = await provide({
  selectors,
  trimKeyPrefixes: ["app:"],
  keyVaultOptions: { credential },
  refreshOptions: { enabled: true, refreshIntervalInMs: 1000, watchedSettings: [{ key: "sentinel" }] },
  featureFlagOptions: { enabled: true, selectors: [{ keyFilter: "*" }], refresh: { enabled: true, refreshIntervalInMs: 1000 } },
});
const byPages = await provide({ selectors: [{ keyFilter: "app:colour" }], refreshOptions: { enabled: true, refreshIntervalInMs: 1000 } });
const frozen = await provide({ selectors: [{ snapshotName: "release" }], keyVaultOptions: { credential } });
const tagged = await provide({ selectors: [{ keyFilter: "app:*", labelFilter: "t", tagFilters: ["stage=prod"] }] });
const { feature_management: _, ...plain } = settings.constructConfigurationObject({ separator: ":" });
seen.loaded = plain;
seen.tagged = [...tagged.keys()];
seen.snapshot = { colour: frozen.get("app:colour"), db: frozen.get("app:db") };

const evaluated = [];
const flags = new FeatureManager(new ConfigurationMapFeatureFlagProvider(settings), {
  onFeatureEvaluated: (one) => evaluated.push([one.feature.id, one.variant?.name, one.variantAssignmentReason]),
});
const variant = async (context) => {
  const found = await flags.getVariant("checkout", context);
  return [found.name, found.configuration.rows];
};
seen.flags = {
  names: (await flags.listFeatureNames()).sort(),
  plain: await flags.isEnabled("plain"),
  never: await flags.isEnabled("never"),
  ada: await flags.isEnabled("targeted", { userId: "ada" }),
  bob: await flags.isEnabled("targeted", { userId: "bob" }),
  variants: [await variant({ userId: "ada" }), await variant({ userId: "eve", groups: ["staff"] }), await variant({ userId: "bob" })],
  overridden: await flags.isEnabled("checkout", { userId: "ada" }),
  evaluated: evaluated.slice(0, 3),
};

let told = 0;
settings.onRefresh(() => (told += 1));
await untilNextRefresh();
await settings.refresh();
await byPages.refresh();
seen.toldOfNothing = told;
await store.setConfigurationSetting({ key: "app:colour", label: "prod", value: "red" });
await store.setConfigurationSetting({ key: "app:colour", value: "pink" });
await flag("never", { enabled: true, conditions: { client_filters: [] } });
await untilNextRefresh();
await settings.refresh();
await byPages.refresh();
seen.withoutSentinel = { colour: settings.get("colour"), never: await flags.isEnabled("never"), byPages: byPages.get("app:colour") };
await store.setConfigurationSetting({ key: "sentinel", value: "2" });
await untilNextRefresh();
await settings.refresh();
seen.withSentinel = settings.get("colour");

if (process.env.OUTAGE) await outlive();

console.log(JSON.stringify(seen));

async function outlive() {
  outage("start", "store", "contoso-orders");
  await untilNextRefresh();
  await byPages.refresh(); // says that it failed, and keeps what it has
  seen.stillKnown = byPages.get("app:colour");
  seen.loadWhileDown = await provide({
    startupOptions: { timeoutInMs: 100 },
    clientOptions: { retryOptions: { maxRetries: 0 } },
  }).then(() => "loaded", (error) => error.message);
  outage("end", "--all");
  seen.loadAfterwards = (await provide({ selectors: [{ keyFilter: "app:colour" }] })).get("app:colour");
}
