"""Names under which values travel between files: settings, environment variables, secrets, outputs."""
