import subprocess
import sys

import pytest

from dltext.data.encodings import CANDIDATES, iconv_name, likely_encoding
from dltext.data.errors import UserError
from dltext.data.lines import number_lines
from dltext.engine.documents import decode

JAPANESE = "これは日本語の短い文章です。天気がいいですね。"
RUSSIAN = "Сегодня хорошая погода, мы идём гулять в парк."
GREEK = "Σήμερα ο καιρός είναι καλός και πάμε στο πάρκο."
TEXTS = [
    ("cp932", JAPANESE),
    ("euc_jp", JAPANESE),
    ("big5", "今天的天氣很好,我們去公園散步。這是繁體中文的句子。"),
    ("gb18030", "今天天气很好，我们去公园散步。这是简体中文。"),
    ("gb18030", "今天天气很好"),
    ("gb18030", "好"),
    ("gb18030", "新闻：北京"),
    ("euc_kr", "오늘은 날씨가 좋습니다. 우리는 공원에 갑니다."),
    ("koi8_r", RUSSIAN),
    ("cp1251", RUSSIAN),
    ("iso8859_5", RUSSIAN),
    ("cp1250", "Žluťoučký kůň úpěl ďábelské ódy. Dnes je hezké počasí."),
    ("iso8859_7", GREEK),
    ("cp1253", GREEK),
    ("cp1255", "היום מזג האוויר יפה ואנחנו הולכים לפארק."),
    ("cp1256", "الطقس جميل اليوم ونحن ذاهبون إلى الحديقة."),
    ("cp1252", "Le café était fermé, “malgré” l’été à Besançon."),
    ("cp1252", "cost £5 and €6"),
    ("cp1252", "Das Café in Köln"),
    ("cp1252", "¿Dónde está?"),
    ("cp1252", "São Paulo é ótimo – naïve…"),
    ("cp1252", "café"),
]


@pytest.mark.parametrize(("encoding", "text"), TEXTS, ids=[f"{name} {text[:8]}" for name, text in TEXTS])
def test_short_texts_are_read_in_their_encoding(encoding, text):
    assert decode(text.encode(encoding)) == text
    assert decode((text + "\n").encode(encoding) * 3000) == (text + "\n") * 3000


def test_bytes_in_no_encoding_are_read_all_the_same():
    for raw in (b"\x80\x81\xff\xfe", bytes(range(1, 256)), b"\xff" * 100_000, b"a\xe3"):
        assert likely_encoding(raw) in CANDIDATES
        assert decode(b"x" + raw)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp932", "CP932"),
        ("koi8_r", "KOI8-R"),
        ("cp1251", "WINDOWS-1251"),
        ("big5", "BIG5"),
        ("cp1252", "WINDOWS-1252"),
    ],
)
def test_a_data_set_in_another_encoding_is_told_how_to_convert(tmp_path, encoding, name):
    import io

    text = next(text for known, text in TEXTS if known == encoding)
    with pytest.raises(UserError, match=f"iconv -f {name} -t UTF-8"):
        list(number_lines(io.BytesIO(text.encode(encoding)), "a.txt"))
    assert all(iconv_name(candidate) for candidate in CANDIDATES)


def test_utf8_needs_no_library():
    code = "import sys; from dltext.engine.documents import decode; decode('é 一'.encode()); decode(b'caf\\xe9')"
    code += "; sys.exit('charset_normalizer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
