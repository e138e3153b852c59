"""Handlers that fail."""


class OrderError(Exception):
    pass


class Silent(Exception):
    def __str__(self):
        raise ValueError("no words")


def raises(event, context):
    raise OrderError("no items: ünïcode")


def no_message(event, context):
    raise ValueError


def key_error(event, context):
    return {}["absent"]


def nested(event, context):
    def inner():
        raise RuntimeError("inner")

    inner()


def chained(event, context):
    try:
        {}["absent"]
    except KeyError as error:
        raise OrderError("outer") from error


def recursive(event, context):
    return recursive(event, context)


def surrogate_message(event, context):
    raise ValueError("broken \ud800 text")


def silent(event, context):
    raise Silent()


def imports(event, context):
    import no_such_module


def many_lines(event, context):
    raise ValueError("one\ntwo")


def one_argument(event):
    return event


not_callable = 5


class Callable:
    def __call__(self, event, context):
        return "called"


callable_object = Callable()


async def coroutine(event, context):
    return 1


def surrogate_result(event, context):
    return "\ud800"
