"""Telling others what happens in vaults: events as CloudEvents, and their delivery."""
