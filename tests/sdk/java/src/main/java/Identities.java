import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ClientAssertionCredentialBuilder;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Asks for a token in each case that it is given, and prints by the case's id the token, the error, or that
 * the library has no way to ask.
 * The argument is JSON, as programs/identities.py describes it.
 */
public final class Identities {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Identities() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        JsonNode asked = JSON.readTree(arguments[0]);
        TokenRequestContext request = new TokenRequestContext().addScopes(asked.get("scope").asText());
        Map<String, ObjectNode> seen = new ConcurrentHashMap<>();
        ExecutorService atOnce = Executors.newCachedThreadPool();  // the library waits a lot where it is refused
        for (JsonNode one : asked.get("cases")) {
            atOnce.execute(() -> seen.put(one.get("id").asText(), outcome(one, request)));
        }
        atOnce.shutdown();
        atOnce.awaitTermination(1, TimeUnit.MINUTES);
        System.out.println(JSON.writeValueAsString(seen));
        System.exit(0);
    }

    private static ObjectNode outcome(JsonNode one, TokenRequestContext request) {
        ObjectNode found = JSON.createObjectNode();
        if (isAbsent(one)) {
            return found.put("absent", "yes");
        }
        try {
            found.put("token", credential(one).getTokenSync(request).getToken());
        } catch (RuntimeException error) {
            found.put("error", error.getClass().getSimpleName());
            found.put("message", messages(error));
        }
        return found;
    }

    private static boolean isAbsent(JsonNode one) {
        String by = one.path("by").asText();
        String option = Map.of("object_id", "objectId", "resource_id", "resourceId").getOrDefault(by, "clientId");
        switch (one.get("credential").asText()) {
            case "DefaultAzureCredential":
                return isAbsent(DefaultAzureCredentialBuilder.class, "managedIdentity" + option);
            case "WorkloadIdentityCredential":
                return isAbsent(WorkloadIdentityCredentialBuilder.class, option);
            default:
                return false;
        }
    }

    private static boolean isAbsent(Class<?> builder, String option) {
        return Arrays.stream(builder.getMethods()).noneMatch(method -> method.getName().equalsIgnoreCase(option));
    }

    /** What an error says, and those that it was caused by: the library wraps the endpoint's own words. */
    private static String messages(Throwable error) {
        StringBuilder said = new StringBuilder();
        for (Throwable one = error; one != null && one.getCause() != one; one = one.getCause()) {
            said.append(one.getMessage()).append('\n');
            for (Throwable beside : one.getSuppressed()) {
                said.append(beside.getMessage()).append('\n');
            }
        }
        return said.toString();
    }

    private static TokenCredential credential(JsonNode one) {
        String value = one.path("value").asText();
        JsonNode settings = one.path("settings");
        String tenant = settings.path("tenant").asText();
        switch (one.get("credential").asText()) {
            case "DefaultAzureCredential":
                return defaultCredential(one.path("by").asText(), value);
            case "ManagedIdentityCredential":
                return managedIdentity(one.path("by").asText(), value);
            case "WorkloadIdentityCredential":
                WorkloadIdentityCredentialBuilder workload = new WorkloadIdentityCredentialBuilder();
                return (value.isEmpty() ? workload : workload.clientId(value)).build();
            case "ClientSecretCredential":
                return new ClientSecretCredentialBuilder()
                    .tenantId(tenant).clientId(value).clientSecret(settings.get("secret").asText()).build();
            case "CertificateCredential":
                return new ClientCertificateCredentialBuilder()
                    .tenantId(tenant).clientId(value)
                    .pemCertificate(settings.get("certificate").asText()).build();
            case "ClientAssertionCredential":
                Path file = Path.of(settings.get("token_file").asText());
                return new ClientAssertionCredentialBuilder()
                    .tenantId(tenant).clientId(value).clientAssertion(() -> content(file)).build();
            default:
                throw new IllegalArgumentException("no credential is called " + one.get("credential"));
        }
    }

    private static TokenCredential defaultCredential(String by, String value) {
        DefaultAzureCredentialBuilder builder = new DefaultAzureCredentialBuilder();
        if (by.equals("client_id")) {
            builder.managedIdentityClientId(value).workloadIdentityClientId(value);
        } else if (by.equals("resource_id")) {
            builder.managedIdentityResourceId(value);
        }
        return builder.build();
    }

    private static TokenCredential managedIdentity(String by, String value) {
        ManagedIdentityCredentialBuilder builder = new ManagedIdentityCredentialBuilder();
        switch (by) {
            case "client_id":
                return builder.clientId(value).build();
            case "object_id":
                return builder.objectId(value).build();
            case "resource_id":
                return builder.resourceId(value).build();
            default:
                return builder.build();
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
