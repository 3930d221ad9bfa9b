"""Broken files without end, each the same whenever it is asked for: whole ones of every format, damaged by number."""

import gzip
import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from tests.importers.dialects import FILES, zipped
from tests.importers.odd_tables import odd_statements
from tests.importers.test_readers import TestOpenSaltWorkbook
from tests.importers.test_tables import FLAT, LEVELS, table

ODD = "odd table"
SEEDS = {
    **FILES,
    **{f"{'workbook' if data[:2] == b'PK' else 'table'}: {name}": data for name, data in FLAT.items()},
    "table: levels": table(["Strand", "Cluster", "Code", "Standard"], *LEVELS["merged"]),
    "workbook: OpenSALT": TestOpenSaltWorkbook().write(),
}
KINDS = sorted({*(name.partition(":")[0] for name in SEEDS), ODD})
_MEGABYTES = 60
_XML_BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {name} "{f"&{below};" * 10}">' for below, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def broken(number: int) -> tuple[str, bytes]:
    """(what was done, the file) of a number."""
    chance = random.Random(number)
    kind = chance.choice(KINDS)
    if kind == ODD:
        return ODD, odd_statements(chance)
    name = chance.choice(sorted(name for name in SEEDS if name.startswith(f"{kind}:")))
    done, data = damaged(SEEDS[name], chance)
    return f"{name}: {done}", data


