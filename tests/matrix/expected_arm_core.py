"""What each operation of this part of the management plane takes."""

EXPECTED: dict[str, tuple[str, ...]] = {
    "OperationStatuses.Get": (),
    "OperationResults.Get": (),
    "Subscriptions.Get": ("Microsoft.Resources/subscriptions/read",),
}
