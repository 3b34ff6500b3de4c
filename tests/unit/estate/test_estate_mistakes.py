"""Every mistake in an estate file is found, with its place, what is wrong and what to write instead."""

from __future__ import annotations

import jsonschema
import pytest
import yaml
from estate_texts import SECRET, in_group, only, problems

from keyless.estate.schema import estate_schema

GUID = "11111111-2222-3333-4444-555555555555"


def assignment(scope: str, role: str = "Reader") -> str:
    """An estate with a role assignment to a bare id; ``scope`` is the rest of its line."""
    return f"version: 1\nroleAssignments:\n  - {{principal: {GUID}, role: {role}, scope: {scope}}}"


# Each case: the file, with a § before the place of the mistake; a part of the message; a part of the hint.
SHAPE_MISTAKES = {
    "no version": ("§tenant: x", "an estate needs `version`", "add `version:` with `1`"),
    "another version": ("version: §2", "`2` is out of range", "write `1`"),
    "a version in quotes": ('version: §"1"', "and this is text", "write `1`, without quotes"),
    "a list": ("§- a", "an estate is wanted here, and this is a list", "`version`, `tenant`"),
    "an unknown key": ("version: 1\n§tenat: x", "`tenat` is not a key of an estate", "write `tenant`"),
    "a key unlike any": (
        "version: 1\n§zzz: x",
        "`zzz` is not a key of an estate",
        "`resourceGroups`",
    ),
    "a number for a tenant": (
        "version: 1\ntenant: §20",
        "a tenant's name is wanted here, and this is a number",
        'put it in quotes: "20"',
    ),
    "a yes for a tenant": ("version: 1\ntenant: §yes", "this is `true` or `false`", '"yes"'),
    "a date for a tenant": ("version: 1\ntenant: §2026-01-01", "this is a date", '"2026-01-01"'),
    "an equals sign": ("version: 1\ntenant: §=", "a sign of YAML's own", 'put it in quotes: "="'),
    "nothing for a tenant": ("version: 1\ntenant:§", "this is nothing", "text such as `contoso`"),
    "a list for a tenant": ("version: 1\ntenant: §[a]", "this is a list", "text such as `contoso`"),
    "a tag": ("version: 1\ntenant: §!name x", "this is a value with a tag", "leave the tag"),
    "a number for a key": ("version: 1\n§20: x", "a key must be text, and this is a number", "quotes"),
    "a list for a key": ("version: 1\n? §[a]\n: x", "a key must be text", "quotes"),
    "a bad GUID": (
        "version: 1\ntenant: {name: x, id: §123-456}",
        "`123-456` cannot be a GUID",
        "8-4-4-4-12, or leave it out",
    ),
    "a long location": (
        "version: 1\nlocation: §West Europe",
        "`West Europe` cannot be a location",
        "`westeurope`",
    ),
    "a long name": (
        f"version: 1\nsubscription: §{'x' * 65}",
        "cannot be a subscription's name",
        "text such as `orders-dev`",
    ),
    "groups as a list": (
        "version: 1\nresourceGroups: §[a]",
        "a mapping of resource groups is wanted here, and this is a list",
        "`name: …`",
    ),
    "assignments as a mapping": (
        "version: 1\nroleAssignments: §{a: b}",
        "a list of role assignments is wanted here, and this is a mapping",
        "begin each item with `- `",
    ),
    "a group's name": ("version: 1\nresourceGroups: {§a.: }", "`a.` cannot be a resource group", "`-_.()`"),
    "a short vault": (in_group("vaults: {§ab: }"), "`ab` cannot be a vault's name", "3 to 24"),
    "two hyphens": (in_group("vaults: {§a--b: }"), "`a--b` cannot be a vault's name", "without `--`"),
    "a vault that begins with a digit": (in_group("vaults: {§1abc: }"), "cannot be a vault's", "a letter"),
    "a vault that ends with a hyphen": (in_group("vaults: {§abc-: }"), "cannot be a vault's", "digit"),
    "a long vault": (in_group(f"vaults: {{§{'a' * 25}: }}"), "cannot be a vault's", "3 to 24"),
    "a short store": (in_group("configurationStores: {§abcd: }"), "configuration store's name", "5 to 50"),
    "an identity's name": (in_group("identities: {§-ab: }"), "an identity's name", "3 to 128"),
    "a secret's name": (
        in_group("vaults: {vault: {secrets: {§a_b: x}}}"),
        "`a_b` cannot be a secret's name",
        "1 to 127 letters, digits and `-`",
    ),
    "a retention": (
        in_group("vaults: {vault: {softDeleteRetentionDays: §91}}"),
        "`91` is out of range",
        "from 7 to 90",
    ),
    "a retention in quotes": (
        in_group('vaults: {vault: {softDeleteRetentionDays: §"90"}}'),
        "this is text",
        "without quotes",
    ),
    "a retention in octal": (
        in_group("vaults: {vault: {softDeleteRetentionDays: §0x1f}}"),
        "a number of days is wanted here",
        "from 7 to 90",
    ),
    "a yes for true": (
        in_group("vaults: {vault: {purgeProtection: §yes}}"),
        "`true` or `false` is wanted here",
        "write `true` or `false`",
    ),
    "no type": (in_group("compute: {web: §{}}"), "a compute resource needs `type`", "Microsoft.Web/sites"),
    "a type without provider": (
        in_group("compute: {web: {type: §sites}}"),
        "`sites` cannot be a resource type",
        "`Microsoft.Web/sites`",
    ),
    "an unknown key of compute": (
        in_group("compute: {web: {type: Microsoft.Web/sites, §identities: }}"),
        "`identities` is not a key of a compute resource",
        "write `identity`",
    ),
    "a key with a percent sign": (
        in_group('configurationStores: {store: {settings: {§"a%b": x}}}'),
        "`a%b` cannot be a setting's key",
        "text without `%`",
    ),
    "a key of dots": (
        in_group('configurationStores: {store: {settings: [{key: §"..", value: x}]}}'),
        "`..` cannot be a setting's key",
        "not `.` or `..`",
    ),
    "a setting of no kind": (
        in_group("configurationStores: {store: {settings: [§{key: a}]}}"),
        "a setting needs one of `value`, `keyVaultReference` or `featureFlag`",
        "add it",
    ),
    "a setting of two kinds": (
        in_group("configurationStores: {store: {settings: [§{key: a, value: x, featureFlag: b}]}}"),
        "`value` and `featureFlag` exclude each other in a setting",
        "keep one of them",
    ),
    "a setting that is a list": (
        in_group("configurationStores: {store: {settings: [§[a]]}}"),
        "a setting is wanted here, and this is a list",
        "`keyVaultReference`",
    ),
    "a setting with a number": (
        in_group("configurationStores: {store: {settings: {a: §20}}}"),
        "a setting's value is wanted here, and this is a number",
        "put it in quotes",
    ),
    "a reference to nowhere": (
        in_group('configurationStores: {store: {settings: {a: {keyVaultReference: {uri: §"x.y/z"}}}}}'),
        "cannot be a secret's address",
        "https://contoso-orders.vault.azure.net/secrets/db-password",
    ),
    "a scope of no kind": (
        assignment("{§valt: x}"),
        "`valt` is not a key of a scope",
        "write `vault`",
    ),
    "an empty scope": (
        assignment("§{}"),
        "a scope needs one of `vault`, `store`",
        "add it",
    ),
    "a subscription that is not": (
        assignment("{subscription: §false}"),
        "`false` says nothing here",
        "leave the key out",
    ),
    "a type of principal": (
        assignment("/, principalType: §user"),
        "`user` is not a type of principal",
        "write `User`",
    ),
    "a type of principal that is a number": (
        assignment("/, principalType: §1"),
        "a number is not a type of principal",
        "`ServicePrincipal`",
    ),
    "too many tags": (
        in_group(
            "vaults: {vault: {secrets: {a: {value: x, tags: §{"
            + ", ".join(f"t{number}: x" for number in range(16))
            + "}}}}}"
        ),
        "more than 15 tags",
        "take some out",
    ),
    "a merge of text": ("version: 1\n§<<: x", "`<<` cannot merge this", "a list of mappings"),
}

