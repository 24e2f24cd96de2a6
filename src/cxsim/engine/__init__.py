"""How a case is run: the readable reference engine, the fast engine, and the tool that holds them equal."""
