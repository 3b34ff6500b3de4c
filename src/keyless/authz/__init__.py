"""Decisions: pure functions over values. No clock, no store, no log inside."""
