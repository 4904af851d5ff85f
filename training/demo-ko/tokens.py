"""The output inventory: blank 0, space 1, then conjoining jamo, so that a final differs from an initial."""

import unicodedata

BLANK, SPACE = 0, 1
INITIALS = [chr(0x1100 + i) for i in range(19)]
VOWELS = [chr(0x1161 + i) for i in range(21)]
FINALS = [chr(0x11A8 + i) for i in range(27)]
SYMBOLS = ["<blk>", " "] + INITIALS + VOWELS + FINALS
IDS = {symbol: i for i, symbol in enumerate(SYMBOLS)}
VERSION = "jamo69-1"


def encode(text):
    """Ids of a text of Hangul and single blanks."""
    return [IDS[c] for c in unicodedata.normalize("NFD", text)]


def decode(ids):
    """Greedy CTC: repeats and blanks out, jamo composed to syllables."""
    out, last = [], BLANK
    for i in ids:
        if i != last and i != BLANK:
            out.append(SYMBOLS[i])
        last = i
    return " ".join(unicodedata.normalize("NFC", "".join(out)).split())


def write(path):
    """tokens.txt: `symbol id` per line; the blank is `<blk>`, the space's line holds a space before its id's space."""
    with open(path, "w", encoding="utf-8") as file:
        for i, symbol in enumerate(SYMBOLS):
            file.write(f"{symbol} {i}\n")
