// Writes what it may only read, and prints how it was refused.
import { AppConfigurationClient } from "@azure/app-configuration";
import { DefaultAzureCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";

const credential = new DefaultAzureCredential();
const secrets = new SecretClient(process.env.VAULT_URL, credential);
const settings = new AppConfigurationClient(process.env.APPCONFIG_ENDPOINT, credential);

async function refusal(call) {
  try {
    await call;
    return null;
  } catch (error) {
    return { name: error.name, status: error.statusCode, code: error.code, said: `${error.message} ${JSON.stringify(error.details)}` };
  }
}

console.log(
  JSON.stringify({
    secret: (await secrets.getSecret("greeting")).value,
    setting: (await settings.getConfigurationSetting({ key: "colour" })).value,
    setSecret: await refusal(secrets.setSecret("greeting", "bye")),
    setSetting: await refusal(settings.setConfigurationSetting({ key: "colour", value: "red" })),
  }),
);
