"""Why a number with its words may be no figure: its unit, the words around it and where it stands show that something else is counted."""

from __future__ import annotations

import itertools

from ingest.facts.elements import Clause, Element
from ingest.facts.frames import State
from ingest.facts.labels import LabelReader
from ingest.facts.sentences import is_year

_MOST = 50


class DoubtReader(LabelReader):
    """Gives the reasons, and puts right what a clause says where they show it."""

    def _doubt_the_unit(self, clause: Clause) -> None:
        """Units that with the word behind them count something else: "3 vị trí đỗ xe", "12 lượt xe"."""
        post, unit = clause.post, clause.unit
        names = {element.entry.features.get("action", "") for element in post if element.entry is not None}
        if len(clause.number.parts) == 2 and {"received", "resolved"} <= names:
            clause.after["action"] = "resolved"
        if clause.of_unit("cat"):
            clause.own.pop("post", None)
        if unit is None:
            return
        self._doubt_posts(clause, unit)
        self._doubt_people(clause, unit)
        if unit.text == "lượt" and clause.verb is not None and clause.verb.text.split()[-1] == "tiếp":
            clause.own["family"] = "visits"  # "phản ánh, kiến nghị: tiếp 118 lượt với 131 người"
        if unit.text == "lượt" and clause.number.percent and clause.label.get("family") == "fees":
            clause.unit, clause.after = None, {}  # "quét mã được 89,3% lượt"
            return
        self._doubt_votes(clause, unit)
        self._take_share_of_inhabitants(clause)

    def _doubt_posts(self, clause: Clause, unit: Element) -> None:
        """ "3 vị trí đỗ xe", "17 chỉ tiêu do HĐND xã giao": no posts of an office."""
        follows = clause.post[1] if len(clause.post) > 1 else None
        if (
            unit.text in ("chỉ tiêu", "vị trí", "suất")
            and follows is not None
            and not (clause.label.get("status") == "vacant" and (unit.text == "vị trí" or follows.text.startswith(self.lexicon.words["leaders"])))
            and (follows.kind == "word" or follows.has("identifier") or follows.has("block"))
        ):
            clause.spoil("unknown-noun")
        if unit.text == "chỉ tiêu" and follows is not None and follows.text == "do" and clause.own.get("status") != "assigned":
            clause.spoil("unknown-noun")  # "thực hiện 17 chỉ tiêu do HĐND xã giao"
        if unit.text == "vị trí" and clause.before is not None and clause.before.text in ("ở", "tại"):
            clause.spoil("unknown-noun")  # "đặt mã QR ở 03 vị trí"
        if unit.text == "vị trí" and "vacant" not in (clause.label.get("status"), clause.after.get("status")) and len(clause.number.parts) == 1:
            clause.spoil("unknown-noun")  # "46 vị trí việc làm, trong đó 38 vị trí đã bố trí đủ người"

    def _doubt_people(self, clause: Clause, unit: Element) -> None:
        """People of whom something else is told than that they are there: some of those who were counted, or those who live there."""
        follows = clause.post[1] if len(clause.post) > 1 else None
        if (
            clause.of_unit("cat") == "civil"
            and follows is not None
            and follows.entry is not None
            and "field" in follows.entry.features
            and clause.label.get("status") != "vacant"
        ):
            clause.spoil("profession")  # "02 công chức địa chính phụ trách ba thôn": some of those who were counted
        behind = clause.elements[clause.index + 2 : clause.index + 4]
        trained = len(behind) == 2 and behind[0].text in ("có", "là") and behind[1].entry is not None and "post" in behind[1].entry.features
        if clause.counts_people() and trained and "status" not in clause.label:
            clause.spoil("profession")  # "Trong khối chính quyền, 43 người có trình độ đại học trở lên"
        in_charge = " ".join(word.text for word in clause.elements[clause.index + 2 : clause.index + 5])
        if clause.counts_people() and ("phụ trách" in in_charge) and not {"block", "weak_block"} & set(clause.label):
            clause.spoil("profession")
        doing = next((word.text for word in clause.elements[clause.index + 2 : clause.index + 3] if word.kind == "word"), "")
        satisfied = any(word.entry is not None and "grade" in word.entry.features for word in clause.post)
        said = satisfied and clause.number.percent  # "98,5% người dân bày tỏ sự hài lòng"
        if unit.text == "người" and clause.label.get("family") == "population" and doing in self.lexicon.words["attending"]:
            clause.spoil("people")  # "đối thoại với người dân 02 cuộc, 173 người dự"
        if unit.text == "người dân" and doing and doing not in self.lexicon.words["living"] and not said:
            clause.spoil("people")  # "3.960 người dân cài VNeID"

    def _doubt_votes(self, clause: Clause, unit: Element) -> None:
        """ "12 lượt xe" are no votes; and a title ("Hài lòng: …") names the matter of the votes behind it, and no grade."""
        post = clause.post
        follows = post[1] if len(post) > 1 else None
        voted = any(element.entry is not None and element.entry.features.get("family") == "satisfaction" for element in post)
        of_something = follows is not None and follows.kind == "word" and follows.text not in ("trong", "của", "đạt", "tại")
        if unit.text in ("lượt", "ý kiến") and of_something and not voted:
            clause.spoil("unknown-noun")
        if (
            clause.of_unit("family") == "satisfaction"
            and clause.own.get("grade") == "satisfied"
            and clause.verb is not None
            and clause.verb.text in ("trong", "thu")
        ):
            clause.own["grade"] = "level"  # "4. Hài lòng: Trong 3.150 lượt đánh giá có …": the title names the matter
        titled = clause.own.get("grade") == "satisfied" and "grade" not in {*clause.after, *self._collapse(clause.words, last_wins=True)[0]}
        if titled and (clause.of_unit("family") == "satisfaction" or clause.own.get("votes") or clause.after.get("votes")):
            clause.own["grade"] = "level"  # "Đo lường hài lòng: thu về 1.506 phiếu": the title names the matter
        if clause.of_unit("family") == "satisfaction" and clause.own.get("grade") == "satisfied" and clause.verb is not None and clause.verb.text == ":":
            behind = clause.elements[clause.index + 2 : clause.index + 8]
            if any(word.entry is not None and word.entry.features.get("grade") == "very" for word in behind):
                clause.own["grade"] = "level"  # "Hài lòng: 2.740 lượt đánh giá (rất hài lòng 2.466; hài lòng 260)"

    def _take_share_of_inhabitants(self, clause: Clause) -> None:
        """People who live there or came are only whose share or whose votes it is: "98,5% người dân hài lòng"."""
        if clause.of_unit("family") in ("population", "visits"):
            if clause.number.percent:
                clause.unit = None
                clause.after, _ = self._collapse(clause.post[1:], last_wins=False)
            elif clause.own.get("votes") and clause.own.get("family") == "satisfaction":
                clause.after.pop("family", None)
                clause.unit = None

    def _doubt_the_words(self, clause: Clause, state: State) -> None:
        """Words behind or before the number that show it to count something else."""
        post, number, own, unit = clause.post, clause.number, clause.own, clause.unit
        first = post[0] if post else None
        states = first is not None and first.entry is not None and first.has("concept") and set(first.entry.features) <= {"status"}
        if unit is None and states and state.inside and not (number.percent or number.zero):
            clause.spoil("other")
        missing = state.parent is not None and state.opened and state.parent.emitted and state.parent.features.get("status") == "vacant"
        if (
            missing
            and own.get("status") == "vacant"
            and clause.of_unit("cat")
            and not {"block", "weak_block", "field"} & {*clause.label} | {"block"} & {*clause.after}
        ):
            clause.spoil("part")  # "thiếu 05 công chức, trong đó thiếu 02 công chức địa chính"
        rated = any(element.text == "mỗi" and then.text in self.lexicon.words["per"] for element, then in itertools.pairwise(post))
        if rated or (len(post) > 2 and post[1].text == "một" and post[2].text in self.lexicon.words["per"]):
            clause.spoil("per-unit")  # "trên 2.000 hồ sơ mỗi tháng"
        if own.get("status") == "vacant" and self.view[state.span[0] : state.span[1]].lstrip(" -+*").startswith(self.lexicon.words["causes"]):
            clause.spoil("cause")  # "Nguyên nhân: 04 người nghỉ theo Nghị định 178/2024/NĐ-CP, 03 chỉ tiêu chưa tuyển": why posts are vacant
        self._tell_sent_from_back(clause)
        if number.percent:
            self._doubt_the_share(clause, state)
        if number.zero and self._denies_other_matter(clause):
            clause.spoil("another-matter")
        lives = clause.label.get("family") in ("population", "area")
        if self._names_earlier_year(state) and state.last is not None and not (lives or {*clause.label} & self.lexicon.significant):
            clause.spoil("comparison")
        if unit is not None and unit.text == "người dân" and self._reaches_people(state):
            clause.spoil("people")
        if own.get("cat") == "civil" and "block" not in own and self._names_profession(state.segments[-1]):
            clause.spoil("profession")
        if self._tells_a_cause(clause, state) or self._tells_cause_of_late(clause, state):
            clause.spoil("cause")
        held = "has" in own or own.get("status") == "present" or (clause.before is not None and clause.before.text in ("có", "đã có"))
        if "stock" in own and "digit" not in own and held:
            clause.spoil("stock")
        if unit is not None and unit.text.startswith("kết quả") and "family" not in own:
            if (own.get("action") == "received" or not {"action", "digital", "digit", "timing"} & set(own)) and not self._digitising(state):
                clause.spoil("unknown-noun")  # "Giám đốc ký 3.812 kết quả"
            own["family"] = "dossier"

    @staticmethod
    def _reaches_people(state: State) -> bool:
        """Whether something was done for so many people: "tuyên truyền tới 1.200 người dân"; not of a place "rộng, với 24.811 người dân"."""
        words = state.segments[-1]
        if not words or words[-1].text not in ("với", "cho", "tới", "của"):
            return False
        return not (words[-1].text == "với" and len(words) == 1)

    def _tell_sent_from_back(self, clause: Clause) -> None:
        """Ballots that were sent out are no votes; those that came back are."""
        own = clause.own
        if "back" in own:
            own.pop("sent", None)  # "phát ra và thu lại 1.506 phiếu"
        if own.get("votes") and own.get("family") == "satisfaction" and self._come_back_later(clause):
            own["sent"] = "yes"  # "khảo sát 620 người dân, thu về 604 phiếu"
        if clause.number.percent and own.get("grade") and clause.label.get("votes"):
            own.pop("sent", None)  # "qua khảo sát 400 phiếu (thu về 388 phiếu) là 95,4%"

    def _doubt_the_share(self, clause: Clause, state: State) -> None:
        """A percentage of something else than what its words name, or of another time."""
        post, unit, timing = clause.post, clause.unit, (clause.own.get("timing"), clause.after.get("timing"))
        first, follows = (post[0] if post else None), (post[1] if len(post) > 1 else None)
        told = any(key in self.lexicon.significant and key != "channel" for key in clause.after)
        told = told or (follows is not None and follows.text in ("đi", "đến", "được", "gửi") and len(post) < 5 and "channel" in clause.after)
        if unit is not None and unit.text in ("hồ sơ", "hs") and follows is not None and follows.kind == "word" and not told:
            clause.spoil("share-of-something")  # "6% hồ sơ phải nhập lại hai lần"
        before = state.last.features if state.last is not None and state.last.emitted and not state.last.percent else {}
        of_those = "field" in before and first is not None and first.text in ("số", "tổng số", "trong số")
        if of_those and before.get("timing", "") == clause.after.get("timing", "-"):
            clause.spoil("share-of-something")  # "lĩnh vực đất đai còn 61 hồ sơ quá hạn, chiếm 92,4% số hồ sơ quá hạn"
        if state.last is not None and state.last.emitted and self._sets_against(state):
            clause.spoil("comparison")  # "đạt 99,66%, trong khi quý I chỉ đạt 98,2%"
        if first is not None and first.kind == "word" and first.text not in ("số", "tổng", "lượng") and not told:
            clause.spoil("share-of-something")
        if "late" in timing and self._is_most(clause.number):
            clause.spoil("share-of-something")  # "trên 83% hồ sơ quá hạn rơi vào cấp xã": no unit is late with most of its dossiers

    @staticmethod
    def _is_most(number: Element) -> bool:
        whole = number.parts[0][2].replace(",", ".").split(".")[0]
        return whole.isdigit() and int(whole) >= _MOST

    @staticmethod
    def _tells_a_cause(clause: Clause, state: State) -> bool:
        """ "Chậm do chờ ý kiến kiểm lâm 15 hồ sơ": late dossiers by cause."""
        words = state.segments[-1]
        late = next((place for place, word in enumerate(words) if word.entry is not None and word.entry.features.get("timing") == "late"), len(words))
        due = next((place for place, word in enumerate(words) if place > late and word.text in ("do", "vì", "bởi")), len(words))
        told = any(word.kind == "word" for word in words[due + 1 :]) or len(words) - due > 2
        if clause.number.zero and words and words[0].text in ("do", "vì", "bởi"):
            return True  # "…, do khu dân cư số 3 chưa có hồ sơ địa chính"
        return due < len(words) and told and clause.of_unit("family") == "dossier" and not words[-1].has("link")

    @staticmethod
    def _tells_cause_of_late(clause: Clause, state: State) -> bool:
        """ "09 hồ sơ quá hạn nêu trên có 06 hồ sơ do chờ nghĩa vụ tài chính": late dossiers by cause."""
        due = len(clause.post) > 1 and clause.post[1].text in ("do", "vì", "bởi") and clause.of_unit("family") == "dossier"
        late = state.last is not None and state.last.emitted and state.last.features.get("timing") == "late"
        return due and late and not state.fresh and not {"field", "action", "timing"} & set(clause.label) and "field" not in clause.after

    @staticmethod
    def _come_back_later(clause: Clause) -> bool:
        """Whether the answers are counted after those who were asked."""
        later = clause.elements[clause.index + 1 + len(clause.post) :]
        back = next((place for place, word in enumerate(later) if word.text.startswith(("thu về", "thu lại"))), len(later))
        return any(word.kind == "num" and not word.percent for word in later[back + 1 : back + 4])

    @staticmethod
    def _denies_other_matter(clause: Clause) -> bool:
        """ "không có hồ sơ nào giải quyết không đúng thẩm quyền", "chưa có đơn nào quá thời hạn": nothing that a measure counts is denied."""
        after = clause.after
        if after.get("family") in ("petition", "pakn"):
            return after.get("timing") == "late" and "action" not in clause.label
        handled = after.get("action") in ("received", "resolved") and not {"timing", "channel", "newness"} & set(after)
        return after.get("family") == "dossier" and handled and any(element.kind == "word" and element.text == "nào" for element in clause.post)

    @staticmethod
    def _sets_against(state: State) -> bool:
        """Whether the words before a share are only "trong khi", a time and "chỉ" or "mới"."""
        words = [word.text for word in state.segments[-1]]
        timed = any(word.has("identifier") or word.kind == "mask" for word in state.segments[-1])
        return words[:1] == ["trong khi"] and timed and bool({"chỉ", "mới"} & set(words))

    def _names_profession(self, words: list[Element]) -> bool:
        """ "công chức địa chính chỉ có 3 người", "công chức phụ trách công nghệ thông tin hiện có 01 người": some of those who were counted."""
        at = next((place for place, word in enumerate(words) if word.entry is not None and word.entry.features.get("cat") == "civil"), len(words))
        behind = words[at + 1 :]
        of_field = bool(behind) and behind[0].entry is not None and "field" in behind[0].entry.features
        return of_field or any(word.text in self.lexicon.words["profession-words"] for word in behind)

    def _names_earlier_year(self, state: State) -> bool:
        """Whether the words right before a number are a bare year before the reported one: "mức độ hài lòng 95,9%, năm 2025 là 93,2%"."""
        years = [word.text for word in state.segments[-1] if word.kind == "mask"]
        return self.year is not None and len(years) == 1 and is_year(years[0]) and int(years[0]) < self.year

    def _digitising(self, state: State) -> bool:
        """Whether digitisation is spoken of around here."""
        frames = (state.last, state.running, state.parent)
        near = any(frame is not None and (frame.features.get("digit") or frame.features.get("digital")) for frame in frames)
        return near or any(level.label.get("digital") or level.label.get("digit") for level in self.levels)

    def _weigh_position(self, clause: Clause, state: State) -> None:
        """What stands right before and behind the clause: a rate per unit, a whole, a reference, a bound."""
        self._doubt_the_rate(clause, state)
        self._doubt_the_whole(clause, state)
        if len(clause.number.parts) == 2:
            clause.own["ratio"] = "yes"
            if self._is_ratio_of_strangers(clause, state):
                clause.spoil("other")
        self._take_action_of_whole(clause)
        self._doubt_the_bound(clause, state)

    def _doubt_the_rate(self, clause: Clause, state: State) -> None:
        """So many a day, a share of tasks, an average that is only held against."""
        elements, number = clause.elements, clause.number
        behind = elements[clause.index + 1 + len(clause.post) :][:2]
        if len(behind) == 2 and behind[0].text == "/" and behind[1].kind in ("word", "mark") and behind[1].text in self.lexicon.words["per"]:
            clause.spoil("per-unit")
        if behind and behind[0].text.startswith("/") and behind[0].has("block"):
            clause.spoil("per-unit")
        of_tasks = bool(clause.post) and clause.post[0].entry is not None and "task" in clause.post[0].entry.features
        if number.percent and (of_tasks or "task" in clause.label or (state.stack and state.parent is not None and "task" in state.parent.features)):
            clause.spoil("share-of-something")
        if clause.void == "average" and (number.percent or "points" in clause.own):
            clause.void = ""
        if clause.before is not None and clause.before.text == "/" and clause.of_unit("points") and number.parts[0][2] in ("100", "100,0"):
            clause.spoil("whole")  # "đạt 87,62 điểm/100 điểm"
        if self._is_average_set_against(elements, clause.index):
            clause.spoil("comparison")

    @staticmethod
    def _doubt_the_whole(clause: Clause, state: State) -> None:
        """A number that only says of how many another one is: "5 hồ sơ trên 120 hồ sơ", "Trong 46 nhiệm vụ, …"."""
        own, after = clause.own, clause.after
        joined = state.last is not None and state.seps == [""] and not state.fresh and clause.before is not None and clause.before.text == "trên"
        if joined and state.last is not None and state.last.features.get("family") == "dossier" and not {"action", "timing"} & set(own):
            clause.spoil("whole")
        if clause.verb is None or clause.verb.text != "trong":
            return
        counted = (
            (own.get("family") == "dossier" and {"action", "timing"} & set(after))
            or (own.get("family") == "satisfaction" and own.get("votes"))
            or (own.get("family") == "procedure" and after.get("own_competence"))
        )
        if not clause.number.percent and not counted:
            clause.spoil("reference")
        if "digit" not in own:
            own.pop("digital", None)  # "Về số hóa, trong 4.006 hồ sơ đã trả kết quả có 3.912 hồ sơ …"

    def _take_action_of_whole(self, clause: Clause) -> None:
        """ "3 hồ sơ quá hạn trong số 79 hồ sơ đang giải quyết": the whole says what happened to its part."""
        behind = clause.elements[clause.index + 1 + len(clause.post) :]
        if "timing" not in clause.own or "action" in clause.own or len(behind) < 2 or not behind[0].has("break") or behind[1].kind != "num":
            return
        words = itertools.takewhile(lambda word: word.kind == "mark" and not word.has("break"), behind[2:])
        whole = self._collapse(list(words), last_wins=False)[0].get("action", "")
        if whole in ("resolved", "in_progress"):
            clause.own["action"] = whole

    def _doubt_the_bound(self, clause: Clause, state: State) -> None:
        """A threshold, a value that was moved from, an aim; and people of a whole that was just counted."""
        elements, number, unit = clause.elements, clause.number, clause.unit
        if clause.before is not None and clause.before.text == "từ" and any(element.text in ("trở lên", "trở xuống") for element in clause.post):
            clause.spoil("threshold")  # "113/124 đơn vị đạt từ 80 điểm trở lên"
        of_them = state.last is not None and state.last.emitted and state.last.features.get("family") == "staff" and state.seps == [""]
        whole_named = elements[0].text.startswith("trong") and clause.verb is not None and clause.verb.text == "có"
        if of_them and whole_named and unit is not None and unit.text in ("người", "đồng chí"):
            clause.spoil("part")  # "Trong tổng số 61 cán bộ, công chức có 58 người đạt chuẩn"
        if number.percent and clause.bound in ("<", ">") and self._sorts_units(state):
            clause.spoil("threshold")  # "còn 11 xã có tỷ lệ hồ sơ trực tuyến dưới 90%"
        moved = number.percent or bool(clause.of_unit("points"))
        if moved and clause.verb is not None and clause.verb.text == "từ" and self._moves_on(elements, clause.index):
            clause.spoil("comparison")  # "từ 31% (tháng 7/2025) tăng lên 94,6%", "từ 79,44 điểm, hạng 61/103 lên 87,02 điểm"
        least = elements[max(0, clause.index - 2) : clause.index]
        if number.percent and any(element.text in ("ít nhất", "tối thiểu", "không dưới") for element in least):
            state.void = state.void or "aim"

    def _is_ratio_of_strangers(self, clause: Clause, state: State) -> bool:
        """ "Kê khai tài sản 61/61 người", "Chứng thư số đã cấp: 41/41 công chức": people of whom something else is told than that they are there."""
        label, unit = clause.label, clause.unit
        people = clause.counts_people() or bool(clause.of_unit("cat"))
        if not people or unit is None or ("did" not in label and {"status", "family"} & set(label)) or {"block", "weak_block"} & {*label, *clause.after}:
            return False
        words = [word for segment in state.segments for word in segment]
        behind = clause.post[1:]
        told = bool(behind) and behind[0].kind == "word" and behind[0].text not in (*self.lexicon.words["places-of-work"], *self.lexicon.words["units"])
        words = [*words, *behind] if told else words  # "có 11/45 công chức chưa thành thạo phần mềm"
        goes_on = list(itertools.takewhile(lambda word: word.kind not in ("punct", "num"), clause.elements[clause.index + 2 :]))
        here = any("status" in word.entry.features or word.text in self.lexicon.words["places-of-work"] for word in goes_on if word.entry is not None)
        if len(goes_on) > 1 and goes_on[0].text in self.lexicon.words["having"] and not here and "status" not in clause.after:
            return True  # "38/38 công chức có chữ ký số"
        return sum(word.kind == "word" and word.text.isalpha() for word in words) > 1 and "status" not in clause.after

    def _is_average_set_against(self, elements: list[Element], index: int) -> bool:
        """Whether an average is only what the number before it is higher or lower than: "đạt 99,1%, cao hơn bình quân của tỉnh (97,6%)"."""
        average = False
        for element in reversed(elements[:index]):
            if element.kind == "num" or element.text == ";":
                return False
            average = average or any(word in element.text for word in self.lexicon.words["averages"])
            if average and element.entry is not None and element.entry.id in ("change", "against"):
                return True
        return False

    def _moves_on(self, elements: list[Element], index: int) -> bool:
        """Whether the words up to the next number of its kind say that a share or a score rose or fell to it."""
        for element in elements[index + 1 :]:
            if element.kind == "num" and element.percent == elements[index].percent and len(element.parts) == 1:
                return False
            if element.text in (";", "."):
                return False
            if element.text.split()[0] in self.lexicon.words["moving"]:
                return True
        return False

    def _sorts_units(self, state: State) -> bool:
        """Whether the words before a number count the units that a threshold sorts out."""
        pairs = itertools.pairwise(word for segment in state.segments for word in segment)
        return any(count.kind == "word" and count.text[0].isdigit() and unit.text.startswith(self.lexicon.words["units"]) for count, unit in pairs)

    def _post_voids(self, post: list[Element], unit: Element | None, void: str, number: Element, said: bool) -> bool:
        texts = [element.text for element in post]
        if "trước" in texts and post[-1].kind == "mask" and texts.index("trước") >= len(texts) - 3:
            return True
        if not void:
            return False
        at_once = unit is not None and len(post) > 1 and post[1].entry is not None and post[1].entry.id == "event"
        if unit is not None and unit.entry is not None and unit.entry.features.get("cat") == "nonspec" and not at_once:
            return False  # all of them are about to leave, and are counted all the same
        if void == "rank":
            return number.percent or unit is None
        if void == "event":
            return not {"do", "vì", "bởi"} & set(texts[:4])
        if (
            void == "staff-event"
            and said
            and not any(element.entry is not None and "staff-event" in element.entry.id for element in (post[1:3] if unit is not None else post[:2]))
        ):
            return False
        if void == "staff-event":
            return unit is None or unit.entry is None or unit.entry.features.get("family", "staff") == "staff"
        rest = post[1:] if unit is not None else post
        if void == "against":
            return number.percent
        if void == "comparison":
            return number.percent or (bool(rest) and rest[0].text.startswith("cùng"))
        return number.percent and void == "target"
