"""The whole estate from the whole file."""

from __future__ import annotations

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.tenant import SubscriptionEntry, TenantEntry
from keyless.estate.reading import Reading
from keyless.estate.resolve.access_keys import read_access_keys
from keyless.estate.resolve.access_policies import with_access_policies
from keyless.estate.resolve.applications import read_applications
from keyless.estate.resolve.assignments import read_assignments
from keyless.estate.resolve.denies import read_denies
from keyless.estate.resolve.events import read_event_subscriptions
from keyless.estate.resolve.federation import (
    read_federated_credentials,
    read_federation,
    read_issuers,
)
from keyless.estate.resolve.keys import read_keys
from keyless.estate.resolve.management_groups import read_management_groups
from keyless.estate.resolve.members import read_directory_roles, read_groups
from keyless.estate.resolve.people import read_people
from keyless.estate.resolve.principals import all_principals
from keyless.estate.resolve.resources import read_resources
from keyless.estate.resolve.roles import read_roles
from keyless.estate.resolve.secrets import SecretSource, read_secrets
from keyless.estate.resolve.settings import read_settings
from keyless.estate.resolve.workloads import read_workloads
from keyless.model.derived_ids import tenant_called
from keyless.model.estate import Estate
from keyless.model.resources import Tenant


def resolve(entry: EstateEntry, source: SecretSource, reading: Reading) -> Estate:
    """The estate that a file declares. What is wrong is reported, and left out of the answer."""
    tenant = _tenant(entry)
    resources = read_resources(entry, tenant, reading)
    read_management_groups(entry, resources, reading)
    roles = read_roles(entry, resources, reading)
    applications = read_applications(entry, resources, source, reading)
    people = read_people(entry, tenant, resources.guids, reading)
    principals = all_principals(resources, applications, people)
    return Estate(
        tenant=tenant,
        groups=resources.groups.things,
        compute=resources.compute.things,
        identities=resources.identities.things,
        applications=applications.things,
        federated_credentials=read_federated_credentials(entry, resources, applications, reading),
        issuers=read_issuers(entry, source, reading),
        vaults=with_access_policies(entry, principals, reading),
        keys=read_keys(entry, reading),
        secrets=read_secrets(entry, resources, source, reading),
        stores=resources.stores.things,
        settings=read_settings(entry, resources, reading),
        access_keys=read_access_keys(entry, source, reading),
        event_subscriptions=read_event_subscriptions(entry, reading),
        assignments=read_assignments(entry.role_assignments, principals, roles, reading),
        custom_roles=roles.custom.things,
        denies=read_denies(entry.deny_assignments, principals, reading),
        management_groups=resources.management_groups.things,
        users=people.users.things,
        security_groups=read_groups(entry, principals, reading),
        directory_roles=read_directory_roles(entry.directory_roles, principals, reading),
        workloads=read_workloads(entry, resources, reading),
        federation=read_federation(entry, reading),
    )


def _tenant(entry: EstateEntry) -> Tenant:
    default = tenant_called()
    tenant = entry.tenant or TenantEntry(entry.at, {"name": default.name})
    subscription = entry.subscription or SubscriptionEntry(entry.at, {"name": default.subscription_name})
    return tenant_called(tenant.name, subscription.name, _lower(tenant.id), _lower(subscription.id))


def _lower(guid: str | None) -> str | None:
    return guid.lower() if guid is not None else None
