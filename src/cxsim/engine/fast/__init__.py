"""The fast engine: the month's rules over arrays, in compiled loops."""
