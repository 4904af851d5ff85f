"""The template grammar: literal Hangul, `{slot}`, `(a|b|)` groups (nestable), and Korean particle agreement."""

import re
import unicodedata

from slots import SLOTS

LITERAL = re.compile(r"[가-힣 ]+")
# (form after a final consonant, form after a vowel); `으로` also stays `로` after ㄹ. Longest first.
PAIRS = [
    ("이라고", "라고"), ("이라는", "라는"), ("이라서", "라서"), ("이라도", "라도"), ("이네요", "네요"), ("이에요", "예요"),
    ("이군요", "군요"), ("이지요", "지요"), ("이거든요", "거든요"),
    ("이랑", "랑"), ("이나", "나"), ("이고", "고"), ("이죠", "죠"), ("이면", "면"), ("이요", "요"), ("이야", "야"),
    ("으로", "로"), ("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"),
]
# Single syllables that also begin other words: they agree only when nothing of the word follows.
SHORT = {"은", "는", "이", "가", "을", "를", "과", "와", "로", "랑", "나", "고", "면", "요", "야", "죠"}


class Malformed(ValueError):
    """A template that is not of the grammar; the text tells why."""


def parse(line):
    """A template as a list of ('text', s) | ('slot', name) | ('group', [parsed, …])."""
    if line != unicodedata.normalize("NFC", line):
        raise Malformed("not NFC")
    nodes, at = _sequence(line, 0, False)
    if at != len(line):
        raise Malformed(f"')' without '(' at {at}")
    if line != line.strip() or "  " in line:
        raise Malformed("dangling or doubled blank")
    for a, b in re.findall(r"([가-힣]+) ([가-힣]+)", line):
        if a == b and len(a) > 1:
            raise Malformed(f"repeated word {a}")
    for before in re.findall(r"([가-힣)}])\((?:좀|혹시|지금|너무|잘|안)\|", line):
        raise Malformed(f"group of words glued to {before!r}")
    return nodes


def _sequence(line, at, inside):
    nodes = []
    while at < len(line):
        char = line[at]
        if char == "{":
            end = line.find("}", at)
            slot = line[at + 1:end] if end > 0 else ""
            if slot not in SLOTS:
                raise Malformed(f"unknown slot {line[at:at + 12]!r}")
            nodes.append(("slot", slot))
            at = end + 1
        elif char == "(":
            options, at = _group(line, at + 1)
            nodes.append(("group", options))
        elif char in "|)":
            if not inside:
                raise Malformed(f"{char!r} outside a group")
            return nodes, at
        else:
            found = LITERAL.match(line, at)
            if not found:
                raise Malformed(f"character {char!r}")
            nodes.append(("text", found.group()))
            at = found.end()
    if inside:
        raise Malformed("'(' never closed")
    return nodes, at


def _group(line, at):
    options = []
    while True:
        option, at = _sequence(line, at, True)
        options.append(option)
        if line[at] == ")":
            if len(options) < 2:
                raise Malformed("group of one form")
            return options, at + 1
        at += 1


def final(syllable):
    """The index of a Hangul syllable's final consonant; 0 for none, None for no Hangul."""
    code = ord(syllable) - 0xAC00
    return code % 28 if 0 <= code < 11172 else None


def agree(before, after):
    """`after` with its leading particle in the form that the word `before` asks for."""
    last = final(before[-1]) if before else None
    if last is None or not after:
        return after
    for consonant, vowel in PAIRS:
        for form in sorted((consonant, vowel), key=len, reverse=True):
            if not after.startswith(form):
                continue
            rest = after[len(form):]
            if form in SHORT and rest and not rest.startswith(" ") and not (form in ("로", "는") and rest[0] in "요도만"):
                continue
            vowel_form = last == 0 or (consonant == "으로" and last == 8)
            return (vowel if vowel_form else consonant) + rest
    return after


def flatten(nodes, r):
    """One random choice of every group: a list of ('text'|'slot', s)."""
    out = []
    for kind, value in nodes:
        out += flatten(r.choice(value), r) if kind == "group" else [(kind, value)]
    return out


def all_flat(nodes, limit=20000):
    """Every choice of the groups (at most `limit`), each a list of ('text'|'slot', s)."""
    outs = [[]]
    for kind, value in nodes:
        tails = [[(kind, value)]] if kind != "group" else [f for option in value for f in all_flat(option, limit)]
        outs = [o + t for o in outs for t in tails]
        if len(outs) > limit:
            raise Malformed(f"more than {limit} forms")
    return outs


def render(flat, r):
    """Text of a flat template, slots filled, particles in agreement, blanks tidied."""
    out = ""
    after_value = False
    for kind, value in flat:
        piece = SLOTS[value](r) if kind == "slot" else value
        whole = {f for pair in PAIRS for f in pair}
        first = piece.split(" ")[0] if piece else ""
        if kind == "text" and out and (after_value or first in whole):
            piece = agree(out, piece)
        out += piece
        after_value = kind == "slot"
    return " ".join(out.split())


def key(text):
    """What two sentences are compared by: NFC, blanks gone."""
    return unicodedata.normalize("NFC", text).replace(" ", "")
