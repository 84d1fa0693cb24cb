"""From tokens to the elements of a sentence: phrases, numbers (also ratios, numerals and zeros in words), delimiters."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

from ingest.facts.elements import Element
from ingest.facts.frames import Frame, Level, Reading
from ingest.facts.lexicon import Entry, Lexicon, lexicon
from ingest.facts.numerals import read_numeral
from ingest.facts.repair import is_damaged, repaired
from ingest.facts.respectively import told_in_turn
from ingest.facts.tokens import Token, tokens, view
from warehouse.model import Document
from warehouse.numbers import MAGNITUDES, parse_number

LONGEST_SENTENCE = 1000
"""In tokens; what runs on longer is cut at its next delimiter: every number looks at all words of its sentence, so a hostile one would take its square in time."""
_FLAT_WORDS = 6
_OF_POSTS = ("people", "establishment", "civil-servants", "officials-and-civil-servants", "public-employees", "personnel")
"""Phrases of people or posts, of whom some may be missing."""
_OF_INDEX = re.compile(r"báo cáo\s(?:[^.;:]{0,200})(?:quyết định(?: số)? 766|chỉ số phục vụ|chất lượng phục vụ)")
_TITLE_END = 1200
_LONGEST_NAME = 4
_NONE_CAME = 3
"""The words of "không phát sinh"."""
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[.][0-9]{3})+")
_LETTERHEAD = 600
"""Where the letterhead and the title stand, in characters."""
# a title may be wrapped anywhere
_CENTRE = r"(?:(?:trung tâm|tt)\s(?:phục\svụ\s(?:hành\schính\scông|hcc)|pv\s?hcc)|bộ\sphận\s(?:một\scửa|tiếp\snhận\svà\strả\skết\squả))"
_DEPARTMENT = re.compile(r"(?m)^[ \t*]*sở (?P<matter>[^\W\d_]+(?:[ ,]+[^\W\d_]+){1,8}?)(?=[ \t]{3,}|[ \t*]*$)")
"""In the letterhead: a department of a province."""
_OF_CENTRE = re.compile(rf"(?m)^[ \t]*{_CENTRE}[^.:;,0-9\n]*$|(?:hoạt động|hồ sơ)(?: của| tại)?\s{_CENTRE}")
_OF_HEALTH = {"health", "field:health"}
_NOT_COUNTED = {
    "block",
    "weak_block",
    "subject",
    "field",
    "kind",
    "change",
    "group",
    "sipas",
    "other_area",
    "other_money",
    "bare_other",
    "digital",
    "rate",
    "task",
}


_BESIDE_NUMBERS = ("unit", "concept", "link", "and", "opener", "break", "bound", "as-of", "total", "function", "inert", "aim", "field-word", "mostly")
"""Roles of phrases that may stand right behind a number that counts."""
_VALUED = {"status", "action", "timing", "rate", "grade", "votes", "sent", "pay", "digit", "channel"}
"""Features of a label whose value may stand behind it in brackets."""


_NEW = Entry("received-new", {"action": "received", "newness": "new"}, frozenset(("concept",)))
_ENDED = ("withdrawn", "returned", "paused")
"""What happens to few dossiers: "xin rút (7)" is no mark of a footnote."""


class SentenceReader:
    """Cuts a stretch of the document into sentences of elements; holds what all layers above it share."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.view = view(document.text)
        self.damaged = is_damaged(self.view)
        self.lexicon: Lexicon = lexicon()
        self.levels: list[Level] = []
        self.running: Frame | None = None
        self.whole_before: Frame | None = None
        self.headcount_before: Frame | None = None
        self.blocks_before: set[str] = set()
        """Blocks of staff named in the sentence before."""
        """The whole whose parts the sentence before told: "Số này …" speaks of it."""
        self.in_table = False
        self.anchors: dict[str, Frame] = {}
        self.found: list[Reading] = []
        self.of_province = False
        """Whether a province reports, for which "cấp xã" is a part."""
        self.home_block = "one-stop-centre" if _OF_CENTRE.search(self.view, 0, _LETTERHEAD) else "government"
        """The block of people of whom no block is named: the reporting body's own."""
        department = _DEPARTMENT.search(self.view, 0, _LETTERHEAD)
        self.own_matter = department["matter"].split() if department else []
        """The words of the department that reports: "nông nghiệp và môi trường" is no field of its dossiers."""
        self.taken_back: set[int] = set()
        """Places in `found` of readings that a later part has shown to be none."""
        self.handed_over: set[tuple[str, str]] = set()
        """Printed numbers and fields of the dossiers that the old units handed over."""
        self.printed: dict[str, Frame] = {}
        """The last figure's frame by its printed digits: "Trong 7 người có …" speaks of the 7 before."""
        self.year: int | None = None
        """The year in which the reported period ends."""
        self.of_index = _OF_INDEX.search(self.view, 0, _TITLE_END) is not None
        """Whether the whole report is about the index of Decision 766: then a score of all points or of a month is its."""
        self.named: dict[str, str] = {}
        """The field and the block named last, for "lĩnh vực này", "khối này"."""
        self.paragraph = 0
        """Where the line that is being read begins."""
        self.chapter_family = ""
        """The family of the last figure in the chapter that is being read."""

    def _tokens(self, start: int, end: int) -> list[Token]:
        items = _spelled_out(tokens(self.view, start, end))
        return repaired(items) if self.damaged else items

    def _sentences(self, items: list[Token]) -> list[list[Token]]:
        found: list[list[Token]] = []
        current: list[Token] = []
        for index, token in enumerate(items):
            if token.kind == "punct" and token.text in ".!?…":
                following = items[index + 1] if index + 1 < len(items) else None
                gap = following is not None and following.start > token.end
                if following is None or (gap and (self.text[following.start].isupper() or following.kind != "word") and not self._abbreviation(items, index)):
                    current.append(token)
                    found.append(current)
                    current = []
                    continue
            current.append(token)
            if len(current) >= LONGEST_SENTENCE and (token.kind == "punct" or len(current) >= 2 * LONGEST_SENTENCE):
                found.append(current)
                current = []
        if current:
            found.append(current)
        return found

    def _abbreviation(self, items: list[Token], index: int) -> bool:
        before = items[index - 1] if index else None
        short = before is not None and before.kind == "word" and len(before.text) <= 2 and self.text[before.start].isupper()
        return short and before is not None and before.text not in ("hs", "i", "ii", "iv", "v")

    def _elements(self, items: list[Token]) -> list[Element]:
        items = told_in_turn(items)
        found: list[Element] = []
        index = 0
        while index < len(items):
            token = items[index]
            match = self._phrase(items, index, found)
            if match and self._is_own_matter(items, index, match):
                found.append(Element("word", token.text, token.start, items[index + match[0] - 1].end))
                index += match[0]
                continue  # in a report of the department for it: all that it does
            if match:
                used, entry = match
                last = items[index + used - 1]
                kind = "num" if "zero" in entry.roles else "mark"
                words = " ".join(self.view[token.start : last.end].split()) or token.text
                element = Element(kind, words, token.start, last.end, self._named_again(entry, found), zero=kind == "num")
                if kind == "num":
                    element.parts = ((token.start, last.end, element.text),)
                found.append(element)
                index += used
                continue
            numeral = self._numeral(items, index, found) if token.kind == "word" else None
            if numeral is not None:
                used, element = numeral
                found.append(element)
                index += used
                continue
            index += 1
            if token.kind in ("num", "ratio"):
                found.append(self._number(items, index - 1, found))
                while index < len(items) and items[index].end <= found[-1].end:
                    index += 1
                index = self._after_number(items, index, found[-1])
            elif token.kind in ("link", "date", "years", "code", "month"):
                found.append(Element("mask", token.text, token.start, token.end))
            else:
                found.append(Element(token.kind, token.text, token.start, token.end))
        self._name_services(found)
        self._name_new(found)
        self._name_party(found)
        self._part_at_dashes(found)
        self._without_openers_of_one(found)
        return self._flatten(self._settle_zeros(self._drop_foreign(self._join_ratios(self._join_places(found)))))

    def _phrase(self, items: list[Token], index: int, found: list[Element]) -> tuple[int, Entry] | None:
        """The phrase that begins at a token: the longest one, unless what stands around it says that a shorter one or none is meant."""
        token, match = items[index], self.lexicon.longest(items, index)
        if match is None:
            return None
        used, entry = match
        behind = [item.text for item in items[index + used : index + used + 3]]
        if entry.id == "dong" and token.text == "đồng" and self.text[token.start].isupper() and not self.text[token.end - 1].isupper():
            return None  # "Đồng Tháp" is no money
        if entry.id == "education-block" and behind[:1] == ["hợp"]:
            return None  # "12 trường hợp" are no schools
        if entry.id == "other-procedures" and used > _NONE_CAME and token.text == "không" and _tells_of_dossiers(found):
            return self.lexicon.longest(items[: index + _NONE_CAME], index)  # "lĩnh vực giao thông không phát sinh hồ sơ": a zero, and no procedures
        if used > 1 and not found and token.text == "về" and behind[:1] == [":"]:
            return self.lexicon.longest(items[: index + 1], index)  # "Về giải quyết hồ sơ: 6.094 hồ sơ": a title
        if token.text == "không" and "inert" in entry.roles and items[index + used - 1].text == "thiếu" and _counts_staff(found):
            return self.lexicon.longest(items[: index + 1], index)  # "có mặt 33, không thiếu": a zero
        if entry.id == "early-or-on-time" and token.text == "không" and behind[2:] == ["nào"]:
            return self.lexicon.longest(items[: index + 1], index)  # "chứng thực không trễ hồ sơ nào": a zero
        if entry.id == "applicants" and found and found[-1].kind == "num":
            return self.lexicon.longest(items[: index + 2], index)  # "khảo sát 640 người dân, tổ chức"
        if used == 1 and token.text == "năm" and read_numeral([item.text for item in items[index : index + 6]]) not in (None, (1, 5)):
            return None  # "năm mươi hai hồ sơ"
        return match

    def _is_own_matter(self, items: list[Token], index: int, match: tuple[int, Entry]) -> bool:
        """Whether a field is what the department that reports is for: "Lĩnh vực nông nghiệp và môi trường"."""
        last = items[index + match[0] - 1]
        return bool(self.own_matter) and "field" in match[1].features and self.view[items[index].start : last.end].split() == self.own_matter

    @staticmethod
    def _part_at_dashes(elements: list[Element]) -> None:
        """ "(187 thủ tục toàn trình - 168 thủ tục một phần)": a dash between two counted things parts them like a comma."""
        for index in range(2, len(elements) - 2):
            before, dash, after, unit = elements[index - 1 : index + 3]
            if dash.text != "-" or dash.kind != "punct" or after.kind != "num" or not (before.has("concept") and unit.has("unit")):
                continue
            start = next((place for place in range(index - 1, -1, -1) if elements[place].kind in ("punct", "num")), 0)
            if elements[start].kind == "num":
                dash.text = ","

    @staticmethod
    def _name_services(elements: list[Element]) -> None:
        """ "giáo dục 369 người, y tế 13, dịch vụ 07": behind schools and health, right before a number, the bare word is the service centre."""
        named = False
        for place in range(1, len(elements) - 2):
            before, first, second, number = elements[place - 1 : place + 3]
            named = named or (before.entry is not None and bool({before.entry.features.get("block"), before.entry.features.get("field")} & _OF_HEALTH))
            if named and before.text in ("(", ",", ";", "và") and (first.text, second.text) == ("dịch", "vụ") and number.kind == "num":
                first.kind, first.entry = "mark", Entry("service-centre", {"block": "service-centre"}, frozenset(("concept",)))
                second.kind, second.entry = "mark", first.entry

    @staticmethod
    def _without_openers_of_one(elements: list[Element]) -> None:
        """ "…, 5.278 hồ sơ trong số đó trả trước hạn": behind a number of its own they say that it is a part, and open none."""
        for place in range(len(elements) - 2, 1, -1):
            number, unit, opener, told = elements[place - 2 : place + 2]
            ahead = elements[place - 3].text if place > 2 else ""
            if (
                opener.text in ("trong số đó", "trong số này", "trong đó")
                and number.kind == "num"
                and unit.has("unit")
                and told.has("concept")
                and ahead == ","
            ):
                del elements[place]

    def _join_places(self, elements: list[Element]) -> list[Element]:
        """ "ở thôn, buôn, tổ dân phố": parts of a commune in a row are one place, and their commas cut nothing."""
        places = self.lexicon.words["places"]
        for left, comma, right in zip(elements, elements[1:], elements[2:], strict=False):
            if comma.text == "," and comma.kind == "punct" and left.text in places and right.text in places:
                comma.kind = "word"
        return elements

    def _name_new(self, elements: list[Element]) -> None:
        """ "(kỳ trước chuyển sang 22, mới 618)", "Kỳ trước chuyển qua: 22. Mới: 618.": among dossiers the bare word is those newly received."""
        families = {element.entry.features.get("family") for element in elements if element.entry is not None}
        if self.chapter_family == "dossier" and [element.text for element in elements[:2]] == ["mới", ":"]:
            elements[0].kind, elements[0].entry = "mark", _NEW
        if "dossier" not in families or "procedure" in families:
            return
        for before, word, number in zip(elements, elements[1:], elements[2:], strict=False):
            opens = before.text in ("(", ",", ";", ":") and (number.kind == "num" or number.text == ":")
            if word.text == "mới" and word.kind == "word" and opens:
                word.kind, word.entry = "mark", _NEW

    @staticmethod
    def _name_party(elements: list[Element]) -> None:
        """ "(Đảng 16, Mặt trận 9, chính quyền 41)": right before a number the bare word is the block."""
        for before, word, number in zip(elements, elements[1:], elements[2:], strict=False):
            if word.text == "đảng" and word.kind == "word" and number.kind == "num" and before.text in ("(", ",", ";", ":"):
                word.kind, word.entry = "mark", Entry("party", {"block": "party"}, frozenset(("concept",)))

    def _named_again(self, entry: Entry, before: list[Element]) -> Entry:
        """ "lĩnh vực này" and "khối này" as the field named last and the block named first, in the sentence or else before it."""
        for key in ("field", "block"):
            named = entry.features.get(key)
            if named:
                self.named[key] = named
            elif named == "":
                said = [word.entry.features[key] for word in before if word.entry is not None and word.entry.features.get(key)]
                value = (said[0] if key == "block" else said[-1]) if said else self.named.get(key)
                return Entry(entry.id, {key: value}, frozenset(("concept", "noun"))) if value else entry
        return entry

    def _join_ratios(self, elements: list[Element]) -> list[Element]:
        """ "38 đồng chí trên 40 biên chế", "20 viên chức/23 chỉ tiêu", "35 trên 36": one ratio with words in it."""
        for index in range(len(elements) - 3, -1, -1):
            left, link, right = elements[index : index + 3]
            plain = (
                left.kind == right.kind == "num" and len(left.parts) == len(right.parts) == 1 and not (left.percent or right.percent or left.zero or right.zero)
            )
            of_ten = link.text == "trong" and right.text in ("10", "100") and plain and len(left.text) < len(right.text)
            if of_ten:
                left.kind = right.kind = "word"  # "chừng 3 trong 10 hồ sơ": a share
                continue
            counted = link.text == "trên" or (link.text in self.lexicon.words["out-of"] and index + 3 < len(elements) and elements[index + 3].has("unit"))
            if plain and counted and not (left.magnitude or right.magnitude):
                left.parts += right.parts
                del elements[index + 1 : index + 3]
        for index in range(len(elements) - 5, -1, -1):
            left, unit, block, link, right = elements[index : index + 5]
            of_block = block.entry is not None and "block" in block.entry.features and unit.entry is not None and unit.has("unit")
            if of_block and left.kind == right.kind == "num" and link.text == "trên" and len(left.parts) == len(right.parts) == 1:
                left.parts += right.parts
                del elements[index + 3 : index + 5]
        index = 0
        while index + 3 < len(elements):
            left, unit, link, right = elements[index : index + 4]
            if (
                left.kind == right.kind == "num"
                and unit.has("unit")
                and unit.entry is not None
                and len(left.parts) == len(right.parts) == 1
                and not (left.percent or right.percent or left.zero or right.zero)
                and (unit.entry.features.get("family") == "staff" or "people" in unit.entry.id or (unit.text == "hồ sơ" and link.text == "/"))
                and not any(word.entry is not None and "area_unit" in word.entry.features for word in elements[index + 4 : index + 5])
                and (link.text in ("/", "trên", "so với") or link.text in self.lexicon.words["out-of"])
            ):
                left.parts += right.parts
                follows = elements[index + 4 : index + 5]
                quota = bool(follows) and follows[0].entry is not None and follows[0].entry.features.get("status") == "assigned"
                del elements[index + 2 : index + 3 + (quota or (bool(follows) and follows[0].has("unit"))) + quota]
            index += 1
        return elements

    def _drop_foreign(self, elements: list[Element]) -> list[Element]:
        """A number followed by a noun that no measure counts ("12 tháng", "24 trường") is a word like any other."""
        for index, element in enumerate(elements[:-1]):
            if element.kind != "num" or element.percent or element.zero:
                continue
            is_range = self._is_range(elements, index) or self._begins_range(elements, index)
            if is_range:
                elements[index + 2].kind = "word"
            foreign = self._is_stranger(elements, index, is_range=is_range) or self._is_thing(elements, index) or self._is_attribute(elements[index + 1])
            if foreign and not self._fills_vacancy(elements, index):
                element.kind = "word"
        return elements

    def _is_stranger(self, elements: list[Element], index: int, *, is_range: bool) -> bool:
        """Whether the word behind a number is no noun, no verb and no link that the language data knows with numbers."""
        after = elements[index + 1]
        behind = [word.entry.features for word in elements[index + 2 : index + 4] if word.entry is not None]
        lasts = after.text in ("đến", "-", "và", "hoặc") and index + 3 < len(elements) and elements[index + 2].kind == "num"
        foreign = is_range or (after.kind == "word" and not elements[index].magnitude and after.text not in self.lexicon.words["conjunctions"])
        foreign = foreign or (lasts and elements[index + 3].text in ("ngày", "tháng", "năm", "giờ", "phút"))
        if after.kind == "mark" and not any(after.has(role) for role in _BESIDE_NUMBERS):
            # "1 nghỉ hưu, 3 điều động đi nơi khác"
            known = after.entry is not None and after.entry.id in ("change", "comparison", "against")
            foreign = not known and not after.text.startswith(self.lexicon.words["leaving"])
        how = elements[index + 2].entry if index + 2 < len(elements) else None
        if after.text in ("làm", "nộp") and how is not None and {"channel", "level"} & set(how.features):
            return False  # "một phần 181, còn lại 53 làm trực tiếp"
        # "01 bảo vệ hợp đồng theo Nghị định số 111/2022/NĐ-CP"
        return foreign and not (after.kind == "word" and any(said.get("cat") == "contract" for said in behind))

    def _is_thing(self, elements: list[Element], index: int) -> bool:
        """ "theo dõi đồng thời 04 lĩnh vực", "06 quầy giao dịch": things that no measure counts."""
        after, ahead = elements[index + 1], elements[index - 1].entry if index else None
        asked = ahead is not None and "votes" in ahead.features
        if after.has("inert") and after.text.startswith(self.lexicon.words["things"]) and not asked:
            return True
        return after.text == "lĩnh vực" and (index + 2 == len(elements) or elements[index + 2].kind in ("punct", "word"))

    def _is_attribute(self, after: Element) -> bool:
        """Whether the words behind a number only tell of a post, a scope or a kind, and name nothing that is counted."""
        if after.kind != "mark" or after.entry is None or after.has("unit"):
            return False
        features = after.entry.features
        return bool(features.get("post")) or (
            bool(features) and set(features) <= _NOT_COUNTED and not after.text.startswith(self.lexicon.words["people-words"])
        )

    @staticmethod
    def _fills_vacancy(elements: list[Element], index: int) -> bool:
        """ "khuyết 01 Phó Chủ tịch": posts are counted where they are vacant."""
        after = elements[index + 1]
        of_post = after.kind == "mark" and after.entry is not None and not after.has("unit") and bool(after.entry.features.get("post"))
        return of_post and any(word.entry is not None and word.entry.features.get("status") == "vacant" for word in elements[max(0, index - 2) : index])

    def _is_counted_after(self, before: list[Element], printed: str) -> bool:
        """Whether a number behind an identifying word counts all the same: "đang cung cấp 109", "ở thôn, tổ dân phố 270" names no one village."""
        if before[-1].text == "cấp":
            return len(printed) > 1
        if _THOUSANDS.fullmatch(printed) and before[-1].text.endswith(("tháng", "qúy", "quý", "kỳ", "năm", "ngày", "buổi")):
            return True  # "phải giải quyết trong tháng 1.402": no month has this number
        places = self.lexicon.words["places"]
        generic = len(before) > 2 and before[-2].text in (",", "và", "-") and before[-3].has("identifier")
        return generic and before[-1].text in places and before[-3].text in places

    @staticmethod
    def _is_range(elements: list[Element], index: int) -> bool:
        """ "kiêm 3 - 4 việc", "80 - 90 đơn": a small range is no count."""
        left, dash, right = elements[index], elements[index + 1], elements[index + 2] if index + 2 < len(elements) else None
        bare = dash.text == "-" and right is not None and right.kind == "num" and left.text.isdigit() and right.text.isdigit()
        return bare and right is not None and len(right.text) < 4 and int(left.text) < int(right.text)

    @staticmethod
    def _begins_range(elements: list[Element], index: int) -> bool:
        """ "từ 70 đến 110 lượt người": a range is no count."""
        before = elements[index - 1] if index else None
        later = elements[index + 2] if index + 2 < len(elements) else None
        return before is not None and before.text == "từ" and elements[index + 1].text == "đến" and later is not None and later.kind == "num"

    def _number(self, items: list[Token], index: int, before: list[Element]) -> Element:
        """A printed number; a mask where it is a part of a code, a day, a year, a name, a heading or the mark of a footnote."""
        token = items[index]
        following = items[index + 1] if index + 1 < len(items) else None
        number: Element | None = None
        if not self._is_part_of_code(token, following, before):
            if token.kind == "ratio":
                number = self._ratio(items, index, before)
            elif not self._is_name_or_time(items, index, before) and not self._is_mark_of_note(token, following, before):
                number = Element("num", token.text, token.start, token.end, parts=((token.start, token.end, token.text),))
        return number or Element("mask", token.text, token.start, token.end)

    def _is_part_of_code(self, token: Token, following: Token | None, before: list[Element]) -> bool:
        """Whether letters stand right before or behind the digits: "NĐ-118", "12A"."""
        behind_slash = token.start > 0 and self.view[token.start - 1] in "/-" and self.view[token.start - 2 : token.start - 1].isalnum()
        of_counted = bool(before[-2:-1]) and before[-2].has("unit")  # "20 viên chức/23 chỉ tiêu"
        if token.start and (self.view[token.start - 1].isalpha() or (behind_slash and not of_counted)):
            return True
        glued = following is not None and following.start == token.end and following.kind == "word"
        return glued and following is not None and following.text not in ("ha", "km", "đ", "tỷ", "tr", "triệu", "hs", "người", "hồ")

    def _ratio(self, items: list[Token], index: int, before: list[Element]) -> Element | None:
        """`a/b` as a number of two parts; None for a day and a month."""
        token = items[index]
        left, right = (part.strip() for part in token.text.split("/"))
        if _is_day(left, right):
            counted = self._unit_follows(items, index + 1)
            word = before[-1].text if before else ""
            after = items[index + 1].text if index + 1 < len(items) else ")"
            dated = word.split()[-1:] and word.split()[-1] in ("ngày", "từ", "đến", "hết", "trước", "sau", "tới", "sáng", "lễ", "và", "-")
            if not counted and (dated or int(left) > int(right)):  # more than all
                return None
            if word in ("(", ",") and after in (")", ",", ":") and (left.startswith("0") or right.startswith("0")):
                return None
        where = token.text.index("/") + 1
        right_start = token.start + len(token.text) - len(token.text[where:].lstrip())
        return Element("num", token.text, token.start, token.end, parts=((token.start, token.start + len(left), left), (right_start, token.end, right)))

    def _is_name_or_time(self, items: list[Token], index: int, before: list[Element]) -> bool:
        """Whether a number belongs to the name before it ("quý 3", "thôn 7", "xã Cát Tiên 2"), begins a day or a line, or is a year."""
        token = items[index]
        following = items[index + 1] if index + 1 < len(items) else None
        unit = self._unit_follows(items, index + 1)
        share = following is not None and following.text == "%"
        counted = unit or share or (following is not None and following.text in MAGNITUDES)
        by_name = bool(before) and (before[-1].has("identifier") or (before[-1].has("inert") and before[-1].text.endswith((" tháng", " qúy", " quý", " năm"))))
        if by_name and not counted and not self._is_counted_after(before, token.text):
            return True
        if following is not None and following.text == "-" and index + 2 < len(items) and items[index + 2].kind in ("date", "month"):
            return True
        if token.text.isdigit() and len(token.text) == 1 and token.text != "0" and not counted and self._ends_a_name(items, index):
            return True
        if is_year(token.text) and not unit and not share:
            return True
        opens_line = not before and following is not None and following.start == token.end and following.text in "-)/"
        return opens_line and token.text.isdigit() and len(token.text) <= 2

    @staticmethod
    def _is_mark_of_note(token: Token, following: Token | None, before: list[Element]) -> bool:
        """Whether a small number alone in brackets is no value of the words before it: "theo quy định (2)", but "đúng hạn (12)"."""
        alone = bool(before) and before[-1].text == "(" and following is not None and following.text == ")"
        if not alone or not token.text.isdigit() or len(token.text) > 2:
            return False
        named = before[-2] if len(before) > 1 else None
        said = named.entry.features if named is not None and named.entry is not None else {}
        two_digits, listed = len(token.text) == 2, any(word.kind == "num" for word in before)
        labelled = named is not None and (named.has("concept") or named.has("total")) and not named.has("unit")
        if labelled and (two_digits or {"field", "timing"} & set(said) or said.get("action") in _ENDED):
            return False
        if listed and {"status", "action", "block", "field"} & set(said):
            return False
        if two_digits and said.get("family") in ("pakn", "petition") and "status" not in said:
            return False
        of_field = any(word.entry is not None and "field" in word.entry.features for word in before[-9:-1])
        return not (listed and two_digits and token.text.startswith("0") and of_field)

    def _ends_a_name(self, items: list[Token], index: int) -> bool:
        """Whether the words before a number are the name of a unit: "xã Cát Tiên", "phường An Khê"."""
        place = index - 1
        while place >= 0 and items[place].kind == "word" and self.text[items[place].start].isupper():
            place -= 1
        unit = items[place].text if place >= 0 and 0 < index - 1 - place <= _LONGEST_NAME else ""
        of_commune = unit in ("xã", "phường", "khu")  # none of them has a higher number than 9: "phường Đồng Hới 58, xã Bố Trạch 31"
        return unit in self.lexicon.words["units"] and not (of_commune and len(items[index].text) > 1)

    def _numeral(self, items: list[Token], index: int, before: list[Element]) -> tuple[int, Element] | None:
        """A number in words, where its length, its unit or its place beside a label shows that it is one."""
        numeral = read_numeral([item.text for item in items[index : index + 10] if item.kind == "word"])
        if numeral is None:
            return None
        used, value = numeral
        last = items[index + used - 1]
        after = items[index + used] if index + used < len(items) else None
        unit = self.lexicon.longest(items, index + used) if after is not None else None
        counted = unit is not None and "unit" in unit[1].roles and (unit[1].id != "people" or (unit[0] == 2 and items[index + used].text == "đồng"))
        of_quota = unit is not None and unit[1].id == "establishment" and bool(before) and before[-1].text.endswith(("còn", "thiếu", "khuyết", "trống"))
        if value == 1 and unit is not None and not of_quota and (unit[1].id in ("sets", "people") or unit[1].features.get("family") == "staff"):
            return None  # "một bộ phận công chức", "một công chức tư pháp"
        closes = after is None or after.kind == "punct"
        labelled = closes and value > 1 and bool(before) and (before[-1].has("concept") or before[-1].text in ("cả", ":", "có"))
        if not (counted or labelled or used >= 3) or (value == 1 and before and before[-1].has("block")):
            return None
        text = self.view[items[index].start : last.end]
        return used, Element("num", text, items[index].start, last.end, parts=((items[index].start, last.end, text),), amount=Decimal(value))

    def _unit_follows(self, items: list[Token], index: int) -> bool:
        match = self.lexicon.longest(items, index) if index < len(items) else None
        return match is not None and "unit" in match[1].roles

    def _after_number(self, items: list[Token], index: int, number: Element) -> int:
        """Take the percent sign or the magnitude word into the number."""
        if number.kind == "num" and index < len(items):
            if items[index].text == "%":
                number.percent = True
                number.end = items[index].end
                return index + 1
            if items[index].text == "phần" and index + 1 < len(items) and items[index + 1].text == "trăm":
                number.percent = True
                return index + 2
            if items[index].text in MAGNITUDES:
                number.magnitude = items[index].text
                return self._smaller_money(items, index + 1, number)
        return index

    def _smaller_money(self, items: list[Token], index: int, number: Element) -> int:
        """ "2 tỷ 118 triệu": the smaller amount belongs to the same sum."""
        factor = MAGNITUDES[number.magnitude]
        if index + 1 < len(items) and items[index].kind == "num" and 1 < MAGNITUDES.get(items[index + 1].text, 1) < factor:
            whole = parse_number(f"{number.text} {number.magnitude}").value
            number.amount = whole + parse_number(f"{items[index].text} {items[index + 1].text}").value
            number.parts = ((number.start, items[index + 1].end, self.view[number.start : items[index + 1].end]),)
            return index + 2
        return index

    def _settle_zeros(self, elements: list[Element]) -> list[Element]:
        """A word of negation is a zero only where a value stands, or right before what it denies."""
        for index, element in enumerate(elements):
            if not element.zero:
                continue
            before = elements[index - 1] if index else None
            after = elements[index + 1] if index + 1 < len(elements) else None
            timed = after is not None and after.has("inert") and after.text.startswith(("trong ", "của kỳ"))
            after = elements[index + 2] if timed and index + 2 < len(elements) else None if timed else after
            closes = after is None or (after.kind == "punct" and after.text in ".,;:)") or after.kind == "sup"
            as_value = closes and before is not None and (before.text in (":", "(", "là", "-") or before.kind == "mark")
            as_verb = element.text != "không" and after is not None and (after.has("concept") or after.has("unit") or after.text in ("trường", "đơn", "vụ"))
            as_verb = as_verb or (element.text == "không" and after is not None and after.has("concept") and self._denies_any(elements, index))
            if element.text == "không" and before is not None and before.kind == "mark" and not before.has("concept") and before.text != "là":
                as_value = False
            if not (as_value or as_verb or self._denies_vacancy(elements, index) or self._none_is_left(elements, index)):
                element.kind = "word"
        return elements

    @staticmethod
    def _none_is_left(elements: list[Element], index: int) -> bool:
        """ "Người hoạt động không chuyên trách cấp xã đã kết thúc nhiệm vụ, nay không còn ai", "…: không còn (đã nghỉ từ 31/5/2026)"."""
        if elements[index].text != "không còn":
            return False
        named = next((word for word in reversed(elements[:index]) if word.kind == "num" or (word.entry is not None and "cat" in word.entry.features)), None)
        if named is None or named.entry is None or named.entry.features.get("cat") != "nonspec":
            return False
        behind = next((word for word in elements[index + 1 :] if word.text not in ("ai", "nữa", "người", "nào", "người nào")), None)
        return behind is None or behind.kind in ("punct", "sup") or behind.text in ("do", "vì")

    @staticmethod
    def _denies_vacancy(elements: list[Element], index: int) -> bool:
        """ "giao 17, có mặt 17, không khuyết", "… không còn thiếu vị trí nào": none is missing of those that were just counted."""
        behind = elements[index + 1 :]
        if not behind or behind[0].entry is None or behind[0].entry.features.get("status") != "vacant":
            return False
        words = list(itertools.takewhile(lambda word: word.kind not in ("punct", "sup"), behind[1:]))
        words = words[:-1] if words and words[-1].text == "nào" else words
        alone = not words or (len(words) == 1 and words[0].has("unit") and (words[0].entry is not None and words[0].entry.id.split("+")[0] in _OF_POSTS))
        return alone and _counts_staff(elements[:index])

    @staticmethod
    def _denies_any(elements: list[Element], index: int) -> bool:
        """ "không hồ sơ nào trễ hẹn", "không hồ sơ quá hạn": none of them."""
        behind = elements[index + 1 : index + 4]
        if len(behind) == 3 and behind[0].has("concept") and behind[1].has("unit") and behind[2].text == "nào":
            return True  # "không trễ hồ sơ nào"
        behind = behind[1:]
        late = behind[:1] and behind[0].entry is not None and behind[0].entry.features.get("timing") == "late"
        return bool(late) or (len(behind) == 2 and behind[0].text == "nào" and behind[1].has("concept"))

    def _is_value_of_label(self, before: list[Element], inner: list[Element], behind: list[Element]) -> bool:
        """Whether a bracket holds what the words before it count: "hiện có mặt (41 người), còn thiếu (05 biên chế so với số được giao)"."""
        named = before[-1].entry.features if before and before[-1].entry is not None else {}
        alone = len(inner) == 1 and inner[0].kind == "num" and not inner[0].percent and len(inner[0].parts) == 1
        if alone and named.get("family") in ("pakn", "petition") and before[-1].has("unit") and not any(word.kind == "num" for word in before):
            return True  # "Về phản ánh, kiến nghị (02): cả hai đều được trả lời"
        ends = not behind or (behind[0].kind == "punct" and behind[0].text in ".,;")
        return (
            ends
            and bool(inner)
            and inner[0].kind == "num"
            and not inner[0].zero
            and self._is_told_in_brackets(before[:-1] if before and before[-1].text == ":" else before, inner)
        )

    def _is_told_in_brackets(self, words: list[Element], inner: list[Element]) -> bool:
        """Whether the words before a bracket, back to the last delimiter, name what is counted and hold no number and no name."""
        told: set[str] = {"money"} if inner[0].magnitude else set()
        for word, before in itertools.zip_longest(reversed(words), reversed(words[:-1])):
            if word.has("opener") and before is not None and before.has("unit") and word.text == "trong đó":
                return False  # "9 hồ sơ trong đó trễ hạn (7 hồ sơ đất đai, 2 hồ sơ hộ tịch)"
            if word.kind == "punct" or (word.has("opener") and (before is None or before.kind != "num")):
                break
            if word.kind == "num" or word.has("block"):
                return False
            said = word.entry.features if word.entry is not None else {}
            if word.has("total") and not said:
                told.add("status")  # "Đang giải quyết: tổng số (29), trong hạn (29)"
            told |= set(said) if not word.has("unit") else {"status"} if said.get("cat") in ("contract", "nonspec") else set()
            if said.get("family") == "fees" and "money" in told:
                told.add("pay")
            if not told & _VALUED and self.text[word.start].isupper():
                return False
        return bool(told & _VALUED) and not told & {"field", "block", "weak_block", "level"}

    def _flatten(self, elements: list[Element]) -> list[Element]:
        """Brackets without a number are a note: short ones with a qualifier stay as words, others go; one that holds the value of the words before it is none."""
        result: list[Element] = []
        index = 0
        while index < len(elements):
            element = elements[index]
            if element.text == "(" and element.kind == "punct":
                close = next((later for later in range(index + 1, len(elements)) if elements[later].text in "()" and elements[later].kind == "punct"), None)
                if close is not None and elements[close].text == ")":
                    inner = elements[index + 1 : close]
                    if self._is_value_of_label(result, inner, elements[close + 1 :]):
                        result.extend(inner)
                        index = close + 1
                        continue
                    if not any(item.kind == "num" for item in inner):
                        if result and result[-1].entry is not None and result[-1].entry.features.get("block") == "all":
                            index = close + 1  # "cả ba khối (chính quyền; Đảng, Mặt trận; sự nghiệp)"
                            continue
                        if (
                            inner
                            and self.view.startswith(self.lexicon.words["includes"], inner[0].start)
                            and not any(item.entry and "channel" in item.entry.features for item in inner)
                        ):
                            index = close + 1  # "(cả hồ sơ kỳ trước chuyển qua)" does not say what is counted
                            continue
                        if self.view[element.end : elements[close].start].lstrip().startswith(self.lexicon.words["exclusions"]):
                            index = close + 1  # "Có mặt (không kể HĐ 111)": what is left out is not what is counted
                            continue
                        if any(item.entry is not None and "post" in item.entry.features for item in inner):
                            index = close + 1  # "(chức danh Phó Bí thư Đoàn)" is a remark
                            continue
                        if self.view[element.end : elements[close].start].lstrip().startswith(self.lexicon.words["done-besides"]):
                            index = close + 1  # "(đã có văn bản xin lỗi)" does not say what is counted
                            continue
                        if len(inner) <= _FLAT_WORDS and any(item.has("concept") for item in inner) and not any(item.kind == "mask" for item in inner):
                            result.extend(inner)
                        index = close + 1
                        continue
            result.append(element)
            index += 1
        return result


