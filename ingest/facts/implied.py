"""What a qualifier implies where no verb is printed near it: "trễ hạn" that something was resolved, "hiện có" that people are there."""

from __future__ import annotations

import re

from ingest.facts.elements import Element
from ingest.facts.enumerations import EnumerationReader
from ingest.facts.frames import State
from ingest.facts.sentences import is_year

_BOTH_KINDS = re.compile(r"[0-9]+ cán bộ\s*(?:,|;|và)[\s\-+*•]*[0-9]+ công chức")
_PARTS = re.compile(r"[\s\-+*•]*(?:[0-9]|(?:phân|chia) (?:theo|ra|loại)|theo |gồm|bao gồm|trong đó|cơ cấu|cụ thể|[^.;:]{0,40}(?:nêu|nói) trên (?:có|gồm))")
_BESIDE = 40
"""So many characters before and behind a line the line beside it is looked for."""


class ImpliedReader(EnumerationReader):
    """Settles the action of dossiers and the status of staff."""

    def _settle_dossier(self, features: dict[str, str], own: dict[str, str], family: str, number: Element, state: State) -> None:
        """The action that timing, channel, newness or a word of what is left implies; digitised dossiers have a side instead."""
        if family != "dossier":
            return
        if own.get("status") == "assigned" and "action" not in own and "bare_unit" not in own and state.last is not None and state.last.features.get("action"):
            features["action"] = "resolved"  # "thụ lý 131, giao 118": dossiers are handed over, people are assigned
        self._settle_backlog(features, number, state)
        if features.pop("period_new", "") and self._is_beside_carried(state):
            features["newness"] = "new"
        if features.get("level") == "any":
            features.pop("level")
        if "digit" in own:
            features.pop("channel", None)  # "5.702 hồ sơ được số hóa thành phần ngay tại quầy"
        if side := self._digitised_side(features, own, number, state):
            features["digit"] = side
            features.pop("action", None)
            features.pop("channel", None)
        elif "timing" in features and features.get("action", "received") in ("received", "received+resolved"):
            features["action"] = "in_progress" if features["timing"] == "within" and not number.percent and "action" not in features else "resolved"
        elif "action" not in features and ("channel" in features or features.get("newness") == "new"):
            features["action"] = "received"

    @staticmethod
    def _settle_backlog(features: dict[str, str], number: Element, state: State) -> None:
        """What "tồn" and "còn" count: dossiers carried over, or still in progress once others were told to have ended."""
        if features.get("kind") == "backlog" and features.get("action") == "carried":
            features.pop("kind")
        seen = {frame.features.get("action", "") for frame in (state.last, state.running, state.parent) if frame is not None}
        if features.get("action") == "backlog":
            features["action"] = "in_progress" if seen & {"resolved", "received+resolved", "in_progress"} else "carried"
        ended = {"resolved", "returned", "withdrawn", "paused"} & seen
        if features.pop("left", "") and not number.percent and "action" not in features and ended:
            for key in ("timing", "channel", "newness"):
                features.pop(key, None)
            features["action"] = "in_progress"

    @staticmethod
    def _is_beside_carried(state: State) -> bool:
        """Whether dossiers of the period stand beside those carried over, or are a part of what was received."""
        carried = any(frame is not None and frame.features.get("action") == "carried" for frame in (state.last, state.running))
        return carried or (state.inside and state.parent is not None and state.parent.emitted and state.parent.features.get("action") == "received")

    def _digitised_side(self, features: dict[str, str], own: dict[str, str], number: Element, state: State) -> str:
        """`inputs` or `results` where digitised dossiers are counted without saying so: "Số hóa: khi tiếp nhận 801; khi trả kết quả 790"."""
        side = features.pop("digit_hint", "")
        last = state.last.features if state.last is not None else {}
        action = own.get("action")
        if (
            not side
            and not number.percent
            and "digit" not in features
            and (own.get("digital") or last.get("digitised_at"))
            and action in ("received", "resolved")
        ):
            side = "inputs" if action == "received" else "results"  # "số hóa khi nhận …; khi trả …"
            features["digital"] = features["digitised_at"] = "yes"
        if not side or "digit" in own:
            return ""
        frames = [frame.features for frame in (state.last, state.running, state.parent) if frame is not None]
        near = any(said.get("digit") or said.get("digital") for said in frames) or any(level.label.get("digital") for level in self.levels)
        titles = [level for level in self.levels if level.heading or (level.block.kind == "item" and level.frame is not None and not level.frame.emitted)]
        heading = any(level.label.get("digital") for level in titles)
        return side if features.get("digital") or heading or (near and (not action or last.get("digit") == "inputs")) else ""

    def _settle_staff(self, features: dict[str, str], own: dict[str, str], state: State) -> None:
        """The category, the block and the status of people that the words only imply."""
        whole = state.parent.features if state.parent is not None else {}
        part = (
            state.inside and whole.get("family") == "staff" and (state.parent is None or state.parent.emitted or bool({"status", "cat", "quota"} & set(whole)))
        )
        self._take_category(features, own, state)
        self._place_contracts(features, own, state)
        self._place_at_counter(features, own, state)
        self._settle_status(features, own, state, part=part)
        if part and not {"status", "has"} & set(own) and self._names_quota_of_employees(state):
            features["status"] = "assigned"  # "tổng cộng 357 biên chế, trong đó …; số người làm việc trong đơn vị sự nghiệp 245"
            features.pop("cat", None)
        self._presume_present(features, own, state, part=part)

    def _names_quota_of_employees(self, state: State) -> bool:
        """Whether a part of a quota is told in the law's words for that of public employees."""
        quota = state.parent is not None and state.parent.emitted and state.parent.features.get("status") == "assigned"
        return quota and any(word.text in self.lexicon.words["quota-of-employees"] for segment in state.segments for word in segment)

    @staticmethod
    def _take_category(features: dict[str, str], own: dict[str, str], state: State) -> None:
        """A status alone is of the category counted before: "viên chức được giao 419, có mặt 402"."""
        last = state.last.features if state.last is not None else {}
        goes_on = not state.fresh or (last.get("cat") == "all" and "scoped" not in last)
        if "status" in own and not {"cat", "quota", "block"} & set(own) and goes_on and last.get("cat") in ("contract", "nonspec", "viên chức", "all"):
            features["cat"] = last["cat"]

    @staticmethod
    def _place_contracts(features: dict[str, str], own: dict[str, str], state: State) -> None:
        """People under contract work where those counted before them do."""
        last = state.last.features if state.last is not None else {}
        if own.get("cat") != "contract" or last.get("family") != "staff" or {"block", "weak_block"} & set(last):
            return
        if last.get("cat") in ("officials+civil", "civil", "nonspec"):
            features.setdefault("weak_block", "government")
        elif last.get("cat") == "viên chức" and not state.fresh:
            features.setdefault("weak_block", "public-service")  # "206 người làm việc, 27 hợp đồng"

    @staticmethod
    def _place_at_counter(features: dict[str, str], own: dict[str, str], state: State) -> None:
        """ "bố trí 06 công chức trực tại Bộ phận một cửa"; on duty anywhere else they are counted in their own block already."""
        led = state.parent.features if state.inside and state.parent is not None else {}
        named = own.get("block") or own.get("weak_block", "government")
        if "one_stop" in (own.get("level"), led.get("level")) and led.get("family", "staff") == "staff" and named == "government" and "block" not in own:
            features["block"] = own["block"] = "one-stop-centre"
        blocks = [said.get(key) for said in (features, state.topic) for key in ("block", "weak_block")]
        if own.get("duty") and "one-stop-centre" not in blocks:
            features["post"] = "yes"

    @staticmethod
    def _settle_status(features: dict[str, str], own: dict[str, str], state: State, *, part: bool) -> None:
        """Assigned, present or vacant by small words: "bố trí", "có", "còn", a quota, a ratio."""
        if own.get("posted") and (own.get("quota") or own.get("unit_quota")) and not own.get("ratio"):
            features["status"] = "assigned"
        if own.get("has") and "status" not in own and not (part and own.get("cat")):
            features["status"] = "present"
        if own.get("left") and features.get("status", "present") == "present" and state.last is not None and "cat" not in own:
            features["status"] = "vacant"
        of_everybody = part and state.parent is not None and state.parent.features.get("cat") == "all"
        if of_everybody and own.get("cat") == "officials+civil" and not {"status", "block"} & set(own):
            features["cat"] = "civil"
            features.pop("status", None)
        if own.get("cat") in ("contract", "nonspec") and "status" not in own and features.get("status") == "vacant" and state.fresh:
            features.pop("status")
        of_year = (
            own.get("cat") == "officials+civil" and "unit_cat" not in own and any(is_year(word.text) for word in state.segments[-1] if word.kind == "mask")
        )
        if own.get("quota") and "status" not in features and ("cat" not in own or of_year) and not own.get("ratio") and not part:
            features["status"] = "assigned"
        if own.get("ratio") and features.get("status", "assigned") == "assigned":
            features["status"] = "present"

    def _parts_everybody(self, state: State) -> bool:
        """ "… còn thiếu 07 biên chế. Phân theo loại gồm 14 cán bộ và 75 công chức": both kinds of those just counted, and no posts."""
        begin, end = state.span
        both = _BOTH_KINDS.search(self.view, max(0, begin - _BESIDE), end + _BESIDE)
        return both is not None and self.chapter_family == "staff" and _PARTS.match(self.view, begin) is not None

    def _presume_present(self, features: dict[str, str], own: dict[str, str], state: State, *, part: bool) -> None:
        """People of a block, a kind of office or a category are there where nothing else is said; civil servants alone are some of them (a post)."""
        in_table, of_block = bool(own.get("in_table")), bool(own.get("block") or own.get("weak_block"))
        counted = own.get("cat") in ("viên chức", "civil", "officials+civil", "all") and features.get("status") not in ("assigned", "vacant")
        if "status" not in own and not in_table and own.get("block") and counted:
            features["status"] = "present"
        if "status" in features or part:
            return
        manned = any(word.text in ("nhân lực", "nhân sự") for segment in state.segments for word in segment)
        of_centre = self.home_block == "one-stop-centre" and manned and "unit_cat" in own  # "Nhân lực: 05 công chức" in the centre's own report
        named = any(word.text in ("nhân lực", "nhân sự") for word in state.segments[0][:2]) and bool(own.get("people")) and "cat" not in own
        if of_centre or (named and state.last is None and not in_table) or (own.get("cat") == "viên chức" and not in_table):
            features["status"] = "present"
            return
        whole = state.parent.features if state.parent is not None else {}
        of_whole = whole.get("family") == "staff" or bool({"block", "weak_block"} & set(whole)) or (bool(state.stack) and "block" in state.topic)
        beside = state.last is not None and state.last.features.get("cat") in ("officials", "civil")
        if own.get("unit_cat") in ("civil", "officials") and not (own.get("block") or of_whole or beside or self._parts_everybody(state)):
            features["post"] = "yes"
        if of_block and own.get("cat") in (None, "viên chức") and not in_table:
            features["status"] = "present"
