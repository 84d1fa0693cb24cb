"""What a qualifier implies where no verb is printed near it: "trễ hạn" that something was resolved, "hiện có" that people are there."""

from __future__ import annotations

from ingest.facts.elements import Element
from ingest.facts.enumerations import EnumerationReader
from ingest.facts.frames import State


class ImpliedReader(EnumerationReader):
    """Settles the action of dossiers and the status of staff."""

    def _settle_dossier(self, features: dict[str, str], own: dict[str, str], family: str, number: Element, state: State) -> None:
        """What a qualifier implies where no verb is printed near it."""
        if family != "dossier":
            return
        if own.get("status") == "assigned" and "action" not in own and "bare_unit" not in own and state.last is not None and state.last.features.get("action"):
            features["action"] = "resolved"  # "thụ lý 131, giao 118": dossiers are handed over, people are assigned
        if features.get("kind") == "backlog" and features.get("action") == "carried":
            features.pop("kind")
        seen = {frame.features.get("action", "") for frame in (state.last, state.running, state.parent) if frame is not None}
        ended = {"resolved", "returned", "withdrawn", "paused"} & seen
        if features.get("action") == "backlog":
            features["action"] = "in_progress" if seen & {"resolved", "received+resolved", "in_progress"} else "carried"
        if features.pop("left", "") and not number.percent and "action" not in features and ended:
            for key in ("timing", "channel", "newness"):
                features.pop(key, None)
            features["action"] = "in_progress"
        if features.pop("period_new", ""):
            carried = any(frame is not None and frame.features.get("action") == "carried" for frame in (state.last, state.running))
            part = state.inside and state.parent is not None and state.parent.emitted and state.parent.features.get("action") == "received"
            if carried or part:
                features["newness"] = "new"
        if features.get("level") == "any":
            features.pop("level")
        hint = features.pop("digit_hint", "")
        if "digit" in own:
            features.pop("channel", None)  # "5.702 hồ sơ được số hóa thành phần ngay tại quầy"
        own_action = own.get("action")
        near = any(
            frame is not None and (frame.features.get("digit") or frame.features.get("digital")) for frame in (state.last, state.running, state.parent)
        ) or any(level.label.get("digital") for level in self.levels)
        heading = any(level.heading and level.label.get("digital") for level in self.levels)
        beside = state.last is not None and state.last.features.get("digitised_at")
        if not hint and not number.percent and "digit" not in features and (own.get("digital") or beside) and own_action in ("received", "resolved"):
            hint = "inputs" if own_action == "received" else "results"  # "số hóa khi nhận …; khi trả …"
            features["digital"] = features["digitised_at"] = "yes"
        if (
            hint
            and "digit" not in own
            and (features.get("digital") or heading or (near and (not own_action or (state.last is not None and state.last.features.get("digit") == "inputs"))))
        ):
            features["digit"] = hint
            features.pop("action", None)
            features.pop("channel", None)
            return
        if "timing" in features and features.get("action", "received") in ("received", "received+resolved"):
            features["action"] = "in_progress" if features["timing"] == "within" and not number.percent and "action" not in features else "resolved"
        elif "action" not in features and ("channel" in features or features.get("newness") == "new"):
            features["action"] = "received"

    def _settle_staff(self, features: dict[str, str], own: dict[str, str], state: State) -> None:
        part = (
            state.inside
            and state.parent is not None
            and state.parent.features.get("family") == "staff"
            and (state.parent.emitted or bool({"status", "cat", "quota"} & set(state.parent.features)))
        )
        if (
            "status" in own
            and "cat" not in own
            and "quota" not in own
            and "block" not in own
            and state.last is not None
            and (not state.fresh or (state.last.features.get("cat") == "all" and "scoped" not in state.last.features))
            and state.last.features.get("cat") in ("contract", "nonspec", "viên chức", "all")
        ):
            features["cat"] = state.last.features["cat"]
        beside = state.last is not None and state.last.features.get("family") == "staff" and not {"block", "weak_block"} & set(state.last.features)
        if own.get("cat") == "contract" and beside and state.last is not None and state.last.features.get("cat") in ("officials+civil", "civil", "nonspec"):
            features.setdefault("weak_block", "government")
        if own.get("cat") == "contract" and beside and state.last is not None and not state.fresh and state.last.features.get("cat") == "viên chức":
            features.setdefault("weak_block", "public-service")  # "206 người làm việc, 27 hợp đồng"
        led = state.parent.features if state.inside and state.parent is not None else {}
        named = own.get("block") or own.get("weak_block", "government")
        if "one_stop" in (own.get("level"), led.get("level")) and led.get("family", "staff") == "staff" and named == "government" and "block" not in own:
            features["block"] = own["block"] = "one-stop-centre"  # "bố trí 06 công chức trực tại Bộ phận một cửa"
        if own.get("posted") and (own.get("quota") or own.get("unit_quota")) and not own.get("ratio"):
            features["status"] = "assigned"
        if own.get("duty") and "one-stop-centre" not in (
            features.get("block"),
            features.get("weak_block"),
            state.topic.get("block"),
            state.topic.get("weak_block"),
        ):
            features["post"] = "yes"
        if own.get("has") and "status" not in own and not (part and own.get("cat")):
            features["status"] = "present"
        if own.get("left") and features.get("status", "present") == "present" and state.last is not None and "cat" not in own:
            features["status"] = "vacant"
        if (
            part
            and own.get("cat") == "officials+civil"
            and state.parent is not None
            and state.parent.features.get("cat") == "all"
            and "status" not in own
            and "block" not in own
        ):
            features["cat"] = "civil"
            features.pop("status", None)
        if own.get("cat") in ("contract", "nonspec") and "status" not in own and features.get("status") == "vacant" and state.fresh:
            features.pop("status")
        if own.get("quota") and "status" not in features and "cat" not in own and not own.get("ratio") and not part:
            features["status"] = "assigned"
        if own.get("ratio") and features.get("status", "assigned") == "assigned":
            features["status"] = "present"
        if (
            "status" not in own
            and not own.get("in_table")
            and own.get("block")
            and own.get("cat") in ("viên chức", "civil", "officials+civil", "all")
            and features.get("status") not in ("assigned", "vacant")
        ):
            features["status"] = "present"
        if "status" not in features and own.get("cat") == "viên chức" and not part and not own.get("in_table"):
            features["status"] = "present"
        manned = any(word.text in ("nhân lực", "nhân sự") for segment in state.segments for word in segment)
        if self.home_block == "one-stop-centre" and manned and "unit_cat" in own and "status" not in features and not part:
            features["status"] = "present"  # "Nhân lực: 05 công chức" in the centre's own report
        if (
            own.get("unit_cat") in ("civil", "officials")
            and "status" not in features
            and not part
            and not own.get("block")
            and not (state.stack and "block" in state.topic)
            and (state.parent is None or not (state.parent.features.get("family") == "staff" or {"block", "weak_block"} & set(state.parent.features)))
            and not (state.last is not None and state.last.features.get("cat") in ("officials", "civil"))
        ):
            features["post"] = "yes"
        if (
            "status" not in features
            and not part
            and (own.get("block") or own.get("weak_block"))
            and own.get("cat") in (None, "viên chức")
            and not own.get("in_table")
        ):
            features["status"] = "present"
