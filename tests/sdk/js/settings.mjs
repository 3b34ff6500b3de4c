// What the client of App Configuration can besides `clients.mjs`: pages and their etags, filters, labels, times
// gone by, sync tokens, and what is more than text. By an identity or by an access key.
import {
  AppConfigurationClient,
  featureFlagContentType,
  featureFlagPrefix,
  isFeatureFlag,
  isSecretReference,
  parseFeatureFlag,
  parseSecretReference,
  secretReferenceContentType,
} from "@azure/app-configuration";
import { DefaultAzureCredential } from "@azure/identity";

const seen = {};
const connectionString = process.env.APPCONFIG_CONNECTION_STRING;
let tokens = [];
const policy = {
  name: "notesSyncTokens",
  sendRequest: async (request, next) => {
    const response = await next(request);
    tokens = [request.headers.get("sync-token"), response.headers.get("sync-token")];
    return response;
  },
};
const options = { additionalPolicies: [{ policy, position: "perCall" }] };
const settings = connectionString
  ? new AppConfigurationClient(connectionString, options)
  : new AppConfigurationClient(process.env.APPCONFIG_ENDPOINT, new DefaultAzureCredential(), options);

const all = async (items) => {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
};
const keys = async (options) => (await all(settings.listConfigurationSettings(options))).map((one) => one.key);
const refused = async (call) => call.then(() => null, (error) => error.statusCode);

const first = await settings.addConfigurationSetting({ key: "a", value: "1", tags: { stage: "prod", team: "x" } });
seen.addedTwice = await refused(settings.addConfigurationSetting({ key: "a", value: "1" }));
await settings.setConfigurationSetting({ key: "a", label: "dev", value: "2", tags: { stage: "dev" } });
await settings.setConfigurationSetting({ key: "b,c*", label: "prod", value: "3", contentType: "application/json" });
seen.escaped = await keys({ keyFilter: "b\\,c\\*" });
seen.several = await keys({ keyFilter: "a,nothing" });
seen.unlabelled = await keys({ labelFilter: "\0" });
seen.labelled = await keys({ labelFilter: "p*" });
seen.tagged = await keys({ tagsFilter: ["stage=prod", "team=x"] });
const [picked] = await all(settings.listConfigurationSettings({ keyFilter: "b*", fields: ["key", "contentType"] }));
seen.fields = [picked.key, picked.contentType, picked.value ?? null];
seen.labels = (await all(settings.listLabels())).map((one) => one.name ?? null);
seen.labelsNamed = (await all(settings.listLabels({ nameFilter: "p*" }))).map((one) => one.name);
seen.tooLong = await refused(keys({ keyFilter: "a,b,c,d,e,f" }));

for (let i = 0; i < 120; i += 1) await settings.setConfigurationSetting({ key: `many:${i}`, value: `${i}` });
const pages = await all(settings.listConfigurationSettings({ keyFilter: "many:*" }).byPage());
const pageEtags = pages.map((page) => page.etag);
seen.pages = pages.map((page) => page.items.length);
const statuses = async (list) => (await all(list.byPage())).map((page) => page._response.status);
const listed = () => ({ keyFilter: "many:*", pageEtags }); // anew each time: the client takes the etags out
seen.unchanged = await statuses(settings.listConfigurationSettings(listed()));
seen.unchangedByHead = await statuses(settings.checkConfigurationSettings(listed()));
seen.byHead = (await all(settings.checkConfigurationSettings({ keyFilter: "many:*" }).byPage())).map(
  (page, at) => page.etag === `"${pageEtags[at]}"`,
);
await settings.setConfigurationSetting({ key: "many:99", value: "changed" });
seen.changed = await statuses(settings.listConfigurationSettings(listed()));

const stored = await settings.setConfigurationSetting({ key: "a", value: "newer" });
const between = new Date(new Date(stored.lastModified).getTime());
await new Promise((resolve) => setTimeout(resolve, 1100)); // times are whole seconds there
await settings.setConfigurationSetting({ key: "a", value: "newest", tags: { stage: "prod" } });
seen.then = (await settings.getConfigurationSetting({ key: "a" }, { acceptDateTime: between })).value;
seen.now = (await settings.getConfigurationSetting({ key: "a" })).value;
seen.history = (await all(settings.listRevisions({ keyFilter: "a", labelFilter: "\0" }))).map((one) => one.value);
seen.historyTagged = (await all(settings.listRevisions({ keyFilter: "a", tagsFilter: ["team=x"] }))).length;
seen.staleDelete = await refused(settings.deleteConfigurationSetting(first, { onlyIfUnchanged: true }));
seen.nothingDeleted = (await settings.deleteConfigurationSetting({ key: "nothing" })).statusCode;
settings.updateSyncToken("other=YQ==;sn=1"); // as an event would bring it
await settings.getConfigurationSetting({ key: "a" });
seen.syncTokens = [tokens[0].includes("kv="), tokens[0].includes("other=YQ=="), /^kv=[^;]+;sn=\d+$/.test(tokens[1])];
seen.locked = (await settings.setReadOnly({ key: "a" }, true)).isReadOnly;
seen.lockedDelete = await refused(settings.deleteConfigurationSetting({ key: "a" }));
seen.unlocked = (await settings.setReadOnly({ key: "a" }, false)).isReadOnly;
seen.missing = await refused(settings.getConfigurationSetting({ key: "a", label: "none" }));

const flag = {
  key: `${featureFlagPrefix}beta`,
  contentType: featureFlagContentType,
  isReadOnly: false,
  value: { id: "beta", enabled: true, conditions: { clientFilters: [{ name: "Microsoft.Percentage", parameters: { Value: 5 } }] } },
};
await settings.setConfigurationSetting(flag);
const gotFlag = await settings.getConfigurationSetting({ key: flag.key });
seen.flag = isFeatureFlag(gotFlag) && parseFeatureFlag(gotFlag).value;
const reference = {
  key: "db",
  contentType: secretReferenceContentType,
  isReadOnly: false,
  value: { secretId: `${process.env.VAULT_URL}/secrets/db` },
};
await settings.setConfigurationSetting(reference);
const gotReference = await settings.getConfigurationSetting({ key: "db" });
seen.reference = isSecretReference(gotReference) && parseSecretReference(gotReference).value;

console.log(JSON.stringify(seen));
