"""Search in Wagtail's admin: picked results, and the weights that order the rest."""
