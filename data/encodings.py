"""Detection of encodings other than UTF-8: by rules where they are certain, else by charset-normalizer."""

import re

CANDIDATES = (
    "cp932", "euc_jp", "big5", "gb18030", "cp949", "koi8_r", "cp1251", "cp866", "iso8859_5", "cp1250", "iso8859_2",
    "cp1253", "cp1255", "cp1256", "cp1252", "cp1254", "mac_roman",
)  # fmt: skip
"""Encodings in which people still keep texts, as Python names them."""
SAMPLE = 1 << 14
"""Bytes that tell the encoding."""
_COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情"
    "明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给"
    "世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太"
    "量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
    "完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运"
)
"""The most frequent characters of Chinese: of a text more than a third, of what reads as Chinese by chance few."""
_ICONV = {"cp932": "CP932", "big5": "BIG5", "cp949": "CP949", "gb18030": "GB18030", "cp866": "CP866",
          "mac_roman": "MACINTOSH"}  # fmt: skip
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüÿßœšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒŠŽŸ")
_SIGNS = frozenset("‚„…†‡‰‹‘’“”•–—™›¡¢£€¥§©«®°²³´·º»¼½¾¿×ªµ±¶÷\xa0")
_INSIDE = frozenset("¢£¥§©«®°¿¡³¶±µ¼½¾»×÷")
"""Signs that no Western word has between its letters."""
_BEHIND, _BEFORE = frozenset("¿¶±¼½¾"), frozenset("³¹¼¾¶±")
"""Signs that no Western word ends with, and none begins with; letters of Polish and Czech stand in their places."""
_WITHIN = re.compile(rb"(?<=[A-Za-z])[\x80-\xff](?=[A-Za-z])")
_PAIR = re.compile(rb"[\x80-\xff]{2}")
_MAC_STRONG = frozenset(b"\x87\x88\x89\x8b\x8d\x8f\x90\x98\x99\x9b\x9d\x9f\xa7")
"""Lower-case letters with accents, and ß, that are no letters of a Western language in Windows-1252."""
_MAC_WEAK = frozenset(b"\x8a\x8c\x8e\x95\x9a\x9c\x9e")
_TURKISH = frozenset("çğıöşüâîûÇĞİÖŞÜÂÎÛ")


def likely_encoding(raw: bytes) -> str:
    """Python's name of the encoding that ``raw``, which is not UTF-8, is most likely in; a sample tells."""
    sample = _sample(raw)
    if _is_mac(sample):
        return "mac_roman"
    if _is_turkish(sample):
        return "cp1254"
    if _is_western(sample):
        return "cp1252"
    for encoding in ("cp932", "euc_jp"):
        text = _decoded(sample, encoding)
        # No other text of two bytes a character reads as the Japanese syllables.
        if text and _share(text, "\u3041", "\u3096") > 0.2:
            return encoding
    chinese = _decoded(sample, "gb18030")
    wide = [character for character in chinese if character >= "\u3400"]
    if wide and sum(character in _COMMON for character in wide) >= 0.25 * len(wide):
        return "gb18030"
    from charset_normalizer import from_bytes

    guessed = [name for name in CANDIDATES if name not in ("mac_roman", "cp1252", "cp1254")]
    best = from_bytes(sample, cp_isolation=guessed, preemptive_behaviour=False).best()
    if best is not None and best.encoding in guessed:
        return best.encoding
    # Western texts with a few accents decode as GB 18030 too, by chance: ask for a share that chance does not give.
    return "gb18030" if _share(chinese, "\u4e00", "\u9fff") > 0.5 else "cp1252"


def iconv_name(encoding: str) -> str:
    """The name by which ``iconv`` knows an encoding of :data:`CANDIDATES`."""
    if encoding in _ICONV:
        return _ICONV[encoding]
    if encoding.startswith("cp"):
        return f"WINDOWS-{encoding[2:]}"
    return encoding.replace("iso8859_", "ISO-8859-").replace("_", "-").upper()


