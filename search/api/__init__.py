"""What other programs may ask: `/api/v1/resources`, what a box offers, suggested standards."""
