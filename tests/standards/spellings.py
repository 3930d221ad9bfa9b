"""The ways in which people write a code or an identifier: for tests of the look-up."""

import random
from collections.abc import Callable
from string import ascii_uppercase, digits

from standards.models import Item


def _parts(code: str) -> list[str]:
    return code.replace("-", ".").split(".")


def _without_cluster(code: str) -> str:
    """6.RP.A.3: 6.RP.3. A code without a cluster's letter stays as it is."""
    parts = code.split(".")
    for at in range(1, len(parts) - 1):
        is_letter = len(parts[at]) == 1 and parts[at].isalpha() and parts[at] != "K"
        if is_letter and parts[at - 1].replace("-", "").isalpha() and parts[at + 1][0].isdigit():
            return ".".join(parts[:at] + parts[at + 1 :])
    return code


CODE_SPELLINGS: dict[str, Callable[[str], str]] = {
    "as the source has it": str,
    "in small letters": str.lower,
    "in capitals": str.upper,
    "without separators": lambda code: "".join(_parts(code)),
    "in small letters, without separators": lambda code: "".join(_parts(code)).lower(),
    "with hyphens": lambda code: "-".join(_parts(code)),
    "with dashes": lambda code: "–".join(_parts(code)),
    "with spaces": lambda code: " ".join(_parts(code)),
    "with slashes": lambda code: "/".join(_parts(code)),
    "with underscores": lambda code: "_".join(_parts(code)),
    "with spaces around it": lambda code: f"  {code}\t",
    "at the end of a sentence": lambda code: f"{code}.",
    "in brackets": lambda code: f"({code})",
    "in wide letters": lambda code: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in code),
    "with its whole prefix": lambda code: f"CCSS.MATH.CONTENT.{code}",
    "with a short prefix": lambda code: f"CCSS.Math.{code}",
    "with the name of the framework": lambda code: f"CCSS {code}",
    "with the framework's letter": lambda code: f"CCSS-M {code}",
    "with the word standard": lambda code: f"Standard {code}",
    "without its cluster": _without_cluster,
    "short and without separators": lambda code: "".join(_parts(_without_cluster(code))).lower(),
}
NAME_SPELLINGS: dict[str, Callable[[Item], str]] = {
    "identifier": lambda item: item.identifier,
    "identifier in capitals": lambda item: item.identifier.upper(),
    "identifier in braces": lambda item: f"{{{item.identifier.upper()}}}",
    "identifier as a URN": lambda item: f"urn:uuid:{item.identifier}",
    "identifier without hyphens": lambda item: item.identifier.replace("-", ""),
    "address": lambda item: item.uri,
    "address with the other scheme": lambda item: item.uri.replace("https:", "http:"),
    "address with a slash at its end": lambda item: f"{item.uri}/",
}


def with_one_wrong_character(code: str, chance: random.Random) -> str:
    """The code with a letter or digit replaced by any other."""
    at = chance.choice([at for at, character in enumerate(code) if character.isalnum()])
    other = chance.choice([one for one in ascii_uppercase + digits if one != code[at].upper()])
    return code[:at] + other + code[at + 1 :]