MEANING_MISTAKES = {
    "a key twice": (
        "version: 1\ntenant: a\n§tenant: b",
        "`tenant` stands here a second time",
        "the first is on line 2",
    ),
    "a name twice without case": (
        in_group("vaults: {vault: , §VAULT: }"),
        "`VAULT` stands here a second time (names compare without case)",
        "the first is on line 4",
    ),
    "a vault in two groups": (
        "version: 1\nresourceGroups:\n  a: {vaults: {vault: }}\n  b: {vaults: {§Vault: }}",
        "another resource group has a vault called `Vault` already",
        "choose another",
    ),
    "a store in two groups": (
        "version: 1\nresourceGroups: {a: &a {configurationStores: {§store: }}, b: *a}",
        "another resource group has a configuration store called `store` already",
        "choose another",
    ),
    "a resource twice": (
        in_group("compute: {a: {type: Microsoft.Web/sites}, b: {type: Microsoft.Web/sites, name: §A}}"),
        "the group has a `Microsoft.Web/sites` called `A` already",
        "rename",
    ),
    "a nested name without its parent": (
        in_group("compute: {§a: {type: Microsoft.Web/sites/slots}}"),
        "`a` cannot name a `Microsoft.Web/sites/slots`",
        "write 2 names: `name/name`",
    ),
    "a name with a parent too many": (
        in_group("compute: {§a/b: {type: Microsoft.Web/sites}}"),
        "`a/b` cannot name a `Microsoft.Web/sites`",
        "write 1 name: `name`",
    ),
    "an id of two principals": (
        in_group(f"identities: {{aaa: {{principalId: {GUID}}}, bbb: {{clientId: §{GUID}}}}}"),
        f"`{GUID}` is an id of `aaa` already (line 4)",
        "leave them out",
    ),
    "an unknown identity": (
        in_group(
            "identities: {shared: }\n"
            "compute: {a: {type: Microsoft.Web/sites, identity: {userAssigned: [§shred]}}}"
        ),
        "no user-assigned identity is called `shred`",
        "write `shared`",
    ),
    "an identity twice": (
        in_group(
            "identities: {shared: }\n"
            "compute: {a: {type: Microsoft.Web/sites, identity: {userAssigned: [shared, §rg/shared]}}}"
        ),
        "`rg/shared` is in the list already",
        "take it out",
    ),
    "an identity by the id of something else": (
        in_group("compute: {a: {type: Microsoft.Web/sites, identity: {userAssigned: [§/subscriptions/x]}}}"),
        "`/subscriptions/x` is not a user-assigned identity",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
    ),
    "an identity by a broken id": (
        in_group("compute: {a: {type: Microsoft.Web/sites, identity: {userAssigned: [§/subscriptions]}}}"),
        "names no subscription",
        "declares",
    ),
    "a setting twice": (
        in_group("configurationStores: {store: {settings: [{key: a, value: x}, {key: §a, value: y}]}}"),
        "`a` stands here a second time with the same label",
        "the first is on line 4",
    ),
    "a reference to an unknown vault": (
        in_group(
            "vaults: {vault: }\n"
            "configurationStores: {store: {settings: {a: {keyVaultReference: {vault: §valt, secret: x}}}}}"
        ),
        "no vault is called `valt`",
        "write `vault`",
    ),
    "an unknown vault without a near one": (
        assignment("{vault: §contoso}"),
        "no vault is called `contoso`",
        "declare it under the `vaults` of a resource group",
    ),
    "a label without a key": (
        in_group("configurationStores: {store: }")
        + f"\nroleAssignments: [{{principal: {GUID}, role: Reader, scope: {{store: store, label: §x}}}}]",
        "a `label` without its `key`",
        "add `key:`",
    ),
    "a key and a snapshot": (
        in_group("configurationStores: {store: }")
        + f"\nroleAssignments: [{{principal: {GUID}, role: Reader, "
        "scope: {store: store, key: k, snapshot: §x}}]",
        "`key` and `snapshot` exclude each other",
        "keep one of them",
    ),
    "a broken scope": (
        assignment("§orders-rg"),
        "`orders-rg` is not a resource id: it must begin with `/`",
        "{resourceGroup: …}",
    ),
    "an unknown role": (
        assignment("/", "§Key Vault Secret User"),
        "`Key Vault Secret User` is not a built-in role",
        "write `Key Vault Secrets User`",
    ),
    "an unknown role's GUID": (
        assignment("/", f"§{GUID}"),
        f"`{GUID}` is not a built-in role",
        "name or GUID of a built-in role",
    ),
    "an unknown principal": (
        in_group("compute: {orders-web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}")
        + "\nroleAssignments: [{principal: §order-web, role: Reader, scope: /}]",
        "no principal is called `order-web`",
        "write `orders-web`",
    ),
    "a principal without an identity": (
        in_group("compute: {web: {type: Microsoft.Web/sites}}")
        + "\nroleAssignments: [{principal: §web, role: Reader, scope: /}]",
        "`web` has no system-assigned identity that could get a role",
        "give it one: `identity: {systemAssigned: true}`",
    ),
    "a principal with a shared identity only": (
        in_group(
            "identities: {shared: }\n"
            "compute: {web: {type: Microsoft.Web/sites, identity: {userAssigned: [shared]}}}"
        )
        + "\nroleAssignments: [{principal: §web, role: Reader, scope: /}]",
        "`web` has no system-assigned identity",
        "write its user-assigned identity: `shared`",
    ),
    "a client id for a principal id": (
        in_group(f"identities: {{shared: {{clientId: {GUID}}}}}")
        + f"\nroleAssignments: [{{principal: §{GUID}, role: Reader, scope: /}}]",
        f"`{GUID}` is the client id of `shared`, and roles go to principal ids",
        "write `shared`",
    ),
    "a name in two groups": (
        (
            "version: 1\nresourceGroups:\n"
            "  a: {compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}}\n"
            "  b: {compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}}\n"
            "roleAssignments: [{principal: §web, role: Reader, scope: /}]"
        ),
        "`web` is the name of 2 principals",
        "write `a/web` or `b/web`",
    ),
    "a name of two kinds": (
        in_group(
            "identities: {web: }\n"
            "compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}"
        )
        + "\nroleAssignments: [{principal: §web, role: Reader, scope: /}]",
        "`web` is the name of 2 principals",
        "write `{compute: rg/web}` or `{identity: rg/web}`",
    ),
    "an assignment twice": (
        f"version: 1\nroleAssignments:\n  - §&a {{principal: {GUID}, role: Reader, scope: /}}\n  - *a",
        "another assignment has the same role, principal and scope",
        "it is on line 3",
    ),
    "an assignment's id twice": (
        (
            "version: 1\nroleAssignments:\n"
            f"  - {{principal: {GUID}, role: Reader, scope: /, id: {GUID}}}\n"
            f"  - §{{principal: {GUID}, role: Owner, scope: /, id: {GUID}}}"
        ),
        "another assignment has the same `id`",
        "it is on line 3",
    ),
    "a condition's version alone": (
        (
            "version: 1\nroleAssignments:\n"
            f'  - {{principal: {GUID}, role: Reader, scope: /, conditionVersion: §"2.0"}}'
        ),
        "a `conditionVersion` without its `condition`",
        "take it out",
    ),
    "a long secret": (
        in_group(f"vaults: {{vault: {{secrets: {{a: §{'x' * 25_601}}}}}}}"),
        "the secret's value is longer than 25 KB",
        "store it elsewhere",
    ),
    "a long setting": (
        in_group(f"configurationStores: {{store: {{settings: {{§a: {'x' * 10_240}}}}}}}"),
        "`a` is longer than 10 KB",
        "store it elsewhere",
    ),
}


