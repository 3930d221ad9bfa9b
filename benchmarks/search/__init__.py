"""How fast search is, from the engine to the page: `python -m benchmarks.search [SIZES]`."""
