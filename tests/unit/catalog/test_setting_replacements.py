"""What to write into settings in the place of a stored credential."""

from keyless.catalog.setting_replacements import setting_replacement


def test_a_setting_with_a_replacement_of_its_own_gets_that() -> None:
    found = setting_replacement("azurewebjobs_storage", "blob")
    assert found is not None
    assert found.instead.startswith("AzureWebJobsStorage__accountName")
    assert "Storage Blob Data Owner" in found.roles


def test_any_other_gets_the_address_that_its_service_takes_under_the_same_name() -> None:
    found = setting_replacement("Orders", "servicebus")
    assert found is not None
    assert found.instead == "Orders__fullyQualifiedNamespace = <namespace>.servicebus.windows.net"


def test_a_service_without_one_has_none() -> None:
    assert setting_replacement("Orders", "notificationhubs") is None
