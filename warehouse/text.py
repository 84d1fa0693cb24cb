"""Vietnamese text: the stored form, two matching keys, and masking of personal data.

Everything is stored as `nfc(text)`; offsets count in that form. `fold` and `tone_key` are for comparing only and are
never stored in place of the text.
"""

from __future__ import annotations

import re
import unicodedata

MASK = "█"

# What PDF converters and old keyboards leave behind. U+01A3 is the letter "oi", printed like ư in some fonts; U+00D0 is the
# Icelandic eth, printed exactly like Đ.
_REPAIRS: dict[int, str | None] = {0x01A3: "ư", 0x01A2: "Ư", 0x00D0: "Đ", 0x00F0: "đ", 0x0189: "Đ", 0x2028: "\n", 0x2029: "\n"}
_REPAIRS.update(dict.fromkeys([0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "))
_REPAIRS.update(dict.fromkeys([0x00AD, *range(0x200B, 0x2010), 0x2060, 0xFEFF]))

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # huyền, sắc, ngã, hỏi, nặng
_QUALITY = frozenset("ăâêôơư")
_VOWELS = frozenset("aeiouy") | _QUALITY
_LETTERS = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")  # with accents that found no letter to join


def nfc(text: str) -> str:
    """The stored form: Unicode NFC, one kind of space, no invisible characters, ƣ→ư and Ð→Đ repaired.

    Tabs and line ends stay. The result may be shorter than the input, so take offsets after this step only.
    """
    return unicodedata.normalize("NFC", text.translate(_REPAIRS))


def fold(text: str) -> str:
    """Matching key without case, accents or surplus whitespace: `Hoà  Bình`, `Hòa Bình` and `hoa binh` give `hoa binh`."""
    decomposed = unicodedata.normalize("NFD", nfc(text).lower())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char)).replace("đ", "d")
    return " ".join(unicodedata.normalize("NFC", bare).split())


def tone_key(text: str) -> str:
    """Matching key that keeps the letters: lower case, whitespace squeezed, each tone on one agreed vowel.

    `Thuỷ` and `Thủy` give `thủy`; `Bình` and `Binh` stay different.
    """
    return " ".join(_LETTERS.sub(_place_tone, nfc(nfc(text).lower())).split())


def _place_tone(match: re.Match[str]) -> str:
    """Move the tone of one syllable to the vowel of the older rule (`hòa`, `thủy`); leave what is not one syllable."""
    word = match.group()
    decomposed = unicodedata.normalize("NFD", word)
    tones = [char for char in decomposed if char in _TONES]
    if len(tones) != 1:
        return word
    bare = unicodedata.normalize("NFC", decomposed.replace(tones[0], ""))
    # In `qu` and in `gi` before a vowel the second letter belongs to the consonant.
    first = 2 if bare.startswith("qu") or (bare.startswith("gi") and bare[2:3] in _VOWELS) else 0
    cluster = [index for index in range(first, len(bare)) if bare[index] in _VOWELS]
    if not cluster or cluster[-1] - cluster[0] != len(cluster) - 1:
        return word
    quality = [index for index in cluster if bare[index] in _QUALITY]
    if quality:
        target = quality[-1]
    elif cluster[-1] < len(bare) - 1:
        target = cluster[-1]
    else:
        target = cluster[1] if len(cluster) > 2 else cluster[0]
    return unicodedata.normalize("NFC", bare[: target + 1] + tones[0] + bare[target + 1 :])


# --- personal data ---------------------------------------------------------------------------------------------------

_HONORIFIC = re.compile(r"(?<!\w)(?:ông|bà|anh|chị|cháu|đồng chí|đ/c)(?!\w)", re.IGNORECASE)
# What announces a name less surely: a known surname with a given name must follow.
_ANNOUNCED = re.compile(r"(?<!\w)(?:[Cc]ông dân|[Cc]hủ hộ|[Cc]hủ hồ sơ|[Hh]ọ và tên|[Hh]ọ tên|[Nn]gười nộp|[Nn]gười ký|hộ|cụ|cô|thầy|em)(?!\w)")
_AFTER_HONORIFIC = re.compile(r"\)?[ \t]*:?[ \t]*(?:\n[ \t]*)?(?:[-–+•][ \t]*)?")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:[.'’\-][^\W\d_]+)*")
_GAP = re.compile(r"[ \t]+|[ \t]*\n[ \t]*")
_LIST_GAP = re.compile(r"\s*[,;]\s+(?:và\s+)?|\s+và\s+|[,;.]?[ \t]*\n[ \t]*[-–+•][ \t]*")
_SENTENCE_START = re.compile(r"(?:^|[.:;!?\-–+•*(\n])[ \t]*\Z")
_NUMBERED = re.compile(r"[IVX]+\b|\w\b|\w+\)")
_FOLLOWING_WORD = re.compile(r"\s+([^\W\d_]+)")
_LONGEST_NAME = 6

_SURNAME_LIST = """
an âu bạch bàn bế bùi cao châu chu chử cù đàm đào đặng đậu điêu đinh đoàn đỗ đồng dư dương giang giàng hà hàn hầu hồ hoàng hứa huỳnh
khổng khuất kiều kim lã lâm lê lò lộc lương lưu lý ma mã mạc mai mùa ngô nguyễn nghiêm ninh nông ông phạm phan phí phó phùng phương
quách quan quàng sầm sùng tạ tăng thạch thái thân thào tiêu tô tòng tống trần triệu trịnh trương từ tưởng ứng văn vàng vi viên võ vũ
vương vừ xa
"""
_SURNAMES = frozenset(_SURNAME_LIST.split())
# A capitalised pair that begins an office or a body and not a name: "đồng chí Bí thư", "ông Trung Chủ tịch".
_OFFICE_LIST = """
bí thư|phó bí|tổng bí|ủy viên|uỷ viên|chủ tịch|phó chủ|chủ nhiệm|giám đốc|phó giám|hiệu trưởng|phó hiệu|trưởng ban|trưởng phòng
trưởng công|trưởng khu|trưởng thôn|trưởng đoàn|trưởng các|phó trưởng|chánh văn|phó chánh|tổ trưởng|đội trưởng|chi ủy|chi hội|chi bộ
đảng viên|đảng ủy|đảng uỷ|cán bộ|công chức|viên chức|công an|chỉ huy|chính trị|thường trực|thường vụ|ban thường|ban chấp|ban chỉ
hội đồng|ủy ban|uỷ ban|văn phòng|kế toán|kiểm soát|đại biểu|lãnh đạo|thủ tướng|bộ trưởng|thứ trưởng|nguyên bí|nguyên chủ|nguyên phó
nguyên trưởng
"""
_OFFICES = frozenset(re.split(r"[|\n]", _OFFICE_LIST.strip()))
# A capitalised form of address inside a sentence belongs to a place if one of these or a capitalised word stands before it
# ("núi Bà Đen", "phường Cửa Ông Mới"), or if the two words together are one.
_PLACE_WORD_LIST = "tỉnh xã phường huyện quận trấn phố đường núi chợ hồ cầu thôn khu ấp đền chùa miếu đèo bản làng"
_PLACE_WORDS = frozenset(_PLACE_WORD_LIST.split())
_PLACES = frozenset({"bà rịa", "bà nà", "bà đen", "bà điểm", "bà gia", "ông đình"})
_WORD_BEFORE = re.compile(r"(\w+)[ \t]+\Z")

_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_PHONE = re.compile(
    rf"""(?<![\w{MASK}.,/+\-])(?:
      0[35789]\d{{8}}
    | 0[35789]\d{{2}}[ .\-]\d{{3}}[ .\-]\d{{3}}
    | 0[35789]\d[ .\-](?:\d{{3}}[ .\-]\d{{4}} | \d{{4}}[ .\-]\d{{3}})
    | 0[35789]\d{{2}}[ .\-](?:\d{{6}} | \d{{2}}[ .\-]\d{{2}}[ .\-]\d{{2}})
    | \+84[ .\-]?\d{{2,3}}[ .\-]?\d{{3}}[ .\-]?\d{{3,4}}
    | \(?02\d{{1,2}}\)?[ .\-]{{0,2}}(?:\d{{7,8}} | \d{{1,2}}[ .\-]\d{{3}}[ .\-]\d{{3}} | \d{{4}}[ .\-]\d{{3,4}})
    )(?![\w{MASK}]|[.,/\-]\d)""",
    re.VERBOSE,
)
# The old identity card has 9 digits, the new one 12. The same digits before "đồng" are money.
_IDENTITY = re.compile(
    rf"(?<![\w{MASK}.,/\-])(?:\d{{12}}|\d{{9}}|0\d{{2}} \d{{3}} \d{{3}} \d{{3}})(?![\w{MASK}]|[.,/\-]\d|\s*(?:đồng|đ\b|vnđ|vnd))",
    re.IGNORECASE,
)


def mask_names(text: str) -> str:
    """Cover names of people, telephone numbers, e-mail addresses and identity numbers with `█`, one for each letter or digit.

    Offsets stay valid: the result is as long as the text, punctuation and spaces are kept. A name is known by the form of address
    before it (ông, bà, anh, chị, cháu, đồng chí, đ/c), by a word that announces one and a surname (công dân, chủ hộ, họ và tên, …), or
    by standing in a list after such a name; a bare signature is not found.
    Raises ValueError if the text is not NFC, because a decomposed name would pass unseen.
    """
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("mask_names needs NFC text, or names written with separate accents pass unseen: call nfc() first")
    chars = list(text)
    for pattern in (_EMAIL, _PHONE, _IDENTITY):
        for match in pattern.finditer(text):
            _cover(chars, match.start(), match.end())
    text = "".join(chars)
    for pattern in (_HONORIFIC, _ANNOUNCED):
        for match in pattern.finditer(text):
            for start, end in _names_after(text, match, needs_surname=pattern is _ANNOUNCED):
                _cover(chars, start, end)
    return "".join(chars)


def _cover(chars: list[str], start: int, end: int) -> None:
    for index in range(start, end):
        if chars[index].isalnum():
            chars[index] = MASK


def _names_after(text: str, address: re.Match[str], *, needs_surname: bool) -> list[tuple[int, int]]:
    gap = _AFTER_HONORIFIC.match(text, address.end())
    first = _NAME_WORD.match(text, gap.end()) if gap and gap.group() else None
    if gap is None or first is None or _belongs_to_place(text, address, first.group().lower()):
        return []
    spans = []
    span = _name_at(text, gap.end(), needs_surname=needs_surname or "\n" in gap.group())
    while span is not None:
        spans.append(span)
        comma = _LIST_GAP.match(text, span[1])
        span = _name_at(text, comma.end(), needs_surname=True) if comma else None
    return spans


def _belongs_to_place(text: str, address: re.Match[str], following: str) -> bool:
    """Whether a capitalised form of address is part of another name: "tỉnh Bà Rịa", "huyện Anh Sơn", "ANH HÙNG LAO ĐỘNG"."""
    word = address.group()
    if not word[0].isupper() or following in _SURNAMES:
        return False
    if word.isupper() or f"{word.lower()} {following}" in _PLACES:
        return True
    if _SENTENCE_START.search(text, max(0, address.start() - 8), address.start()):
        return False
    before = _WORD_BEFORE.search(text, max(0, address.start() - 20), address.start())
    return word == "Anh" or (before is not None and (before[1][0].isupper() or before[1] in _PLACE_WORDS))


def _name_at(text: str, start: int, *, needs_surname: bool) -> tuple[int, int] | None:
    """The run of capitalised words at `start`, or None. In a list or on a new line only a known surname with a given name counts."""
    words: list[re.Match[str]] = []
    position = start
    while len(words) < _LONGEST_NAME:
        word = _NAME_WORD.match(text, position)
        if word is None or not word.group()[0].isupper() or _begins_office(text, word):
            break
        words.append(word)
        gap = _GAP.match(text, word.end())
        if gap is None:
            break
        position = gap.end()
        if "\n" in gap.group() and _NUMBERED.match(text, position):
            break  # the next line is numbered: a new paragraph, not a hard wrap
    if not words or (needs_surname and (len(words) < 2 or words[0].group().lower() not in _SURNAMES)):
        return None
    return start, words[-1].end()


def _begins_office(text: str, word: re.Match[str]) -> bool:
    following = _FOLLOWING_WORD.match(text, word.end())
    return following is not None and f"{word.group()} {following.group(1)}".lower() in _OFFICES
