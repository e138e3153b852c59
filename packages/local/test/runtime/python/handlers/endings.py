"""Handlers that end their process."""

import os
import signal
import sys


def exits(event, context):
    print("before", end="")
    sys.exit(4)


def exits_well(event, context):
    sys.exit()


def exits_with_words(event, context):
    sys.exit("out of luck")


def leaves(event, context):
    print("unfinished", end="")
    os._exit(7)


def interrupted(event, context):
    raise KeyboardInterrupt


def killed(event, context):
    os.kill(os.getpid(), signal.SIGKILL)


def terminated(event, context):
    os.kill(os.getpid(), signal.SIGTERM)
    signal.pause()


def hangs(event, context):
    print("waiting")
    signal.pause()
