"""One function that runs many handlers, so that each needs no process of its own."""

import importlib


def run(event, context):
    module, _, name = event["handler"].rpartition(".")
    return getattr(importlib.import_module(module), name)(event["event"], context)
