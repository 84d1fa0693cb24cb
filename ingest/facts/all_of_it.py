"""Words behind a number that tell something of all that it counts ("…, tất cả đều trước hạn"): the number is that of another measure, too."""

from __future__ import annotations

from dataclasses import replace

from ingest.facts.elements import Element
from ingest.facts.frames import SCOPES, Frame, State, only
from ingest.facts.numerals import read_numeral
from ingest.facts.titles import TitleReader

_A_PAIR_AND_ITS_FIELD = 3


class AllOfItReader(TitleReader):
    """Reads what is told of all that was just counted."""

    def _all_of_it(self, state: State) -> bool:
        """ "…, tất cả đều trước hạn": the number before is also the number of those. True if the words gave it a field."""
        segment = state.segments[-1]
        segment = segment[1:] if segment and segment[0].text in (*self.lexicon.words["conjunctions"], "và", "mà") else segment
        if state.last is None or state.number is None or not self._speaks_of_all(segment, state.last):
            return False
        own, void = self._collapse(segment, last_wins=True)
        if state.last.percent and "field" in own and "timing" not in own and not void and state.counted_last is not None:
            frame, number = state.counted_last  # "trễ hạn 4 hồ sơ, chiếm 0,21%, đều thuộc lĩnh vực xây dựng"
            features = frame.features
            same = features.get("family") == "dossier" and "field" not in features and features.get("timing") == state.last.features.get("timing")
            if same:
                self._emit(number, Frame({**features, "field": own["field"]}), state.span, [], state)
            return same
        if self._all_resolved(own, void, state):
            return False
        if void or state.last.percent or state.number.zero:
            return False
        self._all_were_digitised(own, state.last, state.number, state)
        if "block" in own and state.last.features.get("cat") == "contract" and not {"block", "weak_block"} & set(state.last.features):
            for place in state.last.places:
                self.found[place] = replace(self.found[place], scope=own["block"])  # "hiện có 44 người, đều ở các trường học"
            return False
        last = state.last.features
        if "block" in own and last.get("family") == "staff" and not {"block", "weak_block"} & set(last) and state.last.emitted:
            for place in state.last.places:  # "hợp đồng … có 44 người, đều ở các trường học"
                self.found[place] = replace(self.found[place], scope=own["block"])
            return False
        if not {"timing", "field"} & set(own) or last.get("family") != "dossier":
            return False
        if "timing" not in own:  # "trả lại 11 hồ sơ, đều của lĩnh vực đất đai"
            given = state.last.emitted and "field" not in state.last.features
            if given:
                self._emit(state.number, Frame({**state.last.features, "field": own["field"]}), state.span, [], state)
                self._also_of_field(own["field"])
            return given
        features = only(state.last.features, *SCOPES) | {"family": "dossier", "timing": own["timing"], "bound": "="}
        features["action"] = "in_progress" if state.last.features.get("action") == "in_progress" else "resolved"
        self._emit(state.number, Frame(features), state.span, [], state)
        return False

    @staticmethod
    def _speaks_of_all(segment: list[Element], last: Frame) -> bool:
        """Whether words behind a number tell something of all that it counts: "tất cả đều …", "trong hạn cả", "vẫn trong hạn", "thuộc lĩnh vực …"."""
        if not segment or segment[0].text.endswith("còn lại"):
            return False
        if any(element.has("total") or element.text == "đều" for element in segment[:2]) or (len(segment) == 2 and segment[1].text == "cả"):
            return True
        if segment[0].text == "cả" and len(segment) > 1 and segment[1].text in ("hai", "ba", "bốn", "năm", "sáu"):
            return True
        entry = segment[-1].entry
        if last.features.get("action") == "in_progress" and "timing" not in last.features and entry is not None and entry.features.get("timing") == "within":
            return len(segment) == 1 or segment[0].text in ("vẫn", "còn", "đang", "cũng", "vẫn còn")
        done = any(element.entry is not None and element.entry.features.get("action") == "resolved" for element in segment)
        if done and (segment[-1].has("total") or segment[-1].text == "hết"):
            return True  # "phường đã xử lý toàn bộ", "đã trả lời hết"
        if segment[0].text == "cả" and len(segment) > 1 and read_numeral([segment[1].text]):
            return True  # "cả hai đã được trả lời"
        of_field = segment[0].has("field-word") or (segment[0].text in ("thuộc", "của", "ở") and len(segment) > 1)
        return of_field and entry is not None and bool(entry.features.get("field")) and len(segment) <= 3

    def _all_without_number(self, state: State) -> None:
        """ "chuyển về 12 phản ánh; phường đã xử lý toàn bộ": the words are the number."""
        segment, last = state.segments[-1], self._feedback_counted(state)
        if last is None or not segment or not segment[-1].has("total") or len(segment) < 2:
            return
        own, void = self._collapse(segment, last_wins=True)
        if void or own.get("action") != "resolved" or own.get("family", last.features["family"]) != last.features["family"]:
            return
        word, value = segment[-1], self.found[last.places[0]].value
        number = Element("num", word.text, word.start, word.end, parts=((word.start, word.end, word.text),), amount=value)
        kept = {key: last.features[key] for key in ("family", "field", "scoped") if key in last.features}
        self._emit(number, Frame({**kept, "action": "resolved", "bound": "="}), state.span, [], state)

    @staticmethod
    def _feedback_counted(state: State) -> Frame | None:
        """The feedback, petitions or dossiers of a field received that were counted last in the sentence."""
        last = state.last
        counted = last is not None and last.places and not last.percent and (last.features.get("family") in ("pakn", "petition") or "field" in last.features)
        return last if counted and last is not None and last.features.get("action", "received") == "received" else None

    def _all_resolved(self, own: dict[str, str], void: str, state: State) -> bool:
        """ "Chứng thực nhận 388 và tất cả đều xong", "02 phản ánh, cả hai đã được trả lời": as many were resolved as came in."""
        assert state.last is not None and state.number is not None
        last = state.last.features
        came_in = last.get("action", "received" if last.get("family") in ("pakn", "petition") else "") == "received"
        done = any(word.text.endswith("xong" if "timing" in own else ("xong", "giải quyết")) for word in state.segments[-1])
        if last.get("family") == "dossier" and not done:
            return False  # "tất cả trả trước hạn" tells when, and no more
        if (
            void
            or own.get("action") not in ("resolved", *(("received+resolved",) if last.get("family") in ("pakn", "petition") else ()))
            or not (came_in and state.last.emitted)
            or state.last.percent
            or (last.get("family") == "dossier" and {"channel", "newness"} & set(last))
        ):
            return False
        kept = only(last, *SCOPES, "family", "scoped")
        self._emit(state.number, Frame({**kept, "action": "resolved", "bound": "="}), state.span, [], state)
        return not {"timing", "field"} & set(own)

    def _all_were_digitised(self, own: dict[str, str], last: Frame, number: Element, state: State) -> None:
        """ "1.171 hồ sơ đã giải quyết xong và đều đã số hóa": the number also counts those."""
        action = last.features.get("action", "")
        if last.emitted and action in ("received", "resolved") and {"digit", "digital"} & set(own) and not {"timing", "channel", "digit"} & set(last.features):
            side = own.get("digit") or ("results" if action == "resolved" else "inputs")
            given = only(last.features, *SCOPES, "family", "bound")
            self._emit(number, Frame({"bound": "=", **given, "digit": side}), state.span, [], state)

    def _also_of_field(self, field: str) -> None:
        """ "22 hồ sơ trễ hạn và 05 hồ sơ trả lại, đều thuộc lĩnh vực đất đai": the number before "và" too."""
        if len(self.found) < _A_PAIR_AND_ITS_FIELD:
            return
        first, second = self.found[-3:-1]
        between = self.view[first.end : second.start]
        joined = first.sentence == second.sentence and " và " in between and not set(between) & set(",;:().") and not first.scope
        if joined and first.measure.startswith("tthc_") and first.kind == "count":
            self.found.append(replace(first, scope=field))
