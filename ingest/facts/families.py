"""The family of what a number counts (dossiers, staff, fees, …) where its clause does not name it."""

from __future__ import annotations

import itertools

from ingest.facts.elements import Element
from ingest.facts.frames import MAJOR, OF_DOSSIERS, Claim, Frame, Level, State, counts_nothing, without
from ingest.facts.neighbours import NeighbourReader


class FamilyReader(NeighbourReader):
    """Finds the family of a number and makes its claim."""

    def _claim(self, own: dict[str, str], number: Element, state: State, level: Level | None) -> Claim:
        """What the clause says itself, with the family of its neighbours where it names none."""
        features = dict(own)
        parent = state.parent
        if parent is not None and parent.percent and not (number.percent or number.zero or state.stack or "timing" in own) and "timing" in parent.features:
            parent = Frame(without(parent.features, "timing", "rate"), parent.void, parent.emitted)
            state.parent = parent  # "…; tỷ lệ trước hạn và đúng hạn 99,83%. Chia theo lĩnh vực: chứng thực 486, …"
        sources = [source for source in (parent, state.running) if source is not None]
        if state.last is None and state.running is not None and state.running is not parent and state.running.features.get("action") in OF_DOSSIERS:
            sources[-1] = Frame(without(state.running.features, "action"))  # "Rút: 02 hồ sơ." is no beginning of the list by field that follows
        if parent is not None and "family" not in parent.features and parent.features.get("action") and "field" in own:
            parent.features["family"] = "dossier"
        near = state.running if state.running is not None else self.running
        of_staff = near is not None and near.emitted and near.features.get("family") == "staff"
        if parent is not None and "family" not in parent.features and parent.features.get("status") == "present" and of_staff and "people" in own:
            parent.features["family"] = "staff"  # "Thiếu: 07. Phân bổ số có mặt như sau: Văn phòng 14 người; …"
        if parent is not None and "family" not in parent.features and not parent.emitted and "timing" in parent.features:
            parent.features["family"] = "dossier"
        significant = {key for key in own if key in self.lexicon.significant}
        if own.get("family") == "dossier" and "field" in own:
            significant.discard("group")  # "mấy nhóm sau: chứng thực 1.642 hồ sơ"
        entry = [word for word in state.segments[0] if word.kind in ("word", "mark")] if state.segments else []
        titled = len(entry) == 1 and entry[0].text == "khác" and len(state.seps) > 1 and state.seps[1] == ":"
        if own.pop("bare_other", "") and ((titled and own.get("action") in ("received", "resolved", "in_progress")) or not significant - {"kind"}):
            own["field"] = features["field"] = "field:other"
        features.pop("bare_other", None)
        scoped = any(key in own for key in ("field", "block", "weak_block")) or (state.bracketed and not significant)
        in_bracket = state.bracketed and "block" in state.topic and "people" in own
        of_block = in_bracket or "block" in own or ("weak_block" in own and "people" in own)
        state.bracketed = False
        if features.get("cat") or ("family" not in features and of_block and {"status", "people", "has"} & set(own)):
            features["family"] = "staff"
        if "family" not in features and own.get("status") == "vacant" and "people" in own and any(word.text.endswith("khuyết") for word in state.segments[-1]):
            features["family"] = "staff"
        if "family" not in features and {"quota", "people", "ratio", "status"} <= set(own):
            features["family"] = "staff"  # "Bố trí 20 người trên 22 biên chế"
        headed = bool(self.levels) and self.levels[-1].heading and "block" in self.levels[-1].label
        bare = set(own) <= {"status", "did", "has"} and not number.percent
        if "family" not in features and "status" in own and headed and (bare or (own["status"] == "present" and "people" in own)):
            features["family"] = "staff"  # "2. Khối chính quyền": "Giao: 61. Có mặt: 54"; "8. Nhân sự Trung tâm Phục vụ hành chính công": "- Hiện có 17 người"
        if in_bracket and "status" not in own:
            features["status"] = "present"  # "a) Phòng Kinh tế (18 người)"
        unnamed = "family" not in features
        if unnamed and "digit_hint" in own and not significant - {"action"} and self._below_digitisation(state):
            features["family"], own["digital"], features["digital"] = "dossier", "yes", "yes"  # "8. Số hóa": "Thành phần hồ sơ: 801. Kết quả: 790/790"
            unnamed = False
        if unnamed:
            nearest = [state.last, *sources] if state.last is not None else sources
            if self._counts_others(own, state):
                return Claim(own, features, number, state, level, significant, scoped, unnamed, sources)
            family = next((source.features["family"] for source in nearest if source.features.get("family")), "")
            of_sentence = self._matter(own, state) if self.chapter_family or not number.zero else ""
            family = family or self._context_family() or of_sentence
            below_block = bool(self.levels) and "block" in self.levels[-1].label and "field" not in self.levels[-1].label
            if not family and "status" in own and below_block and not number.percent:
                family = "staff"  # "1. Khối chính quyền": "Giao: 61. Có mặt: 54. Thiếu: 07."
            if family:
                features["family"] = family
        return Claim(own, features, number, state, level, significant, scoped, unnamed, sources)

    def _say_family(self, own: dict[str, str], number: Element, state: State, level: Level | None) -> None:
        """Families that a grade, a pair, a unit of area or the line above give away."""
        above = state.parent.features if state.parent is not None else {}
        if "family" not in own and {"channel", "newness"} & set(own) and above.get("action") in ("received", "received+resolved") and "family" not in above:
            own["family"] = "dossier"  # "Kết quả tiếp nhận: - Nộp trực tuyến 1.255"
        if own.get("grade") and (own.get("family") in ("dossier", "procedure") or (own.get("family") == "staff" and number.percent)):
            own["family"] = "satisfaction"
            for key in ("action", "cat"):
                own.pop(key, None)
        said = own
        if len(number.parts) == 2 and state.last is None and level is not None and level.pair:
            said = self._collapse(state.segments[-1], last_wins=True)[0]  # "(tiếp nhận/đã giải quyết): hộ tịch 512/508"
        if len(number.parts) == 2 and (pair := self._pair_above(said, level)):
            key, own[key], own["pair"] = pair
            own.setdefault("family", "dossier" if key == "action" else "staff")
        if own.get("area_unit") == "km2" and "family" not in own and "other_area" not in own:
            own["family"] = "area"

    @staticmethod
    def _turn_family(claim: Claim) -> Frame | None:
        """Timing, channels and what happens to dossiers outweigh a family that was only taken over."""
        own, features, number, unnamed = claim.own, claim.features, claim.number, claim.unnamed
        if ("family" not in features and "timing" in own) or (unnamed and "digital" in own and "digit_hint" in own):
            features["family"] = "dossier"  # "Số hóa: thành phần hồ sơ 405", whatever was spoken of before
        if unnamed and number.percent and "timing" in own and features.get("family") in ("satisfaction", "fees", "index", "procedure"):
            features["family"] = "dossier"
        if unnamed and number.percent and own.get("channel") == "online" and features.get("family") not in ("fees", "dossier"):
            features["family"] = "dossier"
        of_dossiers = {"timing", "channel"} & set(own) or own.get("action") in (*OF_DOSSIERS, "resolved", "in_progress") or "newness" in own
        if unnamed and features.get("family") == "staff" and of_dossiers and not {"post", "cat", "status", "block", "people", "has"} & set(own):
            features["family"] = "dossier"
        if claim.state.of_others and "family" not in own and not number.percent:
            return counts_nothing()
        if number.zero and claim.scoped and features.get("family") == "procedure":
            features["family"] = own["family"] = "dossier"
        if features.get("family") == "procedure":
            handled = "timing" in own or own.get("action") in OF_DOSSIERS
            if handled and own.get("procedures") and not number.percent:
                return counts_nothing()  # "12 TTHC cập nhật chậm"
            received = own.get("action") == "received" and not {"channel", "comp", "level", "procedures", "change"} & set(own)
            if handled or received or (own.get("action") == "resolved" and unnamed and "channel" not in own):
                features["family"] = own["family"] = "dossier"
        if (
            features.get("family") == "fees"
            and unnamed
            and "action" in own
            and "field" in {*own, *claim.state.topic}
            and not number.percent
            and "money" not in own
        ):
            features["family"] = own["family"] = "dossier"  # "Riêng lĩnh vực đất đai: nhận 203, xong 141" below a line on fees
        last = claim.state.last
        of_transactions = last is not None and bool(last.features.get("transactions"))
        if features.get("family") == "fees" and unnamed and "channel" in own and not (number.percent or "money" in own or of_transactions):
            features["family"] = own["family"] = "dossier"
        return None

    @staticmethod
    def _with_family(claim: Claim) -> Frame | None:
        """The neighbours of the same family; votes need theirs."""
        own, state = claim.own, claim.state
        family = claim.family = claim.features.get("family", "")
        claim.alike = [source for source in claim.sources if source.features.get("family") == family]
        claim.previous = state.last if state.last is not None and state.last.features.get("family") == family else None
        claim.unit_only = not claim.significant - {"votes"} and not claim.scoped
        if "votes" in own and claim.unnamed:
            words = state.segments[-1]
            of_visitors = "people" in own or (bool(words) and words[-1].kind == "word" and words[-1].text.isalpha())  # "khách tham quan 268.500 lượt"
            if family not in ("satisfaction", "pakn", "petition") or of_visitors or (family == "satisfaction" and own.get("action") == "resolved"):
                return counts_nothing()
        if "votes" in own and family == "satisfaction":
            claim.unit_only = False
        return None

    def _context_family(self) -> str:
        return next((level.label["family"] for level in reversed(self.levels) if level.label.get("family")), "")

    def _matter(self, own: dict[str, str], state: State) -> str:
        """The family that a bare verb speaks of where neither its clause nor a heading names one: that of the figures before it in the chapter."""
        if (
            own.get("people")
            or own.get("post")
            or not ({"action", "timing"} & set(own) or (own.get("status") == "assigned" and "field" in {*own, *state.topic}))
        ):
            return ""
        if self.chapter_family in MAJOR:
            return self.chapter_family if self.chapter_family != "staff" else ""
        words = self.view[state.span[0] : state.span[1]]
        told = (
            {"field"} & {*own, *state.topic}
            or ("action" in own and state.several and "hồ sơ" in words and "đơn" not in words and "phản ánh" not in words)
            or own.get("newness") == "new"
            or own.get("action") == "carried"
        )
        return "dossier" if told else ""

    def _pair_above(self, own: dict[str, str], level: Level | None) -> tuple[str, str, str] | None:
        """What a heading says of `a / b`, unless the words at the numbers say it themselves."""
        pair = next((outer.pair for outer in [*([level] if level else []), *reversed(self.levels)] if outer.pair), None)
        said = {"action", "status", "timing", "cat", "grade", "digit"} & set(own)
        of_title = level is not None and pair is not None and pair is level.pair and said == {pair[0]} and own[pair[0]] in pair[1:]
        return pair if pair is not None and (not said or of_title) else None

    def _below_digitisation(self, state: State) -> bool:
        """Whether the heading or line above is about digitisation, and every word before the number is known."""
        above = next((level.label for level in reversed(self.levels) if level.heading or level.opens), {})
        return "digital" in above and not any(word.kind == "word" for segment in state.segments for word in segment)

    @staticmethod
    def _counts_others(own: dict[str, str], state: State) -> bool:
        """Whether a bare verb follows a number of other things: "11 trụ sở dôi dư, đã xử lý 06"."""
        if state.last is not None or state.inside or not set(own) <= {"action", "timing"}:
            return False
        words = [word for segment in state.segments[:-1] for word in segment]
        return any(one.kind == "word" and one.text[0].isdigit() and then.kind == "word" and then.text.isalpha() for one, then in itertools.pairwise(words))

    def _takes_in_fees(self, own: dict[str, str], state: State) -> bool:
        """Whether an amount without a name is what was taken in as fees: under such a heading, or a field's share of the fees before it."""
        whole = state.last if state.last is not None else state.parent if state.inside else None
        titled = state.last is None and whole is not None and not whole.emitted and whole.features.get("family") == "fees" and "pay" not in whole.features
        if whole is not None and whole.emitted and whole.features.get("family") == "fees" and self._names_period(state):
            return True  # "chia ra quý I thu 142.000.000 đồng, quý II thu 168.220.000 đồng"
        counted = state.counted()
        if counted is not None and "of_fees" in counted.features and "pay" not in counted.features and any(word.text == "tiền" for word in state.segments[-1]):
            return True
        if counted is not None:  # "58.720.000 đồng, giảm 3.100.000 đồng so với quý trước, gồm chứng thực 31.200.000 đồng"
            return counted.emitted and counted.features.get("family") == "fees" and "field" in own
        words = [word for segment in state.segments for word in segment if word.kind in ("word", "mark")]
        plain = all(
            word.has("total") or word.has("bound") or word.has("link") or word.has("inert") or word.has("unit") or word.text in self.lexicon.words["taken-in"]
            for word in words
        )
        titled = state.inside and state.parent is not None and not state.parent.emitted and state.parent.features.get("family") == "fees"
        return plain and (titled or (bool(self.levels) and self.levels[-1].label.get("family") == "fees"))
