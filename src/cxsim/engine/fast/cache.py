"""Where compiled code is kept, and whether it is there: known without numba, which takes half a second to import."""

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from cxsim.user_cache import cache_folder

PACKAGE = Path(__file__).resolve().parents[2]


@cache
def source_digest() -> str:
    """Digest of every source file that ends up in compiled code, of what compiles it, and of where it lies.

    numba files compiled code by the place of its source, so that code compiled from elsewhere is of no use here. It notices a
    change in the file of a kernel but not in the files of the rules it calls, and would go on with old answers; a folder per
    digest of all sources closes that.
    """
    digest = hashlib.sha256(f"{sys.version} {version('numba')} {version('numpy')} {PACKAGE}".encode())
    for path in sorted([*PACKAGE.glob("model/**/*.py"), *PACKAGE.glob("engine/fast/**/*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def code_folder() -> Path | None:
    """Folder for compiled code of exactly these sources, None when nothing can be kept."""
    return cache_folder(source_digest())


def is_cached(name: str) -> bool:
    """Tell whether the kernel of that name is in the cache, compiled from these sources."""
    folder = code_folder()
    return folder is not None and any(folder.rglob(f"*.{name}-*.nbc"))
