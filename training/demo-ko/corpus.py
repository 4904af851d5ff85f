"""What is spoken to the network: a mix of template sentences, their words in other orders, dictionary words, syllables and values."""

import random
import re
import unicodedata
from pathlib import Path

from expand import contains_heldout, heldout_sentences, train_templates, training_sentences
from grammar import agree, key
from slots import FAMILY, SLOTS, native, sino

DICTIONARY = Path("/usr/share/hunspell/ko.dic")  # hunspell-ko; only a source of words to be spoken
PARTICLES = "은 는 이 가 을 를 에 에서 으로 도 만 까지 부터 하고 랑 에게 한테 처럼 보다 의 이나 과 이요 입니다 이에요 인데요 이라고 이고 밖에 마다 께서".split()
ENDINGS = ("다 고 지만 는데 는데요 어요 아요 습니다 습니까 을까요 겠어요 겠습니다 었어요 았어요 지요 네요 거든요 으면 면 으니까 니까 려고 려고요 자 세요 "
           "으세요 었는데 게 지 도록 나요 는지 기 던데요 더라고요 잖아요 어서 아서 었습니다 았습니다 려면 어도").split()
# Syllable weights: how often the parts occur, roughly, in Korean text.
INITIAL_WEIGHTS = [9, 2, 8, 8, 2, 7, 5, 5, 1, 9, 1, 22, 8, 1, 3, 2, 3, 2, 7]
VOWEL_WEIGHTS = [20, 6, 1, .3, 11, 6, 4, 2, 11, 2, 1, 2, 2, 9, 2, .3, 1, 2, 11, 2, 18]
FINAL_WEIGHTS = [50, 6, .3, .1, 15, .2, .6, 1, 9, .3, .1, .05, .05, .02, .05, .1, 5, 4, .6, 2, 3, 9, .5, .3, .3, .8, .6, .5]
# Shares of the mix; an empty text is noise or silence alone.
MIX = {"template": 46, "recombined": 17, "dictionary": 12, "values": 13, "syllables": 7, "spliced": 3, "empty": 2}


def syllable(r):
    return chr(0xAC00 + (r.choices(range(19), INITIAL_WEIGHTS)[0] * 21 + r.choices(range(21), VOWEL_WEIGHTS)[0]) * 28
               + r.choices(range(28), FINAL_WEIGHTS)[0])


def dictionary_words():
    """Hangul words of two to six syllables, verbs by their stem."""
    words = []
    for line in DICTIONARY.read_text(encoding="utf-8").splitlines()[1:]:
        word = unicodedata.normalize("NFC", line.split("/")[0].strip())
        if re.fullmatch("[가-힣]{1,6}", word):
            words.append(word)
    return words


class Corpus:
    """Draws (kind, text) pairs; a seed fixes them."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        quiet = lambda *_: None
        self.held = {key(s) for s in heldout_sentences()}
        self.templates = train_templates(quiet)
        self.sentences = training_sentences(self.r, self.templates, self.held)
        self.lexicon = dictionary_words()
        self.words = sorted({w for _ in range(15000) for w in next(self.sentences).split()})

    def draw(self):
        kind = self.r.choices(list(MIX), MIX.values())[0]
        while True:
            text = getattr(self, kind)()
            if kind == "empty" or (text and len(text) <= 75 and not contains_heldout(text, self.held)):
                return kind, text

    def template(self):
        return next(self.sentences)

    def spliced(self):
        return next(self.sentences) + " " + next(self.sentences)

    def recombined(self):
        return " ".join(self.r.choice(self.words) for _ in range(self.r.randint(1, 6)))

    def dictionary_word(self):
        r, word = self.r, self.r.choice(self.lexicon)
        if word.endswith("다") and len(word) > 1:
            return word[:-1] + r.choice(ENDINGS) if r.random() < 0.85 else word
        particle = r.choice(PARTICLES) if r.random() < 0.6 else ""
        return word + agree(word, particle)

    def dictionary(self):
        return " ".join(self.dictionary_word() for _ in range(self.r.randint(1, 5)))

    def syllables(self):
        r = self.r
        return " ".join("".join(syllable(r) for _ in range(r.randint(1, 5))) for _ in range(r.randint(1, 4)))

    def values(self):
        r = self.r
        kind = r.random()
        if kind < 0.12:
            text = sino(int(10 ** r.uniform(0, 8)))
        elif kind < 0.2:
            text = native(r.randint(1, 99)) + " " + r.choice(["시", "명", "살", "개", "번", "분", "마리", "시간", "장", "대", "달", "가지"])
        elif kind < 0.26:
            text = r.choice(FAMILY) + syllable(r) + syllable(r)
        elif kind < 0.3:
            text = sino(r.randint(1900, 2099)) + "년 " + SLOTS["date"](r)
        else:
            text = SLOTS[r.choice(["when", "date", "time", "n_people", "name", "name", "phone", "phone", "count", "minutes", "money", "addr", "digits",
                                   "item", "service", "staff", "shop"])](r)
        end = r.random()
        if end < 0.4:
            return text
        if end < 0.8:
            return text + agree(text, r.choice(["이요", "이에요", "이고요", "입니다", "인데요", "으로", "이라고", "은", "이", "을", "에", "까지", "부터", "요"]))
        return text + " " + self.values_tail()

    def values_tail(self):
        r = self.r
        return r.choice(self.words) if r.random() < 0.5 else SLOTS[r.choice(["time", "n_people", "name", "phone", "count", "item"])](r)

    def empty(self):
        return ""