@pytest.mark.parametrize("case", [*SHAPE_MISTAKES, *MEANING_MISTAKES])
def test_a_mistake_is_found_where_it_is(case: str) -> None:
    marked, message, hint = {**SHAPE_MISTAKES, **MEANING_MISTAKES}[case]
    before = marked.partition("§")[0].split("\n")
    problem = only(marked.replace("§", ""))
    assert message in problem.message
    assert hint in problem.hint
    assert (problem.line, problem.column) == (len(before), len(before[-1]) + 1)
    place = f"{problem.line}:{problem.column}"
    assert str(problem) == f"keyless.yaml:{place}: {problem.message}; {problem.hint}"


SCHEMA_IS_BLIND = {
    "a retention in octal",  # it never sees how a number was written
    "a yes for true",
    "a number for a key",  # nor that a key was not text
    "a list for a key",
    "a tag",  # nor tags
    "a merge of text",
    "an equals sign",
}


@pytest.mark.parametrize("case", [case for case in SHAPE_MISTAKES if case not in SCHEMA_IS_BLIND])
def test_an_editor_sees_a_mistake_of_shape_too(case: str) -> None:
    document = yaml.safe_load(SHAPE_MISTAKES[case][0].replace("§", ""))
    validator = jsonschema.Draft202012Validator(estate_schema())
    assert not validator.is_valid(document)


