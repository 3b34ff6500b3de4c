"""Azure App Configuration's data plane: key-values with labels, locks and a history."""