def _sample(raw: bytes) -> bytes:
    """The first bytes, and no half of a character at their end."""
    if len(raw) <= SAMPLE:
        return raw
    sample = raw[:SAMPLE]
    end = max(sample.rfind(b"\n"), sample.rfind(b" "))
    return sample[: end + 1] if end > SAMPLE // 2 else sample[: len(sample) - 1]


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        return raw[: error.start].decode(encoding) if error.start > len(raw) - 4 and len(raw) > 1000 else ""


def _share(text: str, first: str, last: str) -> float:
    """Of the characters beyond ASCII, those from ``first`` to ``last``."""
    wide = [character for character in text if character > "\x7f"]
    return sum(first <= character <= last for character in wide) / len(wide) if wide else 0.0


def _is_western(raw: bytes) -> bool:
    """Whether ``raw`` reads in Windows-1252 as a Western text: few accents, signs where signs stand."""
    text = _decoded(raw, "cp1252")
    letters = sum(map(str.isalpha, text))
    accents = sum(character in _WESTERN for character in text)
    if not text or accents * 4 > letters or any(c > "\x7f" and c not in _WESTERN and c not in _SIGNS for c in text):
        return False
    return not any(
        (sign in _INSIDE and before.isalpha() and after.isalpha())
        or (sign in _BEHIND and before.isalpha())
        or (sign in _BEFORE and after.isalpha() and not before.isdecimal())
        or (sign == "³" and before.isalpha() and before != "m")
        for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False)
        if sign > "\x7f"
    )


def _is_mac(raw: bytes) -> bool:
    """Whether ``raw`` reads as Mac OS Roman: letters of that stand within words, where Windows-1252 has signs, and no
    word has a letter of Windows-1252's upper half. Excel on a Mac writes CSV so."""
    strong = weak = western = 0
    for match in _WITHIN.finditer(raw):
        byte = match[0][0]
        strong += byte in _MAC_STRONG
        weak += byte in _MAC_WEAK
        western += byte >= 0xC0 and byte != 0xD5  # that is an apostrophe
    alone = 5 * len(_PAIR.findall(raw)) <= strong + weak  # in no encoding of two bytes a character
    return strong > 0 and western * 10 < strong + weak and alone


def _is_turkish(raw: bytes) -> bool:
    """Whether all letters beyond ASCII are Turkish, and some of them only Turkish."""
    letters = {char for char in _decoded(raw, "cp1254") if char > "\x7f" and char.isalpha()}
    return letters <= _TURKISH and len(letters & set("ığşİĞŞ")) > 1


def unmarked_utf16(content: bytes) -> str:
    """Which UTF-16 or UTF-32 this is without its byte order mark, or empty: Western letters have a NUL each, on the
    same side; of other scripts the blanks, digits and line ends have, and the rest reads as letters."""
    if b"\x00" not in content or not content.strip(b"\x00"):
        return ""
    content = content[: len(content) // 4 * 4] or content
    if len(content) >= 8:
        for encoding, places in (("UTF-32LE", (2, 3)), ("UTF-32BE", (0, 1))):
            if not any(any(content[place::4]) for place in places):
                return encoding
    low, high = content[1::2].count(0), content[::2].count(0)
    if max(low, high) * 3 >= len(content) and min(low, high) <= 1 + len(content) // 100:
        return "UTF-16LE" if low > high else "UTF-16BE"
    plain = {encoding: _plain_signs(content, encoding) for encoding in ("UTF-16LE", "UTF-16BE")}
    best = max(plain, key=lambda encoding: plain[encoding])
    return best if plain[best] > 1 and plain[best] > 4 * min(plain.values()) else ""


def _plain_signs(content: bytes, encoding: str) -> int:
    """Blanks, digits and line ends in what reads as letters of other scripts; 0 where it does not read so."""
    text = content.decode(encoding, "replace")
    letters = sum(char.isalpha() or char.isspace() or char.isdecimal() for char in text)
    odd = sum(not char.isprintable() and not char.isspace() for char in text) + text.count("\ufffd")
    if letters * 10 < len(text) * 7 or odd * 50 > len(text):
        return 0
    return sum(char in " \r\n\t0123456789" for char in text)
