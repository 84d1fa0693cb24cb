"""A stand-in for the national portal on this machine: both interfaces, in their shapes, failures included.

`python -m sample.standin --port 8766` serves `sample/portal`; `--folder ../shared/portal` serves another folder. Answers are files
named `<report>.<scope>.<period>[.<pull>].json`: the scope is `provinces`, a portal code or a province's name (`an-giang`), the period
`quarter-2026-1` or a year with the month of the pull (`2025-10`).
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import parse_qs

from warehouse.text import fold
from warehouse.units import normalise_portal_code

Mode = Literal["", "waf403", "waf429", "html200", "not-ok", "not-json", "other-scope", "empty", "reset", "down"]
"""How the stand-in fails; empty: it answers."""
Answers = Mapping[tuple[str, str, str], bytes]
"""(report, scope, edition) -> body as served; the scope is `provinces` or a portal code."""

FOLDER = Path(__file__).resolve().parent / "portal"
_REJECTED = b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Your support ID is: 0</body></html>"


def answers_in(folder: Path, pull: str = "") -> Answers:
    """The answers of a folder; `pull` chooses among several pulls of one period (`first-pull`), else the last by name counts."""
    found: dict[tuple[str, str, str], bytes] = {}
    for path in sorted(folder.glob("*.json")):
        report, scope, period, *pulls = path.stem.split(".")
        if pull and pulls and pull not in pulls:
            continue
        year = re.fullmatch(r"(\d{4})(?:-\d{2})?", period)
        found[report, scope, f"year:{year[1]}" if year else period.replace("-", ":")] = path.read_bytes()
    names = {slug: code for (report, scope, _), body in found.items() if scope == "provinces" for slug, code in _slugs(report, body)}
    return {(report, names.get(scope, scope), edition): body for (report, scope, edition), body in found.items()}


def _slugs(report: str, body: bytes) -> Iterator[tuple[str, str]]:
    """`an-giang`, `H01` of each province in a list of the legacy gateway."""
    if report == "report_tinh_766_service":
        for row in json.loads(body):
            name = re.sub(r"^ubnd (?:tinh|thanh pho) ", "", fold(row["TEN_COQUAN"]))
            yield name.replace(" ", "-"), normalise_portal_code(row["MA_COQUAN"])


class StandIn(ThreadingHTTPServer):
    """The server; change `answers` or `mode` while it runs, read `requests` afterwards."""

    daemon_threads = True

    def __init__(self, port: int, answers: Answers) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answers = answers
        self.mode: Mode = ""
        self.requests: list[tuple[str, dict[str, Any]]] = []
        """Path and decoded body of every request, in order."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, report: str, scope: str, edition: str) -> bytes | None:
        """The stored body, or in mode `other-scope` one that was not asked for."""
        if self.mode == "other-scope":
            return next((body for key, body in self.answers.items() if key[0] == "report_tinh_766_service" and key[1] not in ("provinces", scope)), None)
        return self.answers.get((report, scope, edition))

    def province_of(self, department_id: str, edition: str) -> str:
        """The portal code of a province that the current interface knows by its departmentId."""
        answer = json.loads(self.answers.get(("service-results", "provinces", edition), b'{"data": {"evaluation": []}}'))
        return next((row["departmentCode"] for row in answer["data"]["evaluation"] if row["departmentId"] == department_id), "")

    def province(self, number: str, edition: str) -> str:
        """The portal code of a province that the legacy gateway knows by number."""
        rows = json.loads(self.answers.get(("report_tinh_766_service", "provinces", edition), b"[]"))
        return next((normalise_portal_code(row["MA_COQUAN"]) for row in rows if row["ID"] == number), "")


def _edition(asked: dict[str, Any]) -> str:
    """The period asked for: `timeType` with its keys, or whole months from `fromDate` to `toDate`."""
    if "fromDate" in asked:
        start, end = (date.fromisoformat(asked[key]) for key in ("fromDate", "toDate"))
        months = end.month - start.month + 1
        return {1: f"month:{start.year}:{start.month}", 3: f"quarter:{start.year}:{(start.month + 2) // 3}"}.get(months, f"year:{start.year}")
    kind = str(asked.get("timeType"))
    return ":".join([kind, str(asked.get("year")), *([str(asked[kind])] if kind != "year" else [])])


