"""Handlers whose response shows how values become JSON."""

import collections
import datetime
import decimal
import enum
import math
import uuid

Point = collections.namedtuple("Point", "x y")


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


class Kind(str, enum.Enum):
    NEW = "new"


class Record:
    def _asdict(self):
        return {"z": 1}


def echo(event, context):
    return event


def nothing(event, context):
    pass


def text(event, context):
    return "grüße 🚀"


def integer(event, context):
    return 12345678901234567890


def boolean(event, context):
    return True


def floating(event, context):
    return [1.0, 1e300, 0.1]


def not_a_number(event, context):
    return [math.nan, math.inf, -math.inf]


def tuple_(event, context):
    return (1, (2, 3))


def named_tuple(event, context):
    return {"at": Point(1, [Point(2, 3)])}


def as_dict(event, context):
    return Record()


def ordered(event, context):
    return collections.OrderedDict(b=1, a=2)


def decimals(event, context):
    return {"price": decimal.Decimal("1.10"), "big": [decimal.Decimal("1E+2"), decimal.Decimal("NaN")]}


def keys(event, context):
    return {1: "int", None: "none", True: "bool" if False else "true", 1.5: "float"}


def int_enum(event, context):
    return [Level.HIGH, Kind.NEW]


def inner_bytes(event, context):
    return {"data": b"x\xc3\xbc", b"key": 1}


def whole_bytes(event, context):
    return b'{"raw": true}'


def set_(event, context):
    return {1, 2}


def date(event, context):
    return {"now": datetime.datetime(2026, 1, 1)}


def uuid_(event, context):
    return [uuid.UUID(int=1)]


def plain_enum(event, context):
    return Color.RED


def object_(event, context):
    return object()


def bytearray_(event, context):
    return bytearray(b"x")


def complex_(event, context):
    return 1j


def generator(event, context):
    yield 1


def bad_key(event, context):
    return {(1, 2): 3}


def decimal_key(event, context):
    return {decimal.Decimal(1): 3}


def bad_bytes(event, context):
    return {"data": b"\xff"}


def circular(event, context):
    values = []
    values.append(values)
    return values


def circular_dict(event, context):
    values = {}
    values["self"] = [values]
    return values


def deep(event, context):
    values = []
    for _ in range(100_000):
        values = [values]
    return values
