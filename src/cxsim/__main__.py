"""``python -m cxsim``."""

from cxsim.cli import main

main()
