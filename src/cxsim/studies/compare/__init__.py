"""Results held against each other."""