def damaged(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """(what was done to it, what came of it): one or two of the ways that its format has."""
    ways = [_cut, _flip, _lose, _repeat, _insert, _other_encoding, *_ways_for(data)]
    done = []
    for _ in range(chance.choice([1, 1, 2])):
        way = chance.choice(ways)
        data = way(data, chance)
        done.append(way.__name__.strip("_"))
    return ", ".join(done), data


Way = Callable[[bytes, random.Random], bytes]


def _ways_for(data: bytes) -> list[Way]:
    if data.startswith(b"PK"):
        return [_inside_zip, _inside_zip, _zip_bomb, _many_files]
    if data.startswith(b"\x1f\x8b"):
        return [_gzip_bomb, _inside_gzip]
    if data.lstrip(b"\xef\xbb\xbf \n")[:1] in (b"{", b"["):
        return [_wrong_types, _wrong_types, _deep, _huge_number, _odd_text, _exchange, _exchange, _twice]
    if data.lstrip()[:1] == b"<":
        return [_entities, _deep_xml, _odd_xml]
    return [_wild_table, _huge_cell]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _flip(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice([1, 3, 30]) if found else 0):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _slice(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.randrange(1, 400))


def _lose(data: bytes, chance: random.Random) -> bytes:
    start, end = _slice(data, chance)
    return data[:start] + data[end:]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    start, end = _slice(data, chance)
    return data[:end] + data[start:end] * chance.choice([1, 2, 200]) + data[end:]


def _insert(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return (
        data[:place]
        + chance.choice([b"\0", b"\xff\xfe", chance.randbytes(50), b"\n\n", b'"', b"\xed\xa0\x80"])
        + data[place:]
    )


def _other_encoding(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(
        chance.choice(["utf-16", "utf-16-le", "utf-32", "utf-7", "cp1252", "cp037"]), "replace"
    )


# -- JSON


def _places(raw: Any) -> list[tuple[Any, Any]]:
    """(holder, key) of every value inside, however deep."""
    found: list[tuple[Any, Any]] = []
    pending = [raw]
    while pending:
        holder = pending.pop()
        members = (
            holder.items()
            if isinstance(holder, dict)
            else enumerate(holder)
            if isinstance(holder, list)
            else ()
        )
        for key, member in members:
            found.append((holder, key))
            pending.append(member)
    return found


def _in_json(data: bytes, chance: random.Random, change: Callable[[Any, Any], Any]) -> bytes:
    """Changes a few values anywhere; in JSON Lines, of a few lines."""
    try:
        text = data.decode("utf-8-sig")
        values = [json.loads(text)]
    except ValueError:
        try:
            values = [json.loads(line) for line in text.splitlines()]
        except (ValueError, UnboundLocalError, RecursionError):
            return _flip(data, chance)
    except RecursionError:
        return _flip(data, chance)
    for _ in range(chance.choice([1, 3, 10])):
        places = _places(chance.choice(values)) if values else []
        if places:
            holder, key = chance.choice(places)
            holder[key] = change(holder, key)
    try:
        return "\n".join(json.dumps(value) for value in values).encode()
    except RecursionError:
        return _cut(data, chance)


def _wrong_types(data: bytes, chance: random.Random) -> bytes:
    def change(holder: Any, key: Any) -> Any:
        options = [
            None, True, 0, -1, 1.5, "", " ", "x" * 5000, [], {}, [[]], [None], {"": None}, {"a": {"b": []}}, "2024-13-45",
            "isChildOf", holder[key], [holder[key]], {"value": holder[key]}, "urn:uuid:", "http://[", "{}", "\ud800", "a\0b",
        ]  # fmt: skip
        return chance.choice(options)

    return _in_json(data, chance, change)


def _deep(data: bytes, chance: random.Random) -> bytes:
    def change(holder: Any, key: Any) -> Any:
        found: Any = []
        for _ in range(chance.choice([50, 400, 900])):
            found = [found] if chance.random() < 0.5 else {"children": found}
        return found

    found = _in_json(data, chance, change)
    return found.replace(b"[]", b"[" * 20_000 + b"]" * 20_000, 1) if chance.random() < 0.3 else found


def _huge_number(data: bytes, chance: random.Random) -> bytes:
    mark = "98765432123456789"
    found = _in_json(data, chance, lambda holder, key: int(mark))
    number = chance.choice(
        ["9" * 6000, "1e400", "-1e308", "9" * 300, "1e-400", "NaN", "-Infinity", "2147483648"]
    )
    return found.replace(mark.encode(), number.encode())


def _odd_text(data: bytes, chance: random.Random) -> bytes:
    odd = [
        "\u202e",
        "\ud83d",
        "\U0010ffff",
        "\x00",
        "a" * 300_000,
        "\u2028",
        "<script>",
        "$" * 5000,
        "\\frac{" * 2000,
    ]
    return _in_json(data, chance, lambda holder, key: chance.choice(odd))


def _exchange(data: bytes, chance: random.Random) -> bytes:
    """Values of one key change places: identifiers, so that links go in circles; codes; types and days among each other."""
    text = data.decode("utf-8-sig", "replace")
    pairs = re.findall(r'"(\w+)": ?("(?:[^"\\]|\\.)*")', text)
    by_key: dict[str, list[str]] = {}
    for key, value in pairs:
        by_key.setdefault(key, []).append(value)
    several = [values for values in by_key.values() if len({*values}) > 1]
    for _ in range(chance.choice([1, 2, 5]) if several else 0):
        one, other = chance.sample(sorted({*chance.choice(several)}), 2)
        text = text.replace(one, other, chance.choice([1, 1, 2, -1]))
    return text.encode("utf-8", "replace")


def _twice(data: bytes, chance: random.Random) -> bytes:
    """A member of a list stands in it once more, perhaps with one value changed: the same name, other words."""

    def again(holder: Any, key: Any) -> Any:
        if isinstance(holder, list):
            copy = json.loads(json.dumps(holder[key]))
            if isinstance(copy, dict) and copy and chance.random() < 0.7:
                copy[chance.choice(sorted(copy))] = chance.choice(["changed", "", None, 7])
            holder.append(copy)
        return holder[key]

    return _in_json(data, chance, again)


# -- XML


def _entities(data: bytes, chance: random.Random) -> bytes:
    outside = '<!DOCTYPE r [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
    head = chance.choice([_XML_BOMB, outside, '<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd">'])
    found = re.sub(rb"^<\?xml.*?\?>", b"", data)
    return head.encode() + found.replace(b"</", b"&i;</", 1)


def _deep_xml(data: bytes, chance: random.Random) -> bytes:
    depth = chance.choice([90, 200, 5000, 100_000])
    return data.replace(b"</", b"<r:a>" * depth + b"</r:a>" * depth + b"</", 1)


def _odd_xml(data: bytes, chance: random.Random) -> bytes:
    old = chance.choice([b"r:about=", b"r:resource=", b"asn:", b"xmlns:", b"Statement", b"<t:", b"</g:"])
    new = chance.choice([b"", b"r:ID=", b"x:", b"<![CDATA[", b"\x01", b"r:parseType='Resource' r:x="])
    return data.replace(old, new, chance.choice([1, 5, -1]))


# -- archives and workbooks


def _members(data: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]
    except Exception:  # noqa: BLE001 it was broken before
        return []


def _inside_zip(data: bytes, chance: random.Random) -> bytes:
    members = _members(data)
    if not members:
        return _flip(data, chance)
    place = chance.randrange(len(members))
    name, inner = members[place]
    way = chance.choice(
        [_flip, _lose, _repeat, _entities, _cells] if inner[:1] == b"<" else [_flip, _cut, _lose]
    )
    members[place] = (name, way(inner, chance))
    return zipped(*members)


def _cells(data: bytes, chance: random.Random) -> bytes:
    old = chance.choice([b'r="A1"', b'r="B2"', b'r="2"', b't="s"', b"<v>0</v>", b"<v>1</v>", b"</sheetData>"])
    row = b'<row r="1048577"><c r="XFD1048577"/></row>'
    new = chance.choice(
        [
            b'r="XFD1048576"',
            b'r="ZZZZ9"',
            b'r="-1"',
            b't="e"',
            b"<v>999999999</v>",
            row * 50 + b"</sheetData>",
        ]
    )
    return data.replace(old, new)


def _zip_bomb(data: bytes, chance: random.Random) -> bytes:
    """A sheet, or a member beside it, that is small here and unpacks to much."""
    members = _members(data)
    if not members:
        return data
    place = chance.randrange(len(members))
    name, inner = members[place]
    row = b'<row><c t="inlineStr"><is><t>' + b"a" * 500 + b"</t></is></c></row>"
    filling = chance.choice([b" " * 1_000_000, row * 2000])
    members[place] = (
        name,
        inner.replace(b"</sheetData>", filling * _MEGABYTES + b"</sheetData>") + filling * _MEGABYTES,
    )
    return zipped(*members)


def _many_files(data: bytes, chance: random.Random) -> bytes:
    return zipped(
        *_members(data), *((f"{number}.json", b"{}") for number in range(chance.choice([20, 1500])))
    )


def _gzip_bomb(data: bytes, chance: random.Random) -> bytes:
    bomb = gzip.compress(b"[" * 3 + b" " * 150_000_000, 1)
    return chance.choice([bomb, data + bomb, gzip.compress(data)])


def _inside_gzip(data: bytes, chance: random.Random) -> bytes:
    try:
        inner = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return _flip(data, chance)
    return gzip.compress(chance.choice([_flip, _cut, _wrong_types, _lose])(inner, chance))


# -- tables


def _wild_table(data: bytes, chance: random.Random) -> bytes:
    wild = [
        b'"',
        b",,,,,,,,",
        b";" * 600,
        b"\r",
        b"\0",
        b'""""',
        b"=HYPERLINK(1)",
        b"1.2.3.4.5.6",
        b"\t",
        b"|" * 50,
    ]
    found = data
    for _ in range(chance.choice([1, 5, 20])):
        place = chance.randrange(len(found) + 1)
        found = found[:place] + chance.choice(wild) + found[place:]
    return found


def _huge_cell(data: bytes, chance: random.Random) -> bytes:
    return data.replace(
        b"N.1", chance.choice([b"x" * 200_000, b"9" * 400, b"N", b""]), chance.choice([1, -1])
    )
