"""The search page: its views, and what its templates need."""
