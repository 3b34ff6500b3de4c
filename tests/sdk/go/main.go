// Asks for a token in each case that it is given, and prints by the case's id the token, the error, or that the
// library has no way to ask.
// The argument is JSON, as programs/identities.py describes it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

type settings struct {
	Tenant      string `json:"tenant"`
	Secret      string `json:"secret"`
	Certificate string `json:"certificate"`
	TokenFile   string `json:"token_file"`
}

type request struct {
	ID         string   `json:"id"`
	Credential string   `json:"credential"`
	By         string   `json:"by"`
	Value      string   `json:"value"`
	Settings   settings `json:"settings"`
}

type outcome struct {
	Absent  string `json:"absent,omitempty"`
	Token   string `json:"token,omitempty"`
	Error   string `json:"error,omitempty"`
	Message string `json:"message,omitempty"`
}

func main() {
	var asked struct {
		Scope string    `json:"scope"`
		Cases []request `json:"cases"`
	}
	if err := json.Unmarshal([]byte(os.Args[1]), &asked); err != nil {
		panic(err)
	}
	seen := map[string]outcome{}
	for _, one := range asked.Cases {
		seen[one.ID] = outcomeOf(one, asked.Scope)
	}
	if err := json.NewEncoder(os.Stdout).Encode(seen); err != nil {
		panic(err)
	}
}

func outcomeOf(one request, scope string) outcome {
	if isAbsent(one) {
		return outcome{Absent: "yes"}
	}
	credential, err := credentialOf(one)
	if err != nil {
		return outcome{Error: fmt.Sprintf("%T", err), Message: err.Error()}
	}
	token, err := credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return outcome{Error: fmt.Sprintf("%T", err), Message: err.Error()}
	}
	return outcome{Token: token.Token}
}

func credentialOf(one request) (azcore.TokenCredential, error) {
	switch one.Credential {
	case "DefaultAzureCredential":
		return defaultCredential(one)
	case "ManagedIdentityCredential":
		return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ID: idOf(one)})
	case "WorkloadIdentityCredential":
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientID: one.Value})
	case "ClientSecretCredential":
		return azidentity.NewClientSecretCredential(one.Settings.Tenant, one.Value, one.Settings.Secret, nil)
	case "CertificateCredential":
		return certificateCredential(one)
	case "ClientAssertionCredential":
		return azidentity.NewClientAssertionCredential(one.Settings.Tenant, one.Value, func(context.Context) (string, error) {
			content, err := os.ReadFile(one.Settings.TokenFile)
			return string(content), err
		}, nil)
	}
	return nil, fmt.Errorf("no credential is called %q", one.Credential)
}

// defaultCredential takes the client id from the environment, which is the only way that this library has.
func defaultCredential(one request) (azcore.TokenCredential, error) {
	if one.By != "" {
		before, was := os.LookupEnv("AZURE_CLIENT_ID")
		os.Setenv("AZURE_CLIENT_ID", one.Value)
		defer func() {
			if was {
				os.Setenv("AZURE_CLIENT_ID", before)
			} else {
				os.Unsetenv("AZURE_CLIENT_ID")
			}
		}()
	}
	return azidentity.NewDefaultAzureCredential(nil)
}

// isAbsent tells whether a credential has no option that names an identity by the id that is asked for.
func isAbsent(one request) bool {
	if one.By != "object_id" && one.By != "resource_id" {
		return false
	}
	wanted := map[string]string{"object_id": "ObjectID", "resource_id": "ResourceID"}[one.By]
	switch one.Credential {
	case "DefaultAzureCredential":
		return !hasField(azidentity.DefaultAzureCredentialOptions{}, "ManagedIdentity")
	case "WorkloadIdentityCredential":
		return !hasField(azidentity.WorkloadIdentityCredentialOptions{}, wanted)
	}
	return false
}

func hasField(options any, part string) bool {
	fields := reflect.TypeOf(options)
	for index := range fields.NumField() {
		if strings.Contains(fields.Field(index).Name, part) {
			return true
		}
	}
	return false
}

func idOf(one request) azidentity.ManagedIDKind {
	switch one.By {
	case "client_id":
		return azidentity.ClientID(one.Value)
	case "object_id":
		return azidentity.ObjectID(one.Value)
	case "resource_id":
		return azidentity.ResourceID(one.Value)
	}
	return nil
}

func certificateCredential(one request) (azcore.TokenCredential, error) {
	content, err := os.ReadFile(one.Settings.Certificate)
	if err != nil {
		return nil, err
	}
	certificates, key, err := azidentity.ParseCertificates(content, nil)
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientCertificateCredential(one.Settings.Tenant, one.Value, certificates, key, nil)
}
