"""CASE (1EdTech Competencies and Academic Standards Exchange): how its records map to ours, and how they go out."""
