"""Sweeps: many runs of a scenario at many points, that survive whatever happens to them."""
