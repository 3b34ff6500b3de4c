// Loads settings with the provider, which finds the store's replica by itself, and goes on while the origin is down.
// The argument is the command for outages, as JSON.
import { execFileSync } from "node:child_process";

import { AppConfigurationClient } from "@azure/app-configuration";
import { load } from "@azure/app-configuration-provider";
import { ManagedIdentityCredential } from "@azure/identity";

const [program, ...rest] = JSON.parse(process.argv[2]);
const outage = (...words) => execFileSync(program, [...rest, ...words], { stdio: "ignore" });
const origin = process.env.APPCONFIG_ENDPOINT;
const replica = origin.replace(".azconfig.io", "-north.azconfig.io");
const credential = new ManagedIdentityCredential();
const key = "orders:size";

// Which endpoints have answered, and not only to say that they cannot.
let answered = new Set();
const noting = {
  name: "noting",
  async sendRequest(request, next) {
    const response = await next(request);
    if (response.status < 500) answered.add(new URL(request.url).hostname.split(".")[0]);
    return response;
  },
};
const since = () => {
  const found = [...answered].sort();
  answered = new Set();
  return found;
};
const options = {
  clientOptions: { retryOptions: { maxRetries: 0 }, additionalPolicies: [{ policy: noting, position: "perRetry" }] },
  startupOptions: { timeoutInMs: 20_000 },
  refreshOptions: { enabled: true, refreshIntervalInMs: 1000 },
};
const write = (endpoint, value) => new AppConfigurationClient(endpoint, credential).setConfigurationSetting({ key, value });

const settings = await load(origin, credential, options);
const seen = { up: [settings.get(key), since()] };

outage("start", "store", "contoso-orders", "--as", "unreachable");
await write(replica, "20");
for (const end = Date.now() + 20_000; settings.get(key) !== "20" && Date.now() < end; ) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  await settings.refresh();
}
seen.down = [settings.get(key), since()];
seen.started = [(await load(origin, credential, options)).get(key), since()];
outage("end", "--all");

console.log(JSON.stringify(seen));
