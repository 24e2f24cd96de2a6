"""The science: parameters, state, chance and rules. No files, no frames, no clocks, no printing."""
