"""Which factors of a sweep matter: elementary effects (Morris) and shares of variance (Sobol'), with intervals."""
