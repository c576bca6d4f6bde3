"""Which folder of the scan a container image is built from, told by its name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from routelint.deferred import lazy_regex

_RECIPE = lazy_regex(r"(?:.*\.)?(?:dockerfile|containerfile)(?:\..*)?", re.IGNORECASE)
_NAME = lazy_regex(r"(?P<name>[\w.-]+)(?::[^/]*)?(?:@[^/]*)?$")


def is_recipe(path: str) -> bool:
    """Whether a file says how an image is built: `Dockerfile`, `api.Dockerfile`, `Containerfile`."""
    return _RECIPE.fullmatch(posixpath.basename(path)) is not None


def folder_of_image(image: str, paths: Iterable[str]) -> str | None:
    """The one folder with a Dockerfile that an image is named after (`registry/team/chat:1.4` -> `services/chat`).

    None where no folder, or more than one, has the image's name or ends it (`shop-chat`).
    """
    found = _NAME.search(image)
    if found is None:
        return None
    name = found["name"].lower()
    # Few paths have the word, and a look for it takes a tenth of the pattern's time.
    folders = sorted({posixpath.dirname(path) for path in paths if "file" in path.lower() and is_recipe(path)})
    same = [folder for folder in folders if _last(folder) == name]
    ends = [folder for folder in folders if folder and name.endswith(tuple(f"{mark}{_last(folder)}" for mark in "-_"))]
    return next((fitting[0] for fitting in (same, ends) if len(fitting) == 1), None)


def _last(folder: str) -> str:
    return posixpath.basename(folder).lower()
