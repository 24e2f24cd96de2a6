"""The phases of a month in the fast engine, one file each: they loop, gather, call rules and scatter, and decide nothing."""