def test_all_mistakes_are_reported_in_the_order_of_the_file() -> None:
    found = problems(
        """\
        version: 1
        tenat: x
        resourceGroups:
          rg:
            location: West Europe
            vaults:
              a--b:
              vault:
                secrets:
                  a: {env: NOT_SET}
                  b_: x
        roleAssignments:
          - {principal: who, role: Redaer, scope: {vault: vaul}}
        """
    )
    assert [one.line for one in found] == [2, 5, 7, 10, 11, 13, 13, 13]


def test_what_was_refused_is_not_called_unknown_as_well() -> None:
    found = problems(
        """\
        version: 1
        resourceGroups:
          rg:
            identities: {shared: 20}
            compute:
              web: {type: 20}
              api: {type: Microsoft.Web/sites, identity: {userAssigned: [shared, rg/shared]}}
            vaults: {vault: 20}
            configurationStores: {store: 20}
        applications: {legacy: 20}
        roleAssignments:
          - {principal: web, role: Reader, scope: {vault: vault}}
          - {principal: shared, role: Reader, scope: {store: store}}
          - {principal: legacy, role: Reader, scope: {compute: rg/web}}
          - {principal: {application: legacy}, role: Reader, scope: {identity: shared}}
        """
    )
    assert [one.line for one in found] == [4, 6, 8, 9, 10]


