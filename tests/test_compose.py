"""docker-compose.yml, as far as it can be checked without a Docker engine: the schema, and that whatever it names exists."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli import main as tthc
from warehouse import postgres
from warehouse.settings import ROOT, Settings

_FILES = ("docker-compose.yml", "Dockerfile", ".env.example", ".dockerignore")
_VARIABLE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>[A-Z_]+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\})")
_SECRETS = ("POSTGRES_PASSWORD", "AIRFLOW_DB_PASSWORD", "TTHC_SECRET_KEY", "AIRFLOW_JWT_SECRET", "AIRFLOW_ADMIN_PASSWORD")
_AIRFLOW_COMMANDS = {"api-server", "scheduler", "dag-processor", "triggerer"}


def _example(folder: Path) -> dict[str, str]:
    lines = (folder / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _interpolate(value: Any, environment: Mapping[str, str]) -> Any:
    """As Compose does for `$$`, `${A}`, `${A:-default}` and `${A:?message}`."""
    if isinstance(value, dict):
        return {key: _interpolate(item, environment) for key, item in value.items()}
    if isinstance(value, list):
        return [_interpolate(item, environment) for item in value]
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        found = environment.get(match["name"], "")
        if not found and match["kind"] == "?":
            raise KeyError(match["name"])
        return found or (match["rest"] if match["kind"] == "-" else "")

    return _VARIABLE.sub(fill, value)


def _compose(folder: Path) -> dict[str, Any]:
    """The file with the example's settings and invented secrets."""
    raw = yaml.safe_load((folder / "docker-compose.yml").read_text(encoding="utf-8"))
    interpolated: dict[str, Any] = _interpolate(raw, _example(folder) | {name: f"secret{number}" for number, name in enumerate(_SECRETS)})
    return interpolated


def _faults(folder: Path) -> list[str]:
    """Everything the files name that does not exist, and what would be open to the network."""
    return [*_variable_faults(folder), *_reference_faults(_compose(folder)), *_command_faults(_compose(folder)), *_dockerfile_faults(folder)]


def _variable_faults(folder: Path) -> Iterator[str]:
    text = (folder / "docker-compose.yml").read_text(encoding="utf-8")
    used = {match["name"] for match in _VARIABLE.finditer(text) if match["name"]}
    described = set(_example(folder)) - {"COMPOSE_PROFILES"}  # read by Compose itself
    yield from (f"{name} is not in .env.example" for name in sorted(used - described))
    yield from (f"{name} of .env.example is used nowhere" for name in sorted(described - used))
    yield from (f"{name}: a secret with a value in .env.example" for name in _SECRETS if _example(folder).get(name))
    yield from (f"{name}: a secret that may be empty" for name in _SECRETS if f"${{{name}:?" not in text)


def _reference_faults(compose: dict[str, Any]) -> Iterator[str]:
    services = compose["services"]
    used_volumes = set()
    for name, service in services.items():
        for other in service.get("depends_on", {}):
            if other not in services:
                yield f"{name} depends on {other}, which is no service"
            elif service["depends_on"][other]["condition"] == "service_healthy" and "healthcheck" not in services[other]:
                yield f"{name} waits for {other} to be healthy, which has no health check"
        mode = service.get("network_mode", "")
        if mode.startswith("service:") and mode.removeprefix("service:") not in services:
            yield f"{name} shares the network of {mode}, which is no service"
        for config in service.get("configs", ()):
            if config["source"] not in compose["configs"]:
                yield f"{name} mounts the config {config['source']}, which is not declared"
        for volume in service.get("volumes", ()):
            if isinstance(volume, str):
                used_volumes.add(volume.split(":")[0])
            elif not (ROOT / volume["source"]).exists():
                yield f"{name} mounts {volume['source']}, which does not exist"
        for port in service.get("ports", ()):
            if not port.startswith("127.0.0.1:"):
                yield f"{name} opens {port} to the network"
        if "healthcheck" not in service and service.get("restart") != "no" and "profiles" not in service:
            yield f"{name} has no health check"
    yield from (f"volume {name} is not declared" for name in sorted(used_volumes - set(compose["volumes"])))
    yield from (f"volume {name} is used nowhere" for name in sorted(set(compose["volumes"]) - used_volumes))


