"""The wire of Azure Resource Manager: a package per resource provider, and ARM's own resource types."""
