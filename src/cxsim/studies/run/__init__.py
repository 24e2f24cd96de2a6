"""The study of a scenario: every arm on the same seeds."""
