"""Which language a text is in: by its script, and among those of Latin letters by their most frequent words.

Small on purpose: it tells the languages that models here read from each other and from their neighbours.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection

_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar",
    "HEBREW": "he", "DEVANAGARI": "hi", "THAI": "th",
}  # fmt: skip
_SAMPLE = 4000
"""Characters that are looked at, in pieces spread over the text."""
_PIECES = 8
_HAN_WORD = 1.6
"""Chinese characters that count as one word."""

# Words, what is elided before an apostrophe (j'), what stands behind one ('s), and how words end (-ing).
_FREQUENT = {
    "en": "the of and to in is was he for it with as his on be at by i this had not are but from or have an they which "
    "you were her all she there would their we him been has when who will more no if out so what up into than them can "
    "only other about some could do my did me your how am just like know here where why please thank thanks hello yes "
    "good very want does isn' don' didn' can' won' that let 's 't 're 've 'll 'd 'm a its our us one two time people "
    "man day go get going come came went make made take took see saw say said think thought look need never always "
    "every everyone everybody nobody anyone something anything nothing much many most too again over after before "
    "because these those then now any own old new first last long great little right left home work life way well "
    "should may might must being having doing off away back down still while until through world tell give find keep "
    "-ing -ed -ly -ness -ful -ight -ould -ough",
    "fr": "le la les de des du à un une et est il elle que qui dans ce cette pas pour sur au aux avec son sa ses plus "
    "par je tu nous vous ils elles se sont a ont été mais ou où comme tout leur bien sans y en ne lui moi mon ma mes "
    "ton ta tes votre vos notre fait être avoir très si même quand quoi bonjour merci oui non suis es êtes avez ai as "
    "va vas vais veux veut peux peut faire aussi ici là j' t' l' d' qu' n' s' c' m' étais était étaient avait avais "
    "avons sommes cela ça ces cet toi soi toute tous toutes rien jamais toujours encore déjà homme femme jour temps "
    "dit dire sais sait voir vu aller allé venir vient pris mis deux trois quel quelle quelque chose chez sous entre "
    "depuis après avant pendant pourquoi comment combien beaucoup trop peu assez fais dois doit faut aime autre deux "
    "-ez -ons -aient -ait -eux -euse -eau -oir -tés -ère -ège -ique -isme -ette",
    "de": "der die das und ist in den von zu mit sich des auf für nicht ein eine einem einen einer er sie es ich wir "
    "ihr dem im als auch an bei nach aus wie war hat haben hatte wird werden sind aber oder wenn noch nur so über zum "
    "zur am man mich mir dir dich kann sehr was wer wo warum danke bitte ja nein guten tag hallo mein dein sein kein "
    "keine bin bist habe schon hier dort doch ihm ihn uns euch alle alles etwas nichts immer nie wieder jetzt heute "
    "dann denn weil dass gut mehr viel muss will soll geht kommt macht gibt -ung -lich -keit -heit -isch -chen -ßen",
    "es": "el la los las de que y en un una es se no por con para su al lo como más pero sus le ya o este sí porque "
    "esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni contra "
    "ese eso mi yo tú él ella usted está estoy son fue ser tiene tengo hola gracias qué cómo dónde bien aquí del te "
    "gusta buenos buenas días nada nunca siempre ahora hoy mucho vez dos puede quiero hacer -ción -ado -ando -dad",
    "it": "il lo la gli le di che e è un una in per non con del della dei delle si sono da al alla come ma più anche "
    "io tu lui lei noi voi loro mi ti ci ho hai ha abbiamo questo questa quello suo sua molto bene grazie ciao sì "
    "perché dove quando cosa nel nella sul era essere fare tutto l' d' c' dell' niente mai sempre ora oggi due voglio "
    "-zione -are -ato -ando -mente",
    "pt": "o a os as de que e é um uma em por para não com do da dos das no na nos nas se mais como mas ao ele ela eu "
    "você nós eles seu sua isso este esta foi são tem muito bem já também quando onde porque obrigado olá sim meu "
    "minha está estou ser ter fazer aqui ou até nada nunca sempre agora hoje dois quero -ção -ado -ando -dade",
    "nl": "de het een en van is in dat op te zijn met voor niet aan er om ook als maar hij ze zij wij je jij u ik mij "
    "mijn jouw heeft hebben had was waren wordt naar bij uit nog wel geen dan wat wie waar waarom hoe dank ja nee "
    "goed deze dit die hun hallo ben bent kan veel niets nooit altijd nu vandaag twee wil moet gaat -ijk -heid -ing",
}
_LETTERS = {"fr": "çœêèûùîôâëïÿ", "de": "äöüß", "es": "ñ¿¡áíóú", "it": "ìòàùè", "pt": "ãõçâêô", "nl": "ĳ"}
"""Letters that speak for a language, half a word each, as endings do."""
_WEAK = 0.5

_LISTED = {language: frozenset(words.split()) for language, words in _FREQUENT.items()}
_HELD_BY = Counter(word for words in _LISTED.values() for word in words)
_ENDINGS = {word for word in _HELD_BY if word.startswith("-")}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
NAMES = {
    "en": "English", "zh": "Chinese", "fr": "French", "de": "German", "es": "Spanish", "it": "Italian",
    "pt": "Portuguese", "nl": "Dutch", "ja": "Japanese", "ko": "Korean", "ru": "Russian", "el": "Greek",
    "ar": "Arabic", "he": "Hebrew", "hi": "Hindi", "th": "Thai",
}  # fmt: skip
LATIN = tuple(_LISTED)
"""Languages of Latin letters that are told apart."""


def language_of(text: str, among: Collection[str] = ()) -> str:
    """The code of the language that ``text`` is most likely in; "" where nothing speaks for any.

    With ``among``, one of those, or "" where the text is clearly in another.
    """
    sample = _sample(text)
    scripts = scripts_of(sample)
    if not scripts:
        return ""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(sample) if _latin(word)]
    han, kana = scripts["CJK"], scripts["HIRAGANA"] + scripts["KATAKANA"]
    if han + kana and (han + kana) / _HAN_WORD >= len(words):
        language = "ja" if kana > 0.1 * (han + kana) else "zh"
    elif (script := scripts.most_common(1)[0][0]) in _SCRIPTS:
        language = _SCRIPTS[script]
    else:
        return _latin_language(words, sample.lower(), among) if words else ""
    return language if not among or language in among else ""


def scripts_of(sample: str) -> Counter[str]:
    """How many letters there are of each script, as Unicode names it."""
    if sample.isascii():
        letters = sum(map(str.isalpha, sample))
        return Counter(LATIN=letters) if letters else Counter()
    scripts = Counter[str]()
    for letter, count in Counter(sample).items():  # a name is looked up once for all places of a letter
        if letter.isalpha():
            scripts[unicodedata.name(letter, "?").split()[0].rstrip("-")] += count
    return scripts


def _latin_language(words: list[str], sample: str, among: Collection[str]) -> str:
    counted = Counter(part for word in words for part in _parts(word))
    scores = dict.fromkeys(LATIN, 0.0)
    for language, listed in _LISTED.items():
        # What several languages have speaks for each a little.
        scores[language] = sum(
            times * (_WEAK if part in _ENDINGS else 1) / _HELD_BY[part] ** 2
            for part, times in counted.items()
            if part in listed
        ) + _WEAK * sum(sample.count(letter) for letter in _LETTERS.get(language, ""))
    asked = [language for language in LATIN if not among or language in among]
    if not asked:
        return ""
    best = max(asked, key=lambda language: scores[language])
    if any(scores[language] >= scores[best] for language in asked if language != best):
        return ""
    others = max((score for language, score in scores.items() if language not in asked), default=0.0)
    return best if others < 2 * scores[best] + 1 else ""


def _parts(word: str) -> list[str]:
    """A word as it is listed: itself, or what stands before and behind its apostrophe; and its ending."""
    if "'" in word:
        before, _, behind = word.partition("'")
        return [f"{before}'", f"'{behind}", behind]
    endings = (f"-{word[-size:]}" for size in (2, 3, 4, 5) if len(word) > size + 1)
    return [word, *(ending for ending in endings if ending in _ENDINGS)]


def _latin(word: str) -> bool:
    return word.isascii() or "LATIN" in unicodedata.name(word[0], "")


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE:
        return text
    size, step = _SAMPLE // _PIECES, (len(text) - _SAMPLE // _PIECES) // (_PIECES - 1)
    return " ".join(text[piece * step : piece * step + size] for piece in range(_PIECES))


def named(code: str) -> str:
    """A language's name for people, or its code where none is known."""
    return NAMES.get(code, code)


def doubt(text: str, source: str) -> tuple[str, ...]:
    """A sentence where ``text`` is hardly in the language that it is read as."""
    seems = language_of(text)
    if not seems or seems == source or source not in NAMES or language_of(text, {source}):
        return ()
    return (f"The text looks like {named(seems)}, but was read as {named(source)}.",)
