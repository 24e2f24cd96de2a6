"""JSON files that carry a digest of their own content, so that no damage to them goes unnoticed."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxsim.errors import StoreError
from cxsim.store import disk

DIGEST = "digest"


def checksummed_text(content: Mapping[str, Any]) -> str:
    """Return an object as JSON text, its last key the digest of all others."""
    rest = {key: value for key, value in content.items() if key != DIGEST}
    return json.dumps(rest | {DIGEST: digest_of(rest)}, indent=2, ensure_ascii=False) + "\n"


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of an object, however its JSON is laid out."""
    plain = json.loads(json.dumps(content))
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def parse_checksummed(text: str | bytes) -> tuple[dict[str, Any], bool]:
    """Return the object without its digest, and whether it is as it was written. Raises :class:`ValueError` for no object."""
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("not an object")
    digest = content.pop(DIGEST, None)
    return content, digest == digest_of(content)


def write_checksummed(path: Path, content: Mapping[str, Any], resume: str = disk.AGAIN) -> None:
    """Let a checksummed file appear complete or not at all. Raises :class:`StoreError`."""
    disk.write_whole(path, checksummed_text(content).encode(), resume)


def read_checksummed(path: Path) -> dict[str, Any]:
    """Return what a checksummed file holds. Raises :class:`StoreError` when it is missing or not as it was written."""
    try:
        content, good = parse_checksummed(path.read_bytes())
    except FileNotFoundError as error:
        raise StoreError(f"{path} is missing") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is damaged") from error
    if not good:
        raise StoreError(f"{path} is damaged")
    return content
