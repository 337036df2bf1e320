"""Chinese, French, Spanish and German are recognised and read by the rules of English, and English stays as it was."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest
import yaml

from agent.languages import load_packs, load_things
from agent.types import AskAction, Conversation, ShownList
from agent.understanding import LexicalUnderstander, with_memory_talk
from retrieval import Facts
from retrieval.types import CatalogWords

ROOT = Path(__file__).parents[2]
REDIAL = ROOT.parent / "shared" / "data" / "redial" / "train_sample.jsonl"
SHOWN = ("Heat", "Drive", "Prisoners", "Zodiac")
LANGUAGES = ("de", "es", "fr", "zh")


def talking(language: str, facts: Facts) -> Conversation:
    """Return a conversation in a language in which four films were just shown."""
    ids = tuple(facts.search_title(title, limit=1)[0].id for title in SHOWN)
    return Conversation(session_id="s", language=language, shown=(ShownList(turn_id="t0", item_ids=ids),))


def wishes(understander: LexicalUnderstander, text: str, language: str) -> set[str]:
    """Return wishes in a form that reads well in a table, after checking that they quote the message."""
    update = understander.understand(text, Conversation(session_id="s", language=language), "t1")
    assert all(p.quote and p.quote in text for p in update.add), [p.quote for p in update.add]
    return {
        f"{'+' if p.polarity == 'like' else '-'}{p.attribute} {p.op} {p.value if p.attribute != 'item' else p.label}"
        for p in update.add
    }


FRENCH_BEFORE_1980 = {"+year lt 1980", "+runtime lt 120", "+country eq France", "+language eq French"}
NO_HORROR_FUNNY = {"-genres eq Horror", "+moods eq funny"}
NINETIES_COMEDY = {"+year between (1990.0, 1999.0)", "+genres eq Comedy", "+runtime le 120"}
NO_WAR_NO_MUSICAL = {"-genres eq War", "-genres eq Musical"}
HANKS = {"+genres eq Thriller", "+cast eq Tom Hanks", "+runtime lt 100"}
SLOW_GRIEF = {"+moods eq heartbreaking", "+pace le 2", "+themes eq grief"}
KUROSAWA_OR_HITCHCOCK = {"+director in ('Akira Kurosawa', 'Alfred Hitchcock')"}
SIXTIES_SEVENTIES = {"+genres eq Comedy", "+year between (1960.0, 1979.0)"}

SAME_WISHES = [
    ("fr", "je voudrais un film français d'avant 1980, moins de deux heures", FRENCH_BEFORE_1980),
    ("es", "quiero una película francesa de antes de 1980, de menos de dos horas", FRENCH_BEFORE_1980),
    ("de", "ich möchte einen französischen Film von vor 1980, unter zwei Stunden", FRENCH_BEFORE_1980),
    ("zh", "想看1980年以前的法国电影，不到两小时", FRENCH_BEFORE_1980),
    ("fr", "pas de films d'horreur s'il te plaît, plutôt quelque chose de drôle", NO_HORROR_FUNNY),
    ("es", "nada de terror, algo divertido", NO_HORROR_FUNNY),
    ("de", "kein Horror, lieber was Lustiges", NO_HORROR_FUNNY),
    ("zh", "不要恐怖片，来点搞笑的", NO_HORROR_FUNNY),
    ("fr", "j'aimerais une comédie des années 90, pas trop longue", NINETIES_COMEDY),
    ("es", "busco una comedia de los años 90, que no sea muy larga", NINETIES_COMEDY),
    ("de", "eine Komödie aus den 90ern, nicht zu lang", NINETIES_COMEDY),
    ("zh", "90年代的喜剧片，不要太长的", NINETIES_COMEDY),
    ("fr", "je n'aime ni les films de guerre ni les comédies musicales", NO_WAR_NO_MUSICAL),
    ("es", "no me gustan las películas de guerra ni los musicales", NO_WAR_NO_MUSICAL),
    ("de", "ich mag keine Kriegsfilme und keine Musicals", NO_WAR_NO_MUSICAL),
    ("zh", "我不喜欢战争片和歌舞片", NO_WAR_NO_MUSICAL),
    ("fr", "un thriller avec Tom Hanks de moins de 100 minutes", HANKS),
    ("es", "un thriller con Tom Hanks de menos de 100 minutos", HANKS),
    ("de", "ein Thriller mit Tom Hanks, unter 100 Minuten", HANKS),
    ("zh", "汤姆·汉克斯主演的惊悚片，100分钟以下", HANKS),
    ("fr", "un film triste et lent sur le deuil", SLOW_GRIEF),
    ("es", "una película triste y lenta sobre el duelo", SLOW_GRIEF),
    ("de", "ein trauriger, langsamer Film über Trauer", SLOW_GRIEF),
    ("fr", "un film de Kurosawa ou d'Hitchcock", KUROSAWA_OR_HITCHCOCK),
    ("es", "películas de Kurosawa o de Hitchcock", KUROSAWA_OR_HITCHCOCK),
    ("de", "Filme von Kurosawa oder Hitchcock", KUROSAWA_OR_HITCHCOCK),
    ("zh", "黑泽明或者希区柯克的电影", KUROSAWA_OR_HITCHCOCK),
    ("fr", "des comédies des années 60 ou 70", SIXTIES_SEVENTIES),
    ("es", "comedias de los 60 o los 70", SIXTIES_SEVENTIES),
    ("de", "Komödien aus den 60ern oder 70ern", SIXTIES_SEVENTIES),
    ("zh", "六七十年代的喜剧", SIXTIES_SEVENTIES),
]


@pytest.mark.parametrize(("language", "text", "expected"), SAME_WISHES)
def test_the_same_wishes_are_read_in_each_language(
    understander: LexicalUnderstander, language: str, text: str, expected: set[str]
) -> None:
    assert wishes(understander, text, "en") == expected
    assert understander.understand(text, Conversation(session_id="s"), "t1").language == language


OWN_WAYS = [
    # as typed without accents, with elisions, slang and numbers in words
    ("fr", "film francais avant 1980", {"+year lt 1980", "+country eq France", "+language eq French"}),
    ("fr", "jveux un film d'action mais pas américain", {"+genres eq Action", "-country eq United States"}),
    ("fr", "un polar des années soixante-dix", {"+genres eq Crime", "+year between (1970.0, 1979.0)"}),
    ("fr", "les films d'horreur, non merci", {"-genres eq Horror"}),
    ("fr", "un docu d'1h45 maximum", {"+genres eq Documentary", "+runtime le 105"}),
    ("fr", "tout sauf une comédie musicale", {"-genres eq Musical"}),
    ("fr", "idéalement un western, entre 1950 et 1970", {"+genres eq Western", "+year between (1950.0, 1970.0)"}),
    ("fr", "j'ai adoré Le Parrain et j'ai détesté Titanic", {"+item eq The Godfather", "-item eq Titanic"}),
    ("fr", "au lieu d'une comédie, un drame", {"-genres eq Comedy", "+genres eq Drama"}),
    ("es", "peliculas de terror no", {"-genres eq Horror"}),
    ("es", "una comedia romántica que no sea gringa",
     {"+genres eq Romance", "+genres eq Comedy", "-country eq United States"}),
    ("es", "tengo hora y media", {"+runtime le 90"}),
    ("es", "cine de terror español del 2000 al 2010",
     {"+genres eq Horror", "+country eq Spain", "+language eq Spanish", "+year between (2000.0, 2010.0)"}),
    ("es", "ya vi Gladiator y Braveheart", {"+item eq Gladiator", "+item eq Braveheart"}),
    ("es", "odio a Tom Cruise", {"-cast eq Tom Cruise"}),
    ("es", "lo que sea menos musicales", {"-genres eq Musical"}),
    ("es", "la peli tiene que ser de los ochenta, sí o sí", {"+year between (1980.0, 1989.0)"}),
    # compounds, separable verbs, umlauts typed as two letters, adjectives that look like comparisons
    ("de", "Actionkomödie aus den achtzigern",
     {"+genres eq Action", "+genres eq Comedy", "+year between (1980.0, 1989.0)"}),
    ("de", "franzoesische komoedien unter 100 minuten",
     {"+country eq France", "+language eq French", "+genres eq Comedy", "+runtime lt 100"}),
    ("de", "Horrorfilme mag ich nicht", {"-genres eq Horror"}),
    ("de", "ich hab nur anderthalb Stunden", {"+runtime le 90"}),
    ("de", "Inception fand ich super, Titanic hat mir nicht gefallen", {"+item eq Inception", "-item eq Titanic"}),
    ("de", "koreanische Rachefilme", {"+country eq South Korea", "+language eq Korean", "+themes eq revenge"}),
    ("de", "etwas aehnliches wie Das Leben der Anderen", {"+item eq The Lives of Others"}),
    ("de", "statt Komödie lieber Drama", {"-genres eq Comedy", "+genres eq Drama"}),
    ("de", "alles außer Musicals", {"-genres eq Musical"}),
    # no spaces, numerals, full-width and traditional characters
    ("zh", "恐怖片不要", {"-genres eq Horror"}),
    ("zh", "我有一个半小时", {"+runtime le 90"}),
    ("zh", "給我推薦一部日本動畫片，９０分鐘以內",
     {"+country eq Japan", "+language eq Japanese", "+genres eq Animation", "+runtime le 90"}),
    ("zh", "评分80分以上的科幻片", {"+critics_score gt 80", "+genres eq Sci-Fi"}),
    ("zh", "我喜欢《盗梦空间》，讨厌《泰坦尼克号》", {"+item eq Inception", "-item eq Titanic"}),
    ("zh", "最好是西部片，1950年到1970年之间", {"+genres eq Western", "+year between (1950.0, 1970.0)"}),
    ("zh", "除了恐怖片都可以", {"-genres eq Horror"}),
    ("fr", "une comédie avec Louis de Funès", {"+genres eq Comedy", "+text eq Louis de Funès"}),
    ("fr", "quelque chose d'émouvant, pas forcément triste", {"+moods eq poignant"}),
    ("fr", "un truc avec des vampires pour mon gamin", {"+themes eq vampires", "+genres eq Family"}),
    ("es", "me encantan las de zombis pero nada de sangre", {"+themes eq zombies", "+intensity le 3"}),
    ("de", "ein englischer Film mit schwarzem Humor", {"+country eq United Kingdom", "+moods eq irreverent"}),
    ("fr", "un documentiare sur la nature", {"+genres eq Documentary", "+themes eq nature"}),
    ("es", "una pelicula de acsion", {"+genres eq Action"}),
    ("de", "Dokumentatoin ueber Tiere", {"+genres eq Documentary", "+themes eq animals"}),
    ("de", "Filme der Achtzigerjahre", {"+year between (1980.0, 1989.0)"}),
    ("zh", "超级英雄看腻了", {"-themes eq superheroes"}),
    ("zh", "必须是国语的，不要粤语", {"+language eq Mandarin", "-language eq Cantonese"}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), OWN_WAYS)
def test_what_people_say_in_their_own_way(
    understander: LexicalUnderstander, language: str, text: str, expected: set[str]
) -> None:
    assert wishes(understander, text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "hard"),
    [
        ("fr", "de préférence un western", False),
        ("fr", "il faut absolument que ce soit un western", True),
        ("es", "preferiblemente un western", False),
        ("es", "tiene que ser un western", True),
        ("de", "am liebsten ein Western", False),
        ("de", "es muss unbedingt ein Western sein", True),
        ("zh", "最好是西部片", False),
        ("zh", "必须是西部片", True),
    ],
)
def test_how_firmly_a_wish_is_meant(understander: LexicalUnderstander, language: str, text: str, hard: bool) -> None:
    (wish,) = understander.understand(text, Conversation(session_id="s", language=language), "t1").add
    assert (wish.value, wish.hard) == ("Western", hard)


CRITIQUES = [
    ("fr", "plus court que le deuxième", "runtime lt 100"),
    ("es", "más corta que la segunda", "runtime lt 100"),
    ("de", "kürzer als der zweite", "runtime lt 100"),
    ("zh", "比第二部短的", "runtime lt 100"),
    ("fr", "moins long que le premier", "runtime lt 170"),
    ("es", "más larga que la primera", "runtime gt 170"),
    ("de", "länger als der erste", "runtime gt 170"),
    ("zh", "比第一部长的", "runtime gt 170"),
]


@pytest.mark.parametrize(("language", "text", "bound"), CRITIQUES)
def test_critiques_compare_with_what_was_shown(
    understander: LexicalUnderstander, demo_facts: Facts, language: str, text: str, bound: str
) -> None:
    update = understander.understand(text, talking(language, demo_facts), "t1")
    assert [f"{p.attribute} {p.op} {p.value}" for p in update.add] == [bound]


QUESTIONS = [
    ("fr", "qui l'a réalisé ?", "fact", "director", (1,)),
    ("fr", "et le deuxième, il est sorti en quelle année ?", "fact", "year", (2,)),
    ("fr", "pourquoi tu me recommandes le premier ?", "explain", None, (1,)),
    ("fr", "compare les deux premiers", "compare", None, (1, 2)),
    ("fr", "lequel des deux premiers est le plus court ?", "compare", "runtime", (1, 2)),
    ("fr", "lesquels sont américains ?", "which", None, (1, 2, 3, 4)),
    ("fr", "le deuxième a l'air intéressant, dis-m'en plus", "describe", None, (2,)),
    ("de", "der dritte oder der vierte, welcher ist kürzer?", "compare", "runtime", (3, 4)),
    ("zh", "第三部和第四部哪个短", "compare", "runtime", (3, 4)),
    ("es", "la segunda es comedia?", "fact", "genres", (2,)),
    ("de", "welche davon sind amerikanisch?", "which", None, (1, 2, 3, 4)),
    ("zh", "哪些是美国的", "which", None, (1, 2, 3, 4)),
    ("es", "¿quién dirigió la segunda?", "fact", "director", (2,)),
    ("es", "la segunda, ¿cuánto dura?", "fact", "runtime", (2,)),
    ("es", "¿de qué año es la primera?", "fact", "year", (1,)),
    ("es", "de qué va la primera?", "describe", None, (1,)),
    ("es", "¿por qué me recomiendas la primera?", "explain", None, (1,)),
    ("de", "Wer hat beim zweiten Regie geführt?", "fact", "director", (2,)),
    ("de", "wie lang ist er?", "fact", "runtime", (1,)),
    ("de", "ist der zweite brutal?", "fact", "intensity", (2,)),
    ("de", "wer spielt im dritten mit?", "fact", "cast", (3,)),
    ("de", "was ist der Unterschied zwischen dem ersten und dem dritten?", "compare", None, (1, 3)),
    ("zh", "导演是谁？", "fact", "director", (1,)),
    ("zh", "第二部是哪年上映的？", "fact", "year", (2,)),
    ("zh", "第二部暴力吗？", "fact", "intensity", (2,)),
    ("zh", "为什么推荐第一部？", "explain", None, (1,)),
    ("zh", "前两部哪个更短？", "compare", "runtime", (1, 2)),
    ("zh", "第一部讲了什么？", "describe", None, (1,)),
]


@pytest.mark.parametrize(("language", "text", "topic", "attribute", "places"), QUESTIONS)
def test_questions_about_what_was_shown(
    understander: LexicalUnderstander,
    demo_facts: Facts,
    language: str,
    text: str,
    topic: str,
    attribute: str | None,
    places: tuple[int, ...],
) -> None:
    conversation = talking(language, demo_facts)
    question = understander.understand(text, conversation, "t1").question
    assert question is not None
    assert (question.topic, question.attribute) == (topic, attribute)
    assert question.item_ids == tuple(conversation.last_shown[place - 1] for place in places)
    assert question.text in text


INTENTS = {
    "reset": ("on recommence à zéro", "empecemos de cero", "nochmal von vorne", "重新开始"),
    "undo": ("annule", "deshaz eso", "mach das rückgängig", "撤销"),
    "more": ("d'autres idées ?", "¿tienes otras?", "hast du noch andere?", "还有别的吗"),
    "reject": ("aucun ne me plaît", "ninguna me convence", "davon gefällt mir keiner", "都不喜欢"),
    "accept": ("je prends le troisième", "me quedo con la tercera", "ich nehme den dritten", "我选第三部"),
    "thanks": ("merci beaucoup", "muchas gracias", "vielen Dank", "谢谢"),
    "greet": ("bonsoir", "buenas tardes", "guten Abend", "你好"),
    "close": ("au revoir", "hasta luego", "tschüss", "再见"),
    "help": ("tu peux faire quoi ?", "qué puedes hacer?", "was kannst du?", "你能做什么？"),
    "dont_know": ("aucune idée", "no sé", "keine Ahnung", "不知道"),
    "no_questions": (
        "plus de questions, montre-moi juste des films", "no más preguntas, muéstrame algo",
        "keine Fragen mehr, zeig mir einfach was", "别问了，直接推荐吧",
    ),
    "off_topic": (
        "quel temps fera-t-il demain ?", "qué tiempo hará mañana", "wie wird das Wetter morgen?", "今天天气怎么样",
    ),
    "abuse": ("ta gueule", "cállate, idiota", "du bist nutzlos", "你个废物"),
}  # fmt: skip


@pytest.mark.parametrize("intent", INTENTS)
def test_what_a_message_does(understander: LexicalUnderstander, demo_facts: Facts, intent: str) -> None:
    for language, text in zip(("fr", "es", "de", "zh"), INTENTS[intent], strict=True):
        assert intent in understander.understand(text, talking(language, demo_facts), "t1").intents, text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "les deux premiers je les ai déjà vus"),
        ("es", "las dos primeras ya las vi"),
        ("de", "die ersten beiden kenne ich schon"),
        ("zh", "前两部我都看过了"),
    ],
)
def test_shown_items_already_seen(
    understander: LexicalUnderstander, demo_facts: Facts, language: str, text: str
) -> None:
    conversation = talking(language, demo_facts)
    assert understander.understand(text, conversation, "t1").seen_ids == conversation.last_shown[:2]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "une comédie"), ("fr", "le premier"), ("fr", "1"),
        ("es", "la comedia, por favor"), ("es", "la primera"),
        ("de", "Komödie"), ("de", "die erste"),
        ("zh", "喜剧"), ("zh", "第一个"),
    ],
)  # fmt: skip
def test_a_pending_question_is_answered(understander: LexicalUnderstander, language: str, text: str) -> None:
    asked = AskAction(attribute="genres", question="?", options=("Comedy", "Drama"), values=("Comedy", "Drama"))
    conversation = Conversation(session_id="s", language=language, pending_question=asked)
    update = understander.understand(text, conversation, "t1")
    assert [(p.value, p.origin, p.quote) for p in update.add] == [("Comedy", "answer", text)]


@pytest.mark.parametrize(
    ("language", "text", "wish"),
    [
        ("fr", "souviens-toi que j'adore les westerns", "remember"),
        ("fr", "oublie tout ce que tu sais de moi", "clear"),
        ("es", "¿qué recuerdas de mí?", "show"),
        ("es", "recuerda que no me gusta el terror", "remember"),
        ("de", "merk dir, dass ich keine Horrorfilme mag", "remember"),
        ("de", "was weißt du über mich?", "show"),
        ("zh", "记住我喜欢科幻片", "remember"),
        ("zh", "记住我的喜好", "consent"),
    ],
)
def test_talk_about_memory(understander: LexicalUnderstander, language: str, text: str, wish: str) -> None:
    conversation = Conversation(session_id="s", language=language)
    update = understander.understand(text, conversation, "t1")
    update = with_memory_talk(understander.english(text, conversation), update)
    assert update.memory is not None
    assert update.memory.wish == wish


@pytest.mark.parametrize(
    "text",
    [
        "Amélie", "films by Almodóvar", "Das Boot", "La La Land", "something like Y Tu Mamá También", "ok", "2", "Heat",
        "a film noir", "Les Misérables", "I loved La vita è bella", "die hard", "El Mariachi",
        "Penélope Cruz", "anything with Til Schweiger or Daniel Brühl?", "no", "film", "thriller", "Crouching Tiger",
        "I liked 卧虎藏龙", "七人の侍みたいな映画",
    ],
)  # fmt: skip
def test_titles_names_and_english_show_no_other_language(understander: LexicalUnderstander, text: str) -> None:
    assert understander.languages.detect(text) in ("", "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Thriller"), ("de", "Action"), ("fr", "Inception"), ("es", "2"), ("fr", "ok"), ("zh", "OK")],
)
def test_borrowed_words_keep_the_language_of_the_conversation(
    understander: LexicalUnderstander, language: str, text: str
) -> None:
    assert understander.understand(text, Conversation(session_id="s", language=language), "t1").language == ""


def english_messages() -> list[str]:
    """Return what is typed in the English suites, attacks in other languages left out."""
    others = ("languages", "languages-second", "attacks")
    suites = [path for path in (ROOT / "evals" / "suites").glob("*.yaml") if path.stem not in others]
    cases = [case for path in suites for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]]
    foreign = {"de", "es", "fr", "zh", "german", "spanish", "french", "chinese"}
    english = [case for case in cases if not foreign & set(case.get("tags", ()))]
    said = [turn["say"] for case in english for turn in case["turns"] if "say" in turn]
    return [text for text in said if text.isascii()]


def test_english_messages_are_read_as_before(understander: LexicalUnderstander) -> None:
    said = english_messages()
    assert len(said) > 300
    taken = [(found, text) for text in said if (found := understander.languages.detect(text)) not in ("", "en")]
    assert taken == []
    for text in said[::7]:
        update = understander.understand(text, Conversation(session_id="s"), "t1")
        assert update.language in ("", "en")
        assert all(p.quote in text for p in update.add)


@pytest.mark.skipif(not REDIAL.is_file(), reason="the ReDial sample does not lie beside the checkout")
def test_hardly_any_real_english_message_is_taken_for_another_language(understander: LexicalUnderstander) -> None:
    with REDIAL.open(encoding="utf-8") as lines:
        dialogues = [json.loads(line) for line in islice(lines, 200)]
    said = [turn["text"] for dialogue in dialogues for turn in dialogue["turns"]]
    taken = [text for text in said if understander.languages.detect(text) not in ("", "en")]
    assert len(taken) <= len(said) / 1000, taken


def test_packs_hold_data_only_and_agree_with_themselves() -> None:
    packs = load_packs()
    assert tuple(pack.language for pack in packs) == LANGUAGES
    for pack in packs:
        known = {wording for wordings in pack.phrases.values() for wording in wordings}
        assert set(pack.behind) <= known, pack.language
        for said, english in {**pack.quantities, **pack.frames}.items():
            slots = {slot for slot in ("{n}", "{q}", "{x}") if slot in english} - ({"{n}"} if "{n}" in said else set())
            assert all(slot in said for slot in slots), (pack.language, said)


def test_a_catalogue_without_words_of_its_own_is_still_read(demo_facts: Facts) -> None:
    from agent.parts import read_vocabulary

    vocabulary, coverage = read_vocabulary(demo_facts)
    schema = demo_facts.schema.model_copy(update={"languages": {}})
    plain = LexicalUnderstander(schema, vocabulary, items=demo_facts.get, count=demo_facts.count, coverage=coverage)
    for text in ("avant 1980, moins de deux heures", "antes de 1980, menos de dos horas", "1980年以前，不到两小时"):
        update = plain.understand(text, Conversation(session_id="s"), "t1")
        assert {f"{p.attribute} {p.op} {p.value}" for p in update.add} == {"year lt 1980", "runtime lt 120"}, text


def test_questions_about_a_catalogues_own_facts_are_words_of_the_catalogue(demo_facts: Facts) -> None:
    """No pack knows of films: who sings and who directs is asked in words that the catalogue brings."""
    from agent.parts import read_vocabulary

    said = {"who sings {it}": ["qui chante"], "who sings {x}": ["qui chantait {x} dans le temps"]}
    vocabulary, coverage = read_vocabulary(demo_facts)
    schema = demo_facts.schema.model_copy(update={"languages": {"fr": CatalogWords.model_validate({"said": said})}})
    music = LexicalUnderstander(schema, vocabulary, items=demo_facts.get, count=demo_facts.count, coverage=coverage)
    conversation = Conversation(session_id="s", language="fr")
    assert music.english("qui chante la première ?", conversation) == "who sings the first?"
    assert music.english("qui chantait la première dans le temps ?", conversation) == "who sings the first ?"
    known = {english for pack in load_packs() for english in (*pack.questions, *pack.frames.values())}
    asked = [english for english in known if english.startswith(("who ", "what ", "did ", "how "))]
    assert not any(word in english for english in asked for word in ("directed", "oscars", "critics", "films"))


@pytest.mark.parametrize("language", ["de", "es", "fr", "zh"])
def test_every_language_calls_everyday_things_by_their_name(language: str) -> None:
    things = load_things(language)
    assert {"red", "birds", "music", "christmas"} <= set(things.values())
    assert all(wording == wording.strip() and wording for wording in things)
