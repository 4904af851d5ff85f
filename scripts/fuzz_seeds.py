"""Writes the tests' utterances (target `understand`) or scenarios (target `converse`) as first inputs of a fuzz target.

    python3 scripts/fuzz_seeds.py understand|converse FOLDER
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


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    for data in utterances() if target == "understand" else scenarios():
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
