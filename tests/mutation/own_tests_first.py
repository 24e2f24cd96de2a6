"""Run the tests of the source file that was changed last, which find most mutants, and then, if these pass, all others.

    python tests/mutation/own_tests_first.py SOURCES TESTS [arguments of pytest]

``TESTS`` mirrors ``SOURCES``: ``a/b.py`` is tested by ``a/test_b.py``.
"""

import subprocess
import sys
from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not compiled")

sources, tests = map(Path, sys.argv[1:3])
changed = max(sources.rglob("*.py"), key=lambda path: path.stat().st_mtime_ns).relative_to(sources)
own = tests / changed.with_name(f"test_{changed.name}")
failed = own.exists() and subprocess.call([*PYTEST, str(own)])
sys.exit(failed or subprocess.call([*PYTEST, *sys.argv[3:]]))
