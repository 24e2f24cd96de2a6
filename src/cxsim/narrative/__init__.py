"""How figures are written in sentences and tables."""
