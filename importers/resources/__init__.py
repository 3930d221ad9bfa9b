"""Importing resources: source -> draft -> plan -> apply, as for frameworks, into one district."""
