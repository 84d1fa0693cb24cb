"""Which words belong to a number, and what they say: the label before it, the unit and qualifiers after it."""

from __future__ import annotations

from ingest.facts.elements import Element
from ingest.facts.frames import WEAK, State
from ingest.facts.sentences import SentenceReader

_REASONS = ("rank", "target", "staff-event", "event", "comparison", "against", "average", "change")
IN_PASSING = ("kể cả", "gồm cả", "tính cả", "bao gồm cả", "có cả")
"""So begins a remark on what was counted in."""
_FINAL = ("withdrawn", "returned", "paused")


def _follows_change(segment: list[Element], position: int) -> bool:
    """Whether a comparison only says against what something rose or fell: "tăng so với cùng kỳ, đạt 98,6%"."""
    return any(element.has("block") or element.has("old-value") or element.text in ("so", "với") for element in segment[:position])


class LabelReader(SentenceReader):
    """Collapses phrases into features."""

    def _post_end(self, elements: list[Element], index: int, limit: int) -> int:
        """Where the words that belong to this number end; `limit` is the next number, or the end of the sentence."""
        for position in range(index + 1, limit):
            if not self._stays(elements, index, position, limit):
                return self._without_counted_field(elements, index, position)
        return limit if limit == len(elements) else self._end_before_number(elements, index, limit)

    def _stays(self, elements: list[Element], index: int, position: int, limit: int) -> bool:
        """Whether one more word behind a number belongs to it."""
        element = elements[position]
        if element.kind == "sup":
            return False
        if element.kind == "punct" and element.text in ",;:()./·•+":
            return element.text == "," and self._joins(elements, index + 1, position, limit)
        if self._tells_of_number(elements, index, position, limit):
            return True
        if self._parts_from_number(elements, index, position, limit):
            return False
        if self._names_way(elements, index, position, limit) or (element.text in ("còn", "là") and self._tells_the_rest(elements, index, position, limit)):
            return True
        if element.has("and") and self._joins(elements, index + 1, position, limit):
            return True
        return self._links(elements, index, position, limit) if element.has("link") or element.has("and") else True

    def _tells_of_number(self, elements: list[Element], index: int, position: int, limit: int) -> bool:
        """Whether a word that else would open something new goes on with the number."""
        element = elements[position]
        follows = elements[position + 1].entry if position + 1 < limit else None
        if element.text == "ở mức" and follows is not None and {"level", "grade"} & set(follows.features):
            return True  # "171 thủ tục được cung cấp ở mức toàn trình"
        if element.text == "trong đó" and position == index + 2 and elements[index + 1].has("unit"):
            # "134 hồ sơ trong đó chưa tới ngày hẹn, …"
            return next((later.kind for later in elements[position + 1 :] if later.kind in ("punct", "num")), "") == "punct"
        if element.text == "là" and position <= index + 2 and position + 1 < limit and elements[position + 1].text.startswith(("nộp", "gửi", "qua", "trực")):
            # "hồ sơ nhận mới thì 20.137 là nộp trên môi trường mạng (94,6%)"
            return next((later.kind for later in elements[position + 1 :] if later.kind in ("punct", "num")), "") == "punct"
        if element.text in self.lexicon.words["partitive"]:
            return position <= index + 2 and limit > position + 1  # "8.934 trong số ấy đi theo đường trực tuyến"
        of_all = index > 0 and (elements[index - 1].has("total") or elements[index - 1].text == "cả")
        # "Toàn bộ 389 thủ tục đều được tiếp nhận, trả kết quả qua bưu chính"
        return element.text == "đều" and of_all and self._is_procedure(elements[index + 1])

    def _parts_from_number(self, elements: list[Element], index: int, position: int, limit: int) -> bool:
        """Whether a word begins what is told of another number, or of only some of this one."""
        element = elements[position]
        after = elements[position + 1] if position + 1 < limit else None
        follows = after.entry if after is not None else None
        conjunctions = self.lexicon.words["conjunctions"]
        if element.text == "mà" and follows is not None and "timing" in follows.features and limit < len(elements):
            return True  # "148 hồ sơ đang giải quyết mà trong hạn là 144"
        runs_on = limit < len(elements) and not any(later.kind == "punct" for later in elements[position:limit])
        if element.text in conjunctions and position > index + 1 and runs_on:
            return True  # "nhận 1.870 hồ sơ đất đai nhưng trả được 1.642 hồ sơ"
        unit = elements[index + 1].entry
        rated = elements[index].percent or (unit is not None and "points" in unit.features)
        if rated and element.text in ("nhưng", "song"):
            return True  # "đạt 88,24 điểm nhưng nhóm tiêu chí thanh toán vẫn thấp"
        if after is not None and follows is not None and element.text in (*conjunctions, "và", "mà") and after.text in ("vẫn", "đều", "cũng"):
            return True  # "39 hồ sơ chưa xong nhưng vẫn trong hạn"
        if element.has("mostly") and position > index + 1:
            return True  # "12 hồ sơ quá hạn tập trung ở lĩnh vực đất đai": most of them, and not all, are of the field
        if element.text == "đều" and not elements[position - 1].text.endswith("còn lại"):  # "10.124 hồ sơ còn lại đều trả đúng hẹn"
            return True
        return element.has("opener") or element.has("break") or (element.has("block") and element.text.startswith("so "))

    @staticmethod
    def _names_way(elements: list[Element], index: int, position: int, limit: int) -> bool:
        """ "2.806 hồ sơ đến bằng con đường trực tuyến": the way in which dossiers came."""
        if elements[position].text not in ("bằng", "với") or not elements[index + 1].text.startswith(("hồ sơ", "hs", "bộ hồ sơ")):
            return False
        return any(later.entry is not None and "channel" in later.entry.features for later in elements[position + 1 : min(position + 4, limit)])

    @staticmethod
    def _links(elements: list[Element], index: int, position: int, limit: int) -> bool:
        """Whether a linking word ("được", "đã", "có", "là") joins what follows to the number."""
        element, number = elements[position], elements[index]
        after = elements[position + 1] if position + 1 < limit else None
        if element.text not in ("được", "đã", "có", "là") or (element.text != "là" and limit < len(elements) and position == limit - 1):
            return False
        if element.text != "là":
            return element.text != "có"
        if after is not None and after.text in ("của", "thuộc"):
            return True  # "143.250.000 đồng là của các lĩnh vực khác"
        number_first = elements[0].kind == "num" and position <= index + 2 and any(word.text == "là" for word in elements[1:3])
        if (index == 0 or number_first) and after is not None and not element.has("opener"):
            return True  # "9.315 là số hồ sơ đã tiếp nhận": the label follows
        counted = position + 2 < len(elements) and elements[position + 2].kind == "num"
        names_channel = after is not None and after.entry is not None and bool({"channel", "cat", "level"} & set(after.entry.features)) and not counted
        of_ratio = len(number.parts) == 2 and after is not None and after.has("unit") and limit == len(elements)
        return names_channel or of_ratio

    @staticmethod
    def _end_before_number(elements: list[Element], index: int, limit: int) -> int:
        """Where the words of a number end that runs on to the next without a delimiter: its unit is its own, the rest is the next one's label."""
        unit, last = index + 1, limit - 1
        has_unit = unit < limit and elements[unit].has("unit")
        if has_unit and last > unit and elements[last].text == "trên" and limit + 1 < len(elements) and elements[limit + 1].has("unit"):
            return last  # "4.120 hồ sơ cấp kết quả điện tử trên 4.263 hồ sơ": all of it is of the first number
        if has_unit and last > unit and elements[last].text in ("thành", "tại", "ở"):
            return last  # "77 hồ sơ kỳ trước chuyển qua thành 2.117 hồ sơ", "557 hồ sơ nộp trực tiếp tại 03 điểm"
        given = elements[unit + 1 : unit + 3]
        if len(given) == 2 and unit + 2 < limit and given[0].text == "được giao" and given[1].entry is not None and "status" in given[1].entry.features:
            return unit + 2  # "so với 561 người được giao còn thiếu 23"
        return unit + 1 if has_unit else unit

    @staticmethod
    def _is_procedure(element: Element) -> bool:
        return element.has("unit") and element.entry is not None and element.entry.features.get("family") == "procedure"

    @staticmethod
    def _without_counted_field(elements: list[Element], index: int, position: int) -> int:
        """ "17 hồ sơ quá hạn thuộc lĩnh vực đất đai (12 hồ sơ) và xây dựng (05 hồ sơ)": a field with its own number in brackets is no field of the number before."""
        behind = elements[position + 1 : position + 4]
        own = (
            len(behind) > 1
            and behind[0].kind == "num"
            and not behind[0].percent
            and (behind[1].text == ")" or (behind[1].has("unit") and behind[-1].text == ")"))
        )
        field = elements[position - 1].entry
        if elements[position].text != "(" or not own or field is None or "field" not in field.features:
            return position
        start = position - 1
        while start > index + 1 and elements[start - 1].text in ("thuộc", "ở", "là", "của", "lĩnh vực", "các lĩnh vực", "tại"):
            start -= 1
        return start if start > index + 1 else position

    @staticmethod
    def _tells_the_rest(elements: list[Element], index: int, position: int, limit: int) -> bool:
        """ "23 thủ tục còn làm theo cách trực tiếp", "13 thủ tục còn lại là một cửa liên thông": how the number before is done, and no new label."""
        unit = elements[index + 1]
        at_once = position == index + 2 and elements[position].text == "còn"
        rest = elements[position].text == "là" and elements[position - 1].text.endswith("còn lại")
        if not (at_once or rest) or not unit.has("unit") or unit.entry is None or unit.entry.features.get("family") != "procedure":
            return False
        stop = next((place for place in range(position, limit) if elements[place].kind == "punct"), limit)
        if stop < len(elements) and elements[stop].kind == "num":
            return False
        return any(word.entry is not None and {"channel", "level"} & set(word.entry.features) for word in elements[position + 1 : stop])

    def _joins(self, elements: list[Element], begin: int, at: int, limit: int) -> bool:
        """Whether a comma or "và" only joins two values of one feature ("trước hạn, đúng hạn")."""
        left = next((element for element in reversed(elements[begin:at]) if element.has("concept")), None)
        right = next((element for element in elements[at + 1 : min(at + 4, limit)] if element.has("concept")), None)
        if left is None or right is None or left.entry is None or right.entry is None:
            return False
        after = elements.index(right) + 1
        between = elements[at + 1 : after - 1]
        if right.entry.features.get("grade") == "level" or (elements[at].text == "," and any(element.kind == "word" for element in between)):
            return False  # "4.551 lượt rất hài lòng, tỷ lệ hài lòng chung 98,7%"; "16.940 hồ sơ tiếp nhận, thường trả ngay"
        while after < limit and elements[after].has("link"):
            after += 1
        if after < len(elements) and elements[after].kind == "num" and after == limit:
            return False
        return any(self.lexicon.combine(key, value, right.entry.features[key]) for key, value in left.entry.features.items() if key in right.entry.features)

    def _collapse(self, segment: list[Element], last_wins: bool) -> tuple[dict[str, str], str]:
        """Features of one stretch of words, and the reason if it says "not a figure"."""
        features: dict[str, str] = {}
        void = ""
        since: dict[str, int] = {}
        ongoing = earlier = False
        for position, element in enumerate(segment):
            if element.kind != "mark" or element.entry is None:
                continue
            if "block" in element.entry.features and not last_wins and position and segment[position - 1].text == "từ":
                continue  # "02 viên chức biệt phái từ Trung tâm …": where they came from
            if element.has("block"):
                void = next((reason for reason in _REASONS if reason in element.entry.id.split("+")), element.entry.id)
                earlier = void == "comparison" and element.text.startswith(self.lexicon.words["earlier"]) and not _follows_change(segment, position)
            elif void and element.has("link") and element.text.split()[0] in ("còn", "lên", "đạt", "giảm", "tăng", "xuống"):
                void = void if earlier and element.text in ("đạt", "còn") else ""  # "trong khi cùng kỳ mới đạt 98,6%", "quý trước còn 25 người"
            elif void == "rank" and element.text in ("là", "với"):
                void = ""  # "đứng thứ hai là hộ tịch với 1.590 hồ sơ"
            elif void in ("event", "staff-event") and "status" in element.entry.features:
                void = ""  # what happened is told, then how many are there
            if element.text in self.lexicon.words["ongoing"]:
                ongoing = True
            if not element.has("concept") or (last_wins and element.text == "công dân"):
                continue
            if element.entry.id == "dossier-work" and features.get("family", "dossier") != "dossier":
                continue  # "thu từ giải quyết TTHC", "hài lòng trong giải quyết TTHC": the work is not what is counted
            for key, value in element.entry.features.items():
                if key == "action" and ongoing and value in ("received", "resolved"):
                    value = "in_progress"
                if key == "field" and not self._field_stands(segment, position):
                    continue
                if key == "subject" and value == "department":
                    value = element.text
                if key == "block" and value == "front" and features.get("weak_block") == "party" and position - since["weak_block"] <= 2:
                    value = "party-front"  # "Đảng ủy, Mặt trận: …"
                old = features.get(key)
                if key == "family" and value in ("procedure", "population", "visits") and old is not None:
                    continue
                if key == "field" and old is not None and old != value and position - since[key] <= 3:
                    features["two_fields"] = "yes"
                if old is not None and old != value:
                    both = self.lexicon.combine(key, old, value) if position - since[key] <= 3 else ""
                    if both:
                        value = both
                    elif key == "action" and old in _FINAL and value == "received":
                        continue
                    elif key == "action" and old == "in_progress" and value == "carried":
                        pass  # "96 hồ sơ năm 2025 chưa giải quyết xong được chuyển sang"
                    elif key == "action" and value in _FINAL and old == "received":
                        pass
                    elif not last_wins or key == "subject":
                        continue
                features[key] = value
                since[key] = position
        return features, void

    def _field_stands(self, segment: list[Element], position: int) -> bool:
        """A field's name is a scope after "lĩnh vực" or "hồ sơ", where a list entry begins or right before the number; else it is a word."""
        element = segment[position]
        after = segment[position + 1] if position + 1 < len(segment) else None
        before = segment[position - 1] if position else None
        if before is not None and before.has("field-word"):
            return True
        if after is None and (before is None or before.kind in ("mark", "punct", "num") or element.has("noun")):
            return True
        if element.has("noun") and after is not None and after.kind == "mark" and after.has("concept"):
            return True
        if after is not None and after.kind == "word" and after.text not in self.lexicon.words["after-field"] and not element.has("noun"):
            return False
        if before is None:
            return True
        money = before.entry is not None and before.entry.features.get("family") == "fees"
        return (
            money
            or before.has("unit")
            or before.has("and")
            or before.has("total")
            or before.kind == "num"
            or before.text.split()[-1] in self.lexicon.words["before-field"]
        )

    def _label(self, state: State) -> tuple[dict[str, str], str, str]:
        """Features of the words before a number: (features, void, bound)."""
        bound = ""
        segments = [(segment, sep) for segment, sep in zip(state.segments, state.seps, strict=True)]
        features: dict[str, str] = {}
        void = ""
        settled = foreign = False
        for position in range(len(segments) - 1, -1, -1):
            segment, _ = segments[position]
            if 0 < position < len(segments) - 1 and segment and self.view.startswith(IN_PASSING, segment[0].start):
                continue  # "hồ sơ nộp trực tuyến, kể cả có công chức làm hộ, mới đạt 64%"
            own, own_void = self._collapse(segment, last_wins=True)
            if (
                position + 1 < len(segments)
                and state.seps[position + 1] == ":"
                and segment
                and segment[0].text in self.lexicon.words["topics"]
                and "+" in own.get("action", "")
            ):
                own.pop("action")  # "Kết quả tiếp nhận, xử lý đơn: …" names the matter, not a number
            if position + 1 < len(segments) and state.seps[position + 1] == ":" and segment and segment[-1].text in self.lexicon.words["chapters"]:
                own.pop("kind", None)  # "6. Chuyển đổi số: số hóa thành phần hồ sơ 2.640/2.762 hồ sơ"
            if not settled:
                void = void or ("" if foreign else own_void)
                foreign = foreign or any(word.kind == "word" and word.text[-1:].isdigit() for word in segment)
                for key, value in own.items():
                    if key not in features:
                        features[key] = value
                    elif state.seps[position + 1] == "," and (both := self.lexicon.combine(key, value, features[key])):
                        features[key] = both
                settled = any(key in self.lexicon.significant for key in features) or features.get("family") in ("area", "population", "fees", "index")
                settled = settled or (features.get("family") == "procedure" and "comp" in features)  # "Sau rà soát, tổng số TTHC … là 236"
            else:
                for key, value in own.items():
                    if key == "other_money" and state.seps[position + 1] == ":":
                        continue  # "Kinh phí: phí, lệ phí thu …" is a title and then the fees
                    level_of_it = (key, value, features.get("family")) == ("grade", "level", "satisfaction") and state.seps[position + 1] == ","
                    if level_of_it:
                        features.setdefault(key, value)  # "Mức độ hài lòng của người dân, doanh nghiệp qua hệ thống đánh giá điện tử đạt 97%"
                    if (key in WEAK and key not in features) or (state.seps[position + 1] == ":" and key not in features):
                        features[key] = value
                    elif state.seps[position + 1] == "," and key in features and key != "action" and (both := self.lexicon.combine(key, value, features[key])):
                        features[key] = both
            if own.get("family") == features.get("family") == "fees" and own.get("field", "") != features.get("field", "") and state.seps[position + 1] == ",":
                features["two_fields"] = "yes" if "field" in own and "field" in features else features.get("two_fields", "")
            if own.get("action") == "in_progress" and position + 1 < len(segments) and state.seps[position + 1] == ",":
                verb = segments[position + 1][0]
                ongoing = segment[0].text.startswith(self.lexicon.words["ongoing"]) and len(verb) == 1
                if ongoing and position + 2 == len(segments) and features.get("action") in ("received", "resolved"):
                    features["action"] = "in_progress"  # "đang xem xét, xử lý 447 hồ sơ"
                if features.get("action") == "in_progress" and "timing" in own:
                    features.setdefault("timing", own["timing"])  # "chưa đến hạn trả, đang được các phòng thụ lý 107 hồ sơ"
            pair = own.get("weak_block") == "party" and features.get("block") == "front"
            if pair and len(segment) == 1 and state.seps[position + 1] == ",":
                features["block"] = "party-front"  # "Đảng ủy, Mặt trận: giao 41"
            if state.seps[position] == ";":
                break
        if state.segments[-1]:
            for element in reversed(state.segments[-1]):
                if element.has("bound") and element.entry is not None:
                    bound = element.entry.bound
                    break
                if element.kind != "mark" or not element.has("link"):
                    break
        return features, void, bound

    @staticmethod
    def _only_field(elements: list[Element], heading: bool) -> bool:
        """Whether a line names a field and little else. A heading must say that it is about a field's dossiers: "5. Nội vụ" is a chapter."""
        if any(element.has("field-word") for element in elements):
            return True
        counted = any(element.has("unit") for element in elements)
        other = [
            element
            for element in elements
            if element.kind in ("word", "num")
            or (element.kind == "mark" and element.entry is not None and "field" not in element.entry.features and not element.has("unit"))
        ]
        return len(other) <= 1 and (counted or not heading)