def _command_faults(compose: dict[str, Any]) -> Iterator[str]:
    for name, service in compose["services"].items():
        match service.get("command", []):
            case ["python", "-m", module, *_] if not (ROOT / f"{module.replace('.', '/')}.py").is_file():
                yield f"{name} runs the module {module}, which does not exist"
            case ["airflow", command, *_] if command not in _AIRFLOW_COMMANDS:
                yield f"{name} runs airflow {command}, which does not exist"
            case ["bash", _, script]:
                yield from (f"{name} runs tthc {word}, which does not exist" for word in re.findall(r"^tthc (\S+)", script, re.M) if word not in tthc.commands)
    for key in ("TTHC_INBOX", "TTHC_FORMS_DIR", "TTHC_DOSSIERS_DIR", "TTHC_ONESTOP_DROPS", "TTHC_PROCEDURES_DROPS", "TTHC_CONTACTS", "TTHC_EXEMPTIONS"):
        for name, service in compose["services"].items():
            target = service.get("environment", {}).get(key)
            if target and target not in [volume["target"] for volume in service["volumes"] if isinstance(volume, dict)]:
                yield f"{name}: {key} is {target}, where nothing is mounted"


def _dockerfile_faults(folder: Path) -> Iterator[str]:
    allowed = {line[1:] for line in (folder / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    copied = set()
    for line in (folder / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY "):
            copied.update(line.split()[1:-1])
    yield from (f"Dockerfile copies {name}, which does not exist" for name in sorted(copied) if not (ROOT / name).exists())
    yield from (f"Dockerfile copies {name}, which .dockerignore keeps out" for name in sorted(copied - allowed))
    yield from (f".dockerignore lets {name} in, which nothing copies" for name in sorted(allowed - copied))
    if "--require-hashes" not in (folder / "Dockerfile").read_text(encoding="utf-8"):
        yield "Dockerfile installs without hashes"
    packages = re.search(r"^packages = (\[.*\])$", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    assert packages is not None
    yield from (f"Dockerfile leaves out the package {name}" for name in ast.literal_eval(packages[1]) if name not in copied)


def test_the_files_name_only_what_exists() -> None:
    assert _faults(ROOT) == []


def _schema_check(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_file_follows_the_compose_specification() -> None:
    done = _schema_check(ROOT / "docker-compose.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_misspelt_key_breaks_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "docker-compose.yml"
    path.write_text((ROOT / "docker-compose.yml").read_text(encoding="utf-8").replace("    command: [airflow, scheduler]", "    comand: [airflow, scheduler]"))
    done = _schema_check(path)
    assert done.returncode == 1
    assert "comand" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (".env.example", "AIRFLOW_PORT=8080\n", "", "AIRFLOW_PORT is not in .env.example"),
        (".env.example", "AIRFLOW_PORT=8080\n", "AIRFLOW_PORT=8080\nSTRAY=1\n", "STRAY of .env.example is used nowhere"),
        (".env.example", "POSTGRES_PASSWORD=\n", "POSTGRES_PASSWORD=hunter2\n", "POSTGRES_PASSWORD: a secret with a value in .env.example"),
        ("docker-compose.yml", "${TTHC_SECRET_KEY:?set it in .env}", "${TTHC_SECRET_KEY:-}", "TTHC_SECRET_KEY: a secret that may be empty"),
        ("docker-compose.yml", "mail: {condition", "post: {condition", "scheduler depends on post, which is no service"),
        ("docker-compose.yml", "      - mails:/mails", "      - letters:/mails", "volume letters is not declared"),
        ("docker-compose.yml", "  mails:\n", "  mails:\n  spare:\n", "volume spare is used nowhere"),
        ("docker-compose.yml", "service:scheduler", "service:worker", "portal-standin shares the network of service:worker, which is no service"),
        ("docker-compose.yml", "source: airflow-database", "source: metadata", "postgres mounts the config metadata, which is not declared"),
        ("docker-compose.yml", '"127.0.0.1:${AIRFLOW_PORT:-8080}:8080"', '"${AIRFLOW_PORT:-8080}:8080"', "api-server opens 8080:8080 to the network"),
        ("docker-compose.yml", "reporting.sink", "reporting.mailcatcher", "mail runs the module reporting.mailcatcher, which does not exist"),
        ("docker-compose.yml", "[airflow, api-server]", "[airflow, webserver]", "api-server runs airflow webserver, which does not exist"),
        ("docker-compose.yml", "tthc bootstrap", "tthc boot", "set-up runs tthc boot, which does not exist"),
        ("docker-compose.yml", "TTHC_INBOX: /data/inbox", "TTHC_INBOX: /data/post", "scheduler: TTHC_INBOX is /data/post, where nothing is mounted"),
        (".env.example", "INBOX_FOLDER=./sample/inbox", "INBOX_FOLDER=./sample/post", "scheduler mounts ./sample/post, which does not exist"),
        ("Dockerfile", "COPY dags dags", "COPY dag dag", "Dockerfile copies dag, which does not exist"),
        ("Dockerfile", "COPY dags dags\n", "", "Dockerfile leaves out the package dags"),
        ("Dockerfile", "--require-hashes ", "", "Dockerfile installs without hashes"),
        (".dockerignore", "!sample\n", "", "Dockerfile copies sample, which .dockerignore keeps out"),
    ],
)
def test_a_broken_copy_is_told(tmp_path: Path, file: str, old: str, new: str, fault: str) -> None:
    for name in _FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    assert fault in _faults(tmp_path)


def test_nothing_starts_without_its_secrets() -> None:
    raw = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    with pytest.raises(KeyError):
        _interpolate(raw, _example(ROOT))


def test_airflow_gets_the_settings_of_make_up() -> None:
    literals: dict[str, str | None] = {}
    for node in ast.walk(ast.parse((ROOT / "cli.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and str(key.value).startswith("AIRFLOW__"):
                    literals[str(key.value)] = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    assert len(literals) > 10
    environment = _compose(ROOT)["services"]["scheduler"]["environment"]
    assert not literals.keys() - environment.keys()
    differing = {key for key, value in literals.items() if value is not None and environment[key] != value}
    assert differing == {"AIRFLOW__API__HOST"}  # inside its container it listens to the others; published on 127.0.0.1 only


def test_the_warehouse_gets_every_setting_and_the_server_those_of_the_embedded_one() -> None:
    services = _compose(ROOT)["services"]
    in_image = set(re.findall(r"\b(TTHC_\w+)=", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    assert {name.upper() for name in Settings.model_fields} == in_image | {
        name for name in services["scheduler"]["environment"] if name.startswith(("TTHC_", "WAREHOUSE_"))
    }
    of_one_machine = {"listen_addresses", "unix_socket_directories", "password_encryption"}
    wanted = {f"{name}={value}" for name, value in postgres._SERVER_SETTINGS.items() if name not in of_one_machine}
    assert set(services["postgres"]["command"]) - {"postgres", "-c"} == wanted


def test_the_mail_connection_names_the_mail_catcher() -> None:
    services = _compose(ROOT)["services"]
    connection = json.loads(services["scheduler"]["environment"]["AIRFLOW_CONN_SMTP_DEFAULT"])
    assert connection["host"] in services
    assert str(connection["port"]) in services["mail"]["command"]
    assert connection["extra"]["disable_tls"] is True
