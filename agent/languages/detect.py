"""Tell the language of a message by its script, its function words and the catalogue's words. No model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain

from .pack import Pack
from .tokens import Word, cut, has_kana, is_elided, is_han, key, stem

ENGLISH = "en"
_SHARED = 0.5
"""Weight of a word that another known language, or English, has too."""
_ENOUGH = 1.0
"""Weight from which a language shows."""
_SHARE = 0.3
"""Share of the words, names left out, that must speak for a language other than English."""
_LEAD = 0.25
"""Weight by which a language must lead the next one."""
_LETTER = 0.75
_LONGEST_TITLE = 8
_HAN_PER_WORD = 2
"""How many Chinese characters are about as long as one word of another script."""
_TELLING = 4
"""Letters from which one word alone tells a language though English borrows it: "gracias", not "ya"."""
_SHORTEST_FORM = 5
"""Letters from which a word counts as a form of another one."""


class Detector:
    """Recognise the languages of some packs, and English."""

    def __init__(
        self,
        packs: Sequence[Pack],
        catalog: Mapping[str, Mapping[str, str]],
        english: Collection[str],
        wordings: Iterable[str],
        *,
        is_title: Callable[[str], bool],
        is_english: Callable[[str], bool],
    ) -> None:
        """Weigh the words.

        Args:
            packs: the languages.
            catalog: language -> the catalogue's words in it, lower case.
            english: function words of English.
            wordings: what the catalogue's words are called in English.
            is_title: whether an item of the catalogue is called so; titles say nothing about a message's language.
            is_english: whether a word is an everyday English word.
        """
        self._is_title = is_title
        self._is_english = is_english
        self._english = frozenset(english)
        self._letters = {ch: pack.language for pack in packs for ch in pack.letters}
        self._languages = (ENGLISH, *(pack.language for pack in packs))
        self._han = next((pack.language for pack in packs if is_han(pack.function_words)), "")
        self._wholes: dict[tuple[str, ...], set[str]] = {}
        self._stems: dict[str, set[str]] = {pack.language: set() for pack in packs if pack.endings}
        self._endings = {pack.language: pack.endings for pack in packs}
        self._weights: dict[str, dict[str, float]] = {}
        for word in (*english, *(word.norm for wording in wordings for word in cut(wording))):
            if len(word) > 1:
                self._weights.setdefault(word, {})[ENGLISH] = 1.0
        for pack in packs:
            said = [
                *catalog.get(pack.language, ()),
                *chain(*pack.phrases.values(), *pack.questions.values(), *pack.alone.values()),
            ]
            for wording in (*said, *pack.numbers):
                whole = key(wording)
                if len(whole) > 1 or not all(map(is_english, whole)):
                    self._wholes.setdefault(whole, set()).add(pack.language)
                for norm in (norm for norm in whole if len(norm) > 2 and not norm[0].isdigit()):
                    # "Road movie" is said in French too; its words alone are English all the same.
                    if not is_english(norm) or len(whole) == 1:
                        self._weights.setdefault(norm, {})[pack.language] = _SHARED if is_english(norm) else 1.0
                    if pack.endings and not is_english(norm):
                        self._stems[pack.language].add(stem(norm, pack.endings))
            for norm in {word.norm for word in cut(pack.function_words)}:
                self._weights.setdefault(norm, {})[pack.language] = 1.0

    def detect(self, text: str, expected: str = ENGLISH) -> str:
        """Return the ISO 639-1 code of the language of ``text``, or "" when it does not show.

        A title, a name, a number or "ok" shows no language; nor does an English word such as "thriller" where another
        language is ``expected``, as many languages borrow it.
        """
        if has_kana(text):
            return ""
        words = cut(text)
        meant = self._wholes.get(tuple(word.norm for word in words), ())
        if len(meant) == 1:
            return next(iter(meant))
        han = [word for word in words if is_han(word.text)]
        spoken = self._spoken(words, text)
        spoken = [word for at, word in enumerate(spoken) if not at or not word.capital or word.ends_sentence_before]
        scores = self._scores(spoken, borrowing=expected != ENGLISH)
        if han and self._han:
            around = scores[ENGLISH] >= _ENOUGH and (len(words) - len(han)) * _HAN_PER_WORD >= len(han)
            return ENGLISH if around else self._han
        ranked = sorted(scores.items(), key=lambda pair: -pair[1])
        (language, score), (_, second) = (*ranked, ("", 0.0))[:2]
        if score < _ENOUGH or score - second < _LEAD:
            return ""
        nouns = [word.norm for word in words if word not in spoken]
        known = any(language in self._weights.get(noun, {}) for noun in nouns)  # "ein Krimi", unlike "Das Boot"
        if len(spoken) == 1 and not known and len(spoken[0].norm) < _TELLING and self._is_english(spoken[0].norm):
            return ""
        said = sum(not word.norm[0].isdigit() for word in spoken)
        if language != ENGLISH and score / max(1, said) < _SHARE:
            return ""
        return language

    def _scores(self, words: Sequence[Word], *, borrowing: bool) -> dict[str, float]:
        scores = dict.fromkeys(self._languages, 0.0)
        for at, word in enumerate(words):
            if word.capital and at and not word.ends_sentence_before:
                continue
            if len(word.norm) == 1 and not is_elided(words, at):
                continue
            weights = self._weights.get(word.norm) or self._inflected(word.norm)
            for language, weight in weights.items():
                if language == ENGLISH and borrowing and word.norm not in self._english:
                    continue
                scores[language] += weight * (_SHARED if len(weights) > 1 else 1.0)
            if not weights and not borrowing and word.text.isascii() and self._is_english(word.norm):
                scores[ENGLISH] += _SHARED
            for mark in {*word.text.lower(), *word.sep} & self._letters.keys():
                scores[self._letters[mark]] += _LETTER
        return scores

    def _inflected(self, norm: str) -> dict[str, float]:
        """Return the weights of a form of a known word; everyday English words are taken as English."""
        if len(norm) < _SHORTEST_FORM or self._is_english(norm):
            return {}
        return {
            language: 1.0 for language, stems in self._stems.items() if stem(norm, self._endings[language]) in stems
        }

    def _spoken(self, words: Sequence[Word], text: str) -> list[Word]:
        """Return the words that belong to no title: quoted, or written with a capital, or known by several words."""
        kept: list[Word] = []
        at = 0
        while at < len(words):
            end = self._title_end(words, at, text)
            if not end:
                kept.append(words[at])
            at = end or at + 1
        return kept

    def _title_end(self, words: Sequence[Word], at: int, text: str) -> int:
        for end in range(min(len(words), at + _LONGEST_TITLE), at + 1, -1):
            if self._is_title(text[words[at].start : words[end - 1].end]):
                return end
        return 0
