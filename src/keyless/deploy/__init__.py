"""An estate written to the store, as a deployment: what it names is created or brought up to date."""
