"""The model held against theory."""