@pytest.mark.parametrize(
    "text", ["resourceGroup: {rg: {vaults: {vault: }}}", "resourceGroups: {rg: {vault: }}"]
)
def test_names_under_a_misspelled_key_are_not_called_unknown_as_well(text: str) -> None:
    found = problems(
        f"version: 1\n{text}\nroleAssignments: [{{principal: {GUID}, role: Reader, scope: {{vault: vault}}}}]"
    )
    assert [one.line for one in found] == [2]


def test_an_application_without_its_secret_is_still_known() -> None:
    found = problems(
        """\
        version: 1
        applications: {legacy: {clientSecret: {env: NOT_SET}}}
        roleAssignments: [{principal: legacy, role: Reader, scope: /}]
        """
    )
    assert [one.line for one in found] == [2]


@pytest.mark.parametrize(
    "secret",
    [
        f"*{SECRET}",
        f"&{SECRET} 1",
        f"!{SECRET} x",
        f"@{SECRET}",
        f"{{{SECRET}}}",
        f"{{{SECRET}: x}}",
        f"{{env: ${SECRET}}}",
        f"{{env: x, {SECRET}: x}}",
        f"[{SECRET}]",
        f"'{SECRET}",
        f'"\\{SECRET[0]}q{SECRET}"',
        f"{{value: {{{SECRET}: x}}}}",
        f"{{value: {SECRET}, env: x}}",
        f"{SECRET}: x",
        "12345",
    ],
)
def test_no_message_repeats_a_secret(secret: str) -> None:
    for problem in problems(in_group(f"vaults:\n  vault:\n    secrets:\n      a: {secret}\n")):
        assert secret.strip("{}") not in str(problem)
