"""Addresses as sources write them."""

from urllib.parse import urljoin


def joined(base: str, address: str) -> str:
    """`address` made whole by `base`; as it is where it is none, as http://[, on which `urljoin` raises ValueError."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address
