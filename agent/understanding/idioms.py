"""Take set phrases whose words would say something else one by one: "as long as it's funny" wishes for nothing long."""

from __future__ import annotations

from .scan import Scan

_IDIOMS = tuple(
    tuple(phrase.split())
    for phrase in (
        "long story short", "to cut a long story short", "in short", "at short notice", "long time no see",
        "long day", "long week", "long night", "long shift", "long drive", "long flight", "long journey",
        "at work", "from work", "after work", "before work", "off work", "to work", "thanks a million",
        "thank you a million", "one in a million", "a million thanks", "grown ups", "grown up", "a decade or two",
        "a decade or so", "a year or two", "a couple of decades", "how are you keeping", "how are you doing",
        "how are you", "how have you been", "how is it going", "hows it going", "nice to meet you", "hope youre well",
        "how was your day", "grand thanks", "grand thank you", "by heart", "no object",
        "im happy", "id be happy", "be happy with", "happy to",
        "happy with", "fair enough", "for money", "for the money", "heavy on", "stomach", "a big deal",
    )
)  # fmt: skip
_PROVIDED = (("as", "long", "as"), ("so", "long", "as"))
_SUBJECTS = frozenset("it its i im we were he hes she shes they theyre you youre there theres nothing no".split())
"""Words that follow "as long as" where it sets a condition; "not as long as the second" compares."""
_TURNING = frozenset("next others another one more again".split())
"""Words that, alone in a message, turn the page of a list; "Next" and "The Others" are titles too."""
_BESIDE_TURNING = frozenset(
    """please the k kk ok okay alright right cool fine well so oh yeah yes yep sure great nice good lovely and now then
    lol""".split()
)


def take_idioms(scan: Scan, *, listed: bool = False) -> None:
    """Mark the words of set phrases as explained.

    Args:
        scan: the message.
        listed: whether a list was just shown, so that "next" alone asks for the next one.
    """
    said = {token.norm for token in scan.tokens}
    if listed and said & _TURNING and said <= _TURNING | _BESIDE_TURNING:
        scan.take(0, len(scan.tokens))
    for at in range(len(scan.tokens)):
        found = max((phrase for phrase in _IDIOMS if scan.norms(at, at + len(phrase)) == phrase), key=len, default=())
        compared = scan.norms(at - 1, at) in (("not",), ("isnt",), ("twice",), ("quite",))
        if scan.norms(at, at + 3) in _PROVIDED and not compared and set(scan.norms(at + 3, at + 4)) & _SUBJECTS:
            found = _PROVIDED[0]
        if found:
            scan.take(at, at + len(found))
