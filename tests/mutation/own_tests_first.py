"""Run pytest with the tests of the source file that was changed last put first, for these find most mutants.

    python tests/mutation/own_tests_first.py SOURCES TESTS [arguments of pytest]

``TESTS`` mirrors ``SOURCES``: ``a/b.py`` is tested by ``a/test_b.py``.
"""

import sys
from pathlib import Path

import pytest

sources, tests = map(Path, sys.argv[1:3])
changed = max(sources.rglob("*.py"), key=lambda path: path.stat().st_mtime_ns).relative_to(sources)
own = tests / changed.with_name(f"test_{changed.name}")
sys.exit(pytest.main(["--keep-duplicates", *([str(own)] if own.exists() else []), *sys.argv[3:]]))