def _page(body: bytes | None, page: int, size: int) -> bytes | None:
    """One page of a list or tree of the current interface."""
    answer = json.loads(body) if body else {}
    if "data" not in answer:
        return body
    for name in ("evaluation", "children"):
        if name in answer["data"]:
            answer["data"][name] = answer["data"][name][(page - 1) * size : page * size]
    return _json(answer)


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._fails():
            return
        if self.path == "/jsp/rest.jsp":
            self._legacy(json.loads(parse_qs(raw.decode())["params"][0]))
        elif self.path.startswith("/api/v1/reporting/evaluation/"):
            self._current(self.path.rsplit("/", 1)[1], json.loads(raw))
        else:
            self._send(404, b"<html>404</html>", "text/html")

    def _fails(self) -> bool:
        mode = self.server.mode
        if mode == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif mode in ("waf403", "waf429"):
            self._send(int(mode[3:]), _REJECTED, "text/html")
        elif mode == "html200":
            self._send(200, _REJECTED, "text/html")
        elif mode == "not-json":
            self._send(200, b"error: see log", "text/plain")
        elif mode == "down":
            self._send(503, b"", "text/plain")
        else:
            return False
        return True

    def _current(self, report: str, asked: dict[str, Any]) -> None:
        """Success is HTTP 201; no data is an empty list."""
        self.server.requests.append((self.path, asked))
        edition = _edition(asked)
        root = str(asked.get("rootDepartmentId", ""))
        body = self.server.answer(report, self.server.province_of(root, edition) if root else "provinces", edition)
        if root and self.server.mode == "":
            body = _page(body, int(asked.get("currentPage", 1)), int(asked.get("pageSize", 1000)))
        if self.server.mode == "not-ok":
            body = _json({"code": "INTERNAL_ERROR", "data": None, "message": "Lỗi hệ thống"})
        elif self.server.mode == "other-scope" and body is not None:
            rows = [{"departmentCode": row["MA_COQUAN"], "departmentName": row["TEN_COQUAN"]} for row in json.loads(body)]
            body = _json({"code": "OK", "data": {"overview": {}, "evaluation": rows}, "message": "OK"})
        elif self.server.mode == "empty" or body is None:
            body = _json({"code": "OK", "data": {"overview": {}, "evaluation": []}, "message": "OK"})
        self._send(201, body, "application/json")

    def _legacy(self, params: dict[str, Any]) -> None:
        """A bare array; no data is an empty array."""
        self.server.requests.append((self.path, params))
        year, quarter, month = str(params["p_nam"]), int(params["p_quy"]), int(params["p_thang"])
        edition = f"quarter:{year}:{quarter}" if quarter else f"month:{year}:{month}" if month else f"year:{year}"
        number = str(params["p_tinh_id"])
        scope = "provinces" if number == "0" else self.server.province(number, edition)
        body = self.server.answer(str(params["service"]), scope, edition)
        first = (int(params["pageIndex"]) - 1) * int(params["pageSize"])
        if body is None or self.server.mode in ("empty", "not-ok"):
            body = b"[]"
        elif first or len(json.loads(body)) > int(params["pageSize"]):
            body = _json(json.loads(body)[first : first + int(params["pageSize"])])
        self._send(200, body, "text/html;charset=UTF-8")  # so the real gateway labels its JSON

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the night's output is the night's."""


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@contextmanager
def serve(port: int = 0, folder: Path = FOLDER, pull: str = "") -> Iterator[StandIn]:
    """A running stand-in on loopback; port 0 takes a free one."""
    server = StandIn(port, answers_in(folder, pull))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A stand-in for the national public service portal.")
    parser.add_argument("--port", type=int, default=8766)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--mode", choices=get_args(Mode), default="", help="fail in this way")
    arguments = parser.parse_args()
    server = StandIn(arguments.port, answers_in(arguments.folder))
    server.mode = arguments.mode
    print(f"{server.url} serves {len(server.answers)} answers of {arguments.folder}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("stopped")


if __name__ == "__main__":
    main()
