"""Has a function find the files of its layers by their paths in `/opt`, where Lambda unpacks them.

A later layer comes first, because its files replace those of an earlier one. What no layer has is looked for where the
path says.
"""

import _io
import builtins
import functools
import io
import os
import posixpath
import sys
from importlib.machinery import PathFinder

_stat = os.stat
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class _Replacement:
    """A function in place of a built-in one: like that, it isn't a method where a class has it as an attribute."""

    def __init__(self, original, call):
        functools.update_wrapper(self, original)
        self._call = call

    def __call__(self, *args, **kwargs):
        return self._call(*args, **kwargs)

    # Sets such as `os.supports_fd` contain it.
    def __eq__(self, other):
        return self.__wrapped__ == getattr(other, "__wrapped__", other)

    def __hash__(self):
        return hash(self.__wrapped__)


class _MergedScan:
    """The entries of a folder that several layers have, as `os.scandir` returns those of one."""

    def __init__(self, scans):
        entries = {}
        for scan in reversed(scans):
            with scan:
                entries.update((entry.name, entry) for entry in scan)
        self._entries = iter(entries.values())

    def __iter__(self):
        return self._entries

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._entries = iter(())


class _LayerFinder:
    """Finds the modules of a folder in `/opt`."""

    def __init__(self, folders, others):
        self._folders = folders
        self._others = others

    def find_spec(self, name, target=None):
        specs = (finder.find_spec(name, target) for finder in self._others)
        return PathFinder.find_spec(name, self._folders, target) or next(filter(None, specs), None)


def _in_layers(layers, path):
    try:
        text = os.fspath(path)
    except TypeError:
        return []
    if not isinstance(text, str) or text[1:4] != "opt":
        return []
    normal = posixpath.normpath(text.replace(os.sep, "/"))
    if normal != "/opt" and not normal.startswith("/opt/"):
        return []
    return [os.path.normpath(layer + normal[len("/opt") :]) for layer in layers]


def _exists(path):
    try:
        _stat(path)
    except OSError:
        return False
    return True


def _opens_for_reading(mode="r", *_, **__):
    return not set(mode) & set("wax+")


def use_layers(folders):
    """Has these folders of layers, the last one of which counts most, taken for `/opt`. Does nothing without any."""
    layers = folders[::-1]
    if not layers:
        return
    _replace_reading(layers)
    _find_modules(layers)


def _find_modules(layers):
    def finder_for(path):
        in_layers = [each for each in _in_layers(layers, path) if _other_finders(finder_for, each)]
        if not in_layers:
            raise ImportError("no folder or archive of modules in a layer", path=path)
        return _LayerFinder(in_layers, _other_finders(finder_for, path))

    sys.path_hooks.insert(0, finder_for)


def _other_finders(own_hook, path):
    for hook in sys.path_hooks:
        if hook is own_hook:
            continue
        try:
            return [hook(path)]
        except ImportError:
            pass
    return []


def _replace_reading(layers):
    def found(path):
        return [each for each in _in_layers(layers, path) if _exists(each)]

    def replace(owners, name, is_for_reading=lambda *_, **__: True, merge=None, parameter="path"):
        original = getattr(owners[0], name)

        def call(*args, **kwargs):
            if parameter in kwargs:
                args = (kwargs.pop(parameter), *args)
            if not args:
                return original(**kwargs)
            path, *rest = args
            paths = found(path) if is_for_reading(*rest, **kwargs) else []
            if merge and len(paths) > 1:
                return merge([original(each, *rest, **kwargs) for each in paths])
            return original(paths[0] if paths else path, *rest, **kwargs)

        for owner in owners:
            setattr(owner, name, _Replacement(original, call))

    replace([builtins, io], "open", _opens_for_reading, parameter="file")
    replace([io, _io], "open_code")
    replace([os], "open", lambda flags=0, *_, **__: not flags & _WRITING)
    for name in ("access", "lstat", "readlink", "stat"):
        replace([os], name)
    replace([os], "listdir", merge=lambda lists: list(dict.fromkeys(name for each in lists for name in each)))
    replace([os], "scandir", merge=_MergedScan)
