"""Sets where modules are found: the function's own folders first, as on Lambda."""

import os
import site
import sys
from importlib.machinery import PathFinder

# On Lambda these modules are imported before any code of the function. A file of the function
# with the same name, such as `types.py` or `logging.py`, therefore never takes their place.
_IMPORTED_BY_LAMBDA = frozenset(
    """
    __future__ abc array atexit base64 binascii codecs collections concurrent copyreg datetime decimal
    email encodings enum errno functools genericpath http importlib io itertools json keyword linecache
    logging math numbers operator os posixpath queue quopri re reprlib select selectors site socket ssl
    stat string struct threading time traceback types urllib warnings weakref
    """.split()
)


class _StandardLibraryFinder:
    """Finds those modules where they were before the function's folders were added."""

    def __init__(self, path):
        self._path = path

    def find_spec(self, name, path=None, target=None):
        if path is None and name in _IMPORTED_BY_LAMBDA:
            return PathFinder.find_spec(name, self._path)
        return None


class _MissingPackageFinder:
    """Finds nothing, and says how to get a package that's part of Lambda's runtime and was found nowhere."""

    def __init__(self, packages, command):
        self._packages = packages
        self._command = command

    def find_spec(self, name, path=None, target=None):
        package = self._packages.pop(name, None) if path is None else None
        if package:
            how = " To install it for Local, run: %s %s" % (self._command, package) if self._command else ""
            print(
                "Lambda's Python runtime includes %s, and this Python doesn't have it.%s" % (package, how),
                flush=True,
            )
        return None


def add_packages_folder(folder, packages, command):
    """Has packages that Lambda's runtime includes found in a folder after all others, if there's such a folder.

    `packages` are those that it includes, by module, and `command` installs them.
    """
    if folder:
        sys.path.append(folder)
    sys.meta_path.append(_MissingPackageFinder(packages, command))


def add_function_folders(task_root, layers, python_path):
    """Puts the code, its layers and its `PYTHONPATH` in front, and reads the `.pth` files of the first two."""
    finder = _StandardLibraryFinder(list(sys.path))
    sys.meta_path.insert(sys.meta_path.index(PathFinder), finder)
    sys.path[:0] = [task_root, *layers, *(os.path.join(task_root, folder) for folder in python_path)]
    for folder in [task_root, *layers]:
        site.addsitedir(folder)
