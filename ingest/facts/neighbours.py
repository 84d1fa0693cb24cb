"""What a clause takes from the numbers before it: the measure of a neighbour, or the verb of the whole that it is a part of."""

from __future__ import annotations

from ingest.facts.frames import MAJOR, SCOPES, Claim, Frame, State, without
from ingest.facts.implied import ImpliedReader

_STRANGE_WORDS = 3
"""More words of a sentence in small letters before a share make it one of something else."""


class NeighbourReader(ImpliedReader):
    """Copies the measure or the verb of a neighbour."""

    def _grades_apart(self, state: State) -> bool:
        """Whether a sentence tells several grades of satisfaction, so that the share of one is none of all."""
        return any(word in self.view[state.span[0] : state.span[1]] for word in self.lexicon.words["other-grades"])

    def _copy_measure(self, claim: Claim) -> dict[str, str]:
        """A clause without a qualifier of its own: a share of the number before, or one entry of a list by field or block."""
        own, features, number, state, previous = claim.own, claim.features, claim.number, claim.state, claim.previous
        of_whole = own.pop("of_whole", "")
        features.pop("of_whole", "")
        if of_whole and previous is not None and previous.void in ("change", "comparison", "against") and state.whole is not None:
            previous = state.whole  # "31 hồ sơ, giảm 12 hồ sơ so với quý II, chiếm 0,7% tổng số"
        if number.percent and previous is not None and not claim.scoped:
            return self._as_share_of(previous, claim)
        if own.get("left") and features.get("family") == "dossier":
            return features
        if number.percent and state.running is not None and state.running.percent and state.running in claim.alike and ("subject" in own or "rate" in own):
            return without(state.running.features, *SCOPES) | own
        source = self._source(claim, previous)
        if claim.scoped:
            head = state.head if state.head is not None and state.head.features.get("family") == features.get("family") else None
            if features.get("family") == "dossier" and head is not None and not head.percent and "field" in head.features and not number.percent:
                source = head
            elif own.get("field") == "field:other" and previous is not None and "field" in previous.features and not (previous.percent or number.percent):
                return self._copied(previous, claim)  # "chứng thực (1.487 hồ sơ), đất đai (565 hồ sơ); các lĩnh vực khác cộng lại là 187 hồ sơ"
            elif head is not None and self._is_next_block(claim):
                # "giáo dục 402 người trên tổng số được giao 419; y tế 25 người"
                source = state.headcount if head.features.get("status") == "assigned" and state.headcount is not None else head
            elif features.get("family") == "dossier" and previous is not None and not state.fresh:
                source = state.counted() if previous.void == "change" else previous  # "là 14, giảm 20 so với cùng kỳ, tập trung ở đất đai 10 hồ sơ"
            elif self._is_entry_by_field(claim, source):
                return features | self._counted_by_field(claim)
        counted = self._counts_without_source(claim)
        if counted or source is None:
            return features | counted
        return self._copied(source, claim)

    def _as_share_of(self, counted: Frame, claim: Claim) -> dict[str, str]:
        """The features of a share of the number before it; no family where the words or the number make it a share of something else."""
        own, state = claim.own, claim.state
        timing, grade = counted.features.get("timing", ""), counted.features.get("grade", "")
        of_another = (
            # "trực tuyến đạt 96,4%; tỷ lệ số hóa 98,2%"
            ("digital" in own and not {"digit", "digital"} & set(counted.features))
            or ("rate" in own and any(word.kind == "word" for segment in state.segments for word in segment))
            # "nhưng tiêu chí cơ sở vật chất chỉ 91%"
            or sum(word.kind == "word" and self.text[word.start].islower() for word in state.segments[-1]) > _STRANGE_WORDS
            or (not counted.percent and (grade == "very" or (grade == "satisfied" and self._grades_apart(state))))
            or timing == "early"
            or (timing == "on_time" and "early" in state.timings)
        )
        if of_another:
            return {"family": ""}
        in_time = timing == "within" and counted.features.get("action") == "resolved" and "timing" not in own
        # "Giải quyết trong hạn: 1.455/1.462 hồ sơ (99,5%)"
        return without(counted.features, "sent") | own | ({"timing": "early_or_on_time"} if in_time else {})

    @staticmethod
    def _source(claim: Claim, previous: Frame | None) -> Frame | None:
        """The number whose measure a clause without a qualifier takes over, as far as its neighbours tell."""
        own, features, state, alike = claim.own, claim.features, claim.state, claim.alike
        if not (claim.scoped or own.get("has") or own.get("people") or own.get("left")):
            if previous is not None and previous.percent:
                return previous
            return state.parent if own.get("family") and state.parent in alike and state.inside else None
        if features.get("family") == "staff" and state.last is None and own.get("block"):
            alike = [other for other in alike if other is state.parent]
        source = alike[0] if alike else None
        if source is not None and state.running is not None and state.running.features.get("scoped") and state.running in alike:
            source = state.running
        beside_quota = source is not None and source.features.get("status") == "assigned" and own.get("people") and "status" not in own
        if beside_quota and state.headcount is not None and state.head is source:
            source = state.headcount
        if source is not None and source.percent and not claim.number.percent:
            source = next((other for other in alike if not other.percent), None)
        return source

    @staticmethod
    def _is_next_block(claim: Claim) -> bool:
        """Whether the people of one more block are counted after a semicolon."""
        own, state = claim.own, claim.state
        of_block = bool(own.get("people")) and bool({"block", "weak_block"} & set(own))
        return claim.features.get("family") == "staff" and state.fresh and not state.inside and of_block

    def _is_entry_by_field(self, claim: Claim, source: Frame | None) -> bool:
        """Whether dossiers of a field stand in a list that says no other measure for them."""
        own, state = claim.own, claim.state
        of_field = "field" in own or not {"block", "weak_block"} & set(own)
        if not of_field or claim.features.get("family") != "dossier" or claim.number.percent:
            return False
        if state.inside and state.parent in claim.alike and not self._opens_list_by_field(state):
            return False
        return source is None or not (source.features.get("listed") or self._is_next_entry(source, state))

    def _counted_by_field(self, claim: Claim) -> dict[str, str]:
        """What a list by field counts: resolved of received in a ratio, what a heading or the paragraph says, else what was received."""
        if claim.own.get("ratio") and not self._counted_above():
            return {"action": "resolved", "listed": "yes"}  # "Xây dựng: 188/211"
        if told := self._told_in_paragraph(claim.state):
            return {"action": told, "listed": "yes"}
        return {"action": "received", "listed": "yes"} | self._counted_above()

    def _counts_without_source(self, claim: Claim) -> dict[str, str]:
        """What a clause counts whatever stood before it; nothing where that decides."""
        own, state, family = claim.own, claim.state, claim.features.get("family")
        in_whole = state.inside and state.parent in claim.alike and state.parent is not None and state.parent.emitted
        if claim.scoped and family == "procedure" and own.get("family") and not in_whole:
            return {"comp": "yes"}
        if family != "dossier" or claim.number.percent:
            return {}
        words = [word for segment in state.segments for word in segment]
        total = any(word.has("total") for word in words) or (own.get("has") and not state.inside and claim.previous is None)
        if own.get("family") and total:
            return {"action": "received"}
        if own.get("did"):
            return {"action": "resolved"}
        most = self.of_province and own.get("family") == "dossier" and any("nhất" in word.text.split() for word in words)
        if most and self._names_unit(words):
            return {"action": "received", "subject": "other"}  # "Nhiều hồ sơ nhất là phường Pleiku với 12.480 hồ sơ"
        return {}

    @staticmethod
    def _copied(source: Frame, claim: Claim) -> dict[str, str]:
        """The features of the source, but for those of its own entry and those that the clause's words rule out."""
        own, state, family = claim.own, claim.state, claim.features.get("family")
        kept = without(source.features, *SCOPES, "has", "people", "ratio", "rate", "left")
        if own.get("block"):
            kept.pop("post", None)  # "lãnh đạo UBND 05 người; Văn phòng HĐND và UBND 14 người"
        if "money" in own and kept.pop("pay", "") and "family" not in own:
            return {"family": ""}  # "Thanh toán trực tuyến: 1.204 hồ sơ, đạt 95,6%; tổng số tiền 61.240.000 đồng": the part paid online
        if "own_competence" in own:
            kept.pop("change", None)
        if family != "staff":
            return kept | own
        if state.fresh and not state.inside and kept.get("status") == "vacant":
            kept.pop("status")
        people_of_block = bool(own.get("people")) and (bool(own.get("block")) or (bool(state.stack) and "block" in state.topic))
        some_of_them = bool(state.stack) and not state.fresh and kept.get("cat") == "contract"  # "…, bảo vệ tại các trường (32 người)"
        if (
            people_of_block
            and not some_of_them
            and source is not state.parent
            and "scoped" not in source.features
            and kept.get("cat") in ("contract", "nonspec")
        ):
            kept.pop("cat")
            kept["status"] = "present"
        line = {"block", "people"} <= set(own) and "status" not in own and source is state.parent and not state.opened
        if line and kept.get("cat") in ("officials", "civil"):
            kept.pop("cat")  # "09 cán bộ và 28 công chức, được bố trí như sau: - Phòng Kinh tế: 08 người"
            kept["status"] = "present"
        if own.get("has"):
            kept.pop("status", None)
            if own.get("block"):
                kept.pop("cat", None)
        return kept | own

    def _take_major(self, claim: Claim) -> None:
        """The action or status that a clause with another qualifier ("trước hạn 1.204") takes over from what it is a part of or stands behind."""
        own, features, family, number = claim.own, claim.features, claim.family, claim.number
        major = MAJOR.get(family)
        if not major or major in own:
            return
        if family == "dossier" and own.get("newness") == "new":
            features["action"] = "received"  # "145 hồ sơ dồn từ kỳ trước và 2.876 hồ sơ mới"
            return
        source = next((one for one in self._sources_of_major(claim) if one.features.get(major)), None)
        if family == "dossier":
            if source is not None and source.features[major] == "in_progress" and not self.in_table and self._is_more_than(number, source):
                features[major] = "resolved" if "timing" in own else ""  # "số chưa giải quyết 58. Đúng và trước hạn là 3.331": more than the whole is no part
                return
            if settled := self._action_without_source(claim):
                features["action"] = settled
                return
            if self._is_share_or_part_of_another(claim, source):
                return
        if family == "staff" and self._counts_anew(claim, source):
            return
        if source is not None and not (number.percent and "rate" in own and family == "dossier"):
            features[major] = source.features[major]
            features["inherited"] = "yes"
            if family == "dossier" and "timing" in own and features[major] in ("received", "received+resolved"):
                features[major] = "resolved"

    @staticmethod
    def _sources_of_major(claim: Claim) -> list[Frame]:
        """The numbers whose action or status may be meant."""
        own, family, state = claim.own, claim.family, claim.state
        last = state.last.features if state.last is not None else {}
        if family == "staff" and state.last is None and ("block" in own or "cat" in own):
            return [source for source in claim.alike if source is state.parent]
        of_last = last.get("family") == family and last.get("action") in ("resolved", "in_progress")
        if family == "dossier" and "timing" in own and not state.opened and of_last and state.last is not None:
            return [state.last]
        return claim.alike

    def _action_without_source(self, claim: Claim) -> str:
        """What happened to dossiers that an earlier figure counted, or that a channel alone tells of."""
        own, state, parent = claim.own, claim.state, claim.state.parent
        if state.last is None and not state.inside and (again := self._counted_before(own, claim.number)):
            return again
        inside = parent is not None and parent.features.get("action") and parent in claim.alike
        return "received" if "channel" in own and "timing" not in own and not inside else ""

    @staticmethod
    def _is_share_or_part_of_another(claim: Claim, source: Frame | None) -> bool:
        """Whether a timing is not one of what the source counts: of dossiers sent back, or a share at the beginning of a sentence."""
        if "timing" not in claim.own or source is None:
            return False
        action = source.features["action"]
        at_start = claim.number.percent and claim.state.last is None
        return action not in ("resolved", "in_progress", "received+resolved", "received") or (at_start and action != "resolved")

    def _counts_anew(self, claim: Claim, source: Frame | None) -> bool:
        """Whether people are counted for themselves, with no status of the number before."""
        own, features, state, parent = claim.own, claim.features, claim.state, claim.state.parent
        of_employees = own.get("cat") in ("officials", "civil", "viên chức", "officials+civil")
        if own.get("has") or (of_employees and state.inside and parent is not None and parent.emitted):
            part_of_quota = parent is not None and parent.features.get("status") in ("assigned", "vacant")
            more = parent is not None and parent.features.get("status") == "vacant" and self._is_more_than(claim.number, parent)
            if own.get("cat") in ("officials", "civil") and part_of_quota and not (own.get("has") or more):
                features["post"] = "yes"  # a category's share of the quota is no head count
            return True
        if own.get("cat") in ("officials", "civil") and state.last is not None:
            return True
        if source is None or source.features.get("status") != "vacant":
            return False
        of_next_block = state.fresh and "block" in own and "cat" in own and source is not parent  # "các trường thiếu 17 người; Trạm Y tế 26 viên chức"
        return of_next_block or own.get("cat") in ("contract", "nonspec")  # those who are missing are no contracts: the parts are of those who are there
