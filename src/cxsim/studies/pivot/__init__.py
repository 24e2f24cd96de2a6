"""When to pivot: fork a firm that never pivots at every candidate moment, and compare the futures on the same luck."""
