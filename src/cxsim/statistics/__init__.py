"""Intervals, resampling of seeds, comparison with the best, designs of samples."""
