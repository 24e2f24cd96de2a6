"""Designs of many runs, and what is read off them."""
