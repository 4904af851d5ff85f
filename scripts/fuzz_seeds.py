"""Writes the tests' utterances (target `understand`), scenarios (target `converse`), changes of a file (target `vault`) or SIP messages of
RFC 4475 (target `look`) as first inputs of a fuzz target.

    python3 scripts/fuzz_seeds.py understand|converse|vault|look FOLDER
"""

import hashlib
import json
import pathlib
import sys

SHOPS = ["haengbok", "byeol", "sotong", "gugu", "maeum"]


def utterances():
    path = pathlib.Path("crates/nlu/tests/data/utterances.jsonl")
    for row in map(json.loads, path.read_text().splitlines()):
        yield bytes([SHOPS.index(row["shop"]), 0]) + row["text"].encode()


def scenarios():
    path = pathlib.Path("crates/rehearse/tests/data/own.jsonl")
    for row in map(json.loads, path.read_text().splitlines()):
        opens = row["opens"] if isinstance(row["opens"], list) else [row["opens"]]
        known = [answers[0] for answers in row.get("knows", {}).values() if answers]
        lines = opens + known + ["네 맞아요", "아니요 됐어요"]
        yield bytes([SHOPS.index(row["shop"])]) + "\n".join(lines).encode()


def changes():
    """Each kind of input, and a file changed or cut around the edges of its chunks (52 octets, then 4124 each)."""
    yield b"\0\1BISEOSND\1"
    yield b"\1\1" + b"A" * 60
    yield b"\2\1" + bytes(28)
    for at in (8, 12, 20, 51, 52, 64, 4160, 4175, 4176, 8299, 8300, 8427):
        for by in (0, 1, 128):
            yield b"\3\7" + at.to_bytes(2, "little") + bytes([by])


def messages():
    for path in sorted(pathlib.Path("tests/torture").glob("*.dat")):
        yield path.read_bytes()
    yield b"\r\n\r\n"
    yield bytes([0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]) + bytes(12)


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    for data in {"understand": utterances, "converse": scenarios, "vault": changes, "look": messages}[target]():
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
