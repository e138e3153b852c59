"""Runs a Python function against the Runtime API, with nothing but the standard library."""
