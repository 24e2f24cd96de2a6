"""Where compiled code is kept, and whether it is there: known without numba, which takes half a second to import."""

import hashlib
import os
import sys
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]


@cache
def source_digest() -> str:
    """Digest of every source file that ends up in compiled code, of what compiles it, and of where it lies.

    numba files compiled code by the place of its source, so that code compiled from elsewhere is of no use here.
    """
    digest = hashlib.sha256(f"{sys.version} {version('numba')} {version('numpy')} {PACKAGE}".encode())
    for path in sorted([*PACKAGE.glob("model/**/*.py"), *PACKAGE.glob("engine/fast/**/*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def cache_folder() -> Path:
    """Folder for compiled code of exactly these sources: ``CXSIM_CACHE_DIR``, else the user's cache, else a temporary one.

    numba notices a change in the file of the kernel but not in the files of the rules it calls, and would go on with old
    answers; a folder per digest of all sources closes that.
    """
    base = os.environ.get("CXSIM_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    for root in (Path(base) / "cxsim", Path(tempfile.gettempdir()) / f"cxsim-{os.getuid() if hasattr(os, 'getuid') else 0}"):
        folder = root / source_digest()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="cxsim-"))


def is_cached(name: str) -> bool:
    """Tell whether the kernel of that name is in the cache, compiled from these sources."""
    return any(cache_folder().rglob(f"*.{name}-*.nbc"))