def _in_brackets(items: list[Token]) -> int:
    """How many numbers of a sentence stand alone in brackets: "Hồ sơ công dân xin rút (7); tạm dừng chờ bổ sung (6)" is a way to print values."""
    threes = zip(items, items[1:], items[2:], strict=False)
    return sum(left.text == "(" and number.kind == "num" and right.text == ")" for left, number, right in threes)


def _spelled_out(items: list[Token]) -> list[Token]:
    """Short forms as the language files have them: "ko có" and "bộ phận 1 cửa"; every token keeps its place."""
    found = list(items)
    for index, token in enumerate(items):
        if token.text == "ko":
            found[index] = Token("word", "không", token.start, token.end)
        elif token.text == "cửa" and index and items[index - 1].text == "1":
            found[index - 1] = Token("word", "một", items[index - 1].start, items[index - 1].end)
    return found


def _tells_of_dossiers(words: list[Element]) -> bool:
    """Whether a field or a channel is named, and no procedures."""
    named = [word.entry.features for word in words if word.entry is not None]
    return any(features.get("field") or "channel" in features for features in named) and not any(features.get("family") == "procedure" for features in named)


def _counts_staff(words: list[Element]) -> bool:
    """Whether a quota or those who are there are counted."""
    told = any(word.entry is not None and word.entry.features.get("status") in ("present", "assigned") for word in words)
    return told and any(word.kind == "num" for word in words)


def _is_day(left: str, right: str) -> bool:
    return left.isdigit() and right.isdigit() and 1 <= int(left) <= 31 and 1 <= int(right) <= 12


def is_year(text: str) -> bool:
    """Whether bare digits read as a year of this time."""
    return len(text) == 4 and text.isdigit() and 1990 <= int(text) <= 2050
