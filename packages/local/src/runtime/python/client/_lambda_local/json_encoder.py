"""Encodes what the standard library's JSON encoder does not, or not as Lambda does."""

import json.encoder
import sys


def encode_any(value, ensure_ascii):
    """JSON with decimals as numbers, named tuples as objects, and bytes as the text that they hold."""
    parts = []
    _Encoder(parts.append, ensure_ascii).write(value)
    return "".join(parts)


class _Encoder:
    def __init__(self, emit, ensure_ascii):
        self._emit = emit
        self._encode_string = (
            json.encoder.encode_basestring_ascii if ensure_ascii else json.encoder.encode_basestring
        )
        self._open = set()

    def write(self, value):
        if isinstance(value, str):
            self._emit(self._encode_string(value))
        elif isinstance(value, bytes):
            self._emit(self._encode_string(value.decode("utf-8")))
        elif value is None or isinstance(value, (bool, int, float)):
            self._emit(_scalar(value))
        elif _is_decimal(value):
            self._emit("NaN" if value.is_nan() else str(value))
        else:
            self._write_container(value)

    def _write_container(self, value):
        if id(value) in self._open:
            raise ValueError("Circular reference detected")
        self._open.add(id(value))
        as_dict = getattr(value, "_asdict", None)
        if isinstance(value, list):
            self._write_array(value)
        elif callable(as_dict) and not isinstance(value, type):
            self._write_object(as_dict())
        elif isinstance(value, tuple):
            self._write_array(value)
        elif isinstance(value, dict):
            self._write_object(value)
        else:
            raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
        self._open.discard(id(value))

    def _write_array(self, values):
        self._emit("[")
        for index, value in enumerate(values):
            if index:
                self._emit(", ")
            self.write(value)
        self._emit("]")

    def _write_object(self, values):
        self._emit("{")
        for index, (key, value) in enumerate(values.items()):
            if index:
                self._emit(", ")
            self._emit(self._encode_string(_key(key)))
            self._emit(": ")
            self.write(value)
        self._emit("}")


def _is_decimal(value):
    # Nobody can return one without having imported its module.
    decimal = sys.modules.get("decimal")
    return decimal is not None and isinstance(value, decimal.Decimal)


def _scalar(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return float.__repr__(value)


def _key(key):
    if isinstance(key, str):
        return key
    if isinstance(key, bytes):
        return key.decode("utf-8")
    if key is None or isinstance(key, (bool, int, float)):
        return _scalar(key)
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")
