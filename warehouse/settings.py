"""Settings from the environment: the only place that reads it.

Every variable has a default that serves `make nightly` on a fresh clone. A value that cannot be used stops the
program with one line that names the variable (`SettingsError`).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
"""The project's root: the folder that holds `dags/`, `dbt_project/` and `pyproject.toml`."""


PORTAL_REPORTS = (
    "service-results", "report_tinh_766_service", "transparency", "handling-satisfaction", "dossier-digitized", "dvc-progress-tree",
    "provide-online-tree", "formality-online-payment-tree",
)  # fmt: skip
"""The portal's reports that can be asked for: seven of the current interface, one of the legacy gateway."""


class SettingsError(Exception):
    """One line: the variable, its value's fault, what is expected."""


def _dsn(value: str) -> str:
    if value and not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("expected postgresql://user:password@host:port/database")
    return value


def _http_url(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("expected an http:// or https:// address")
    return value.rstrip("/")


def _portal_periods(value: str) -> str:
    for text in filter(None, map(str.strip, value.split(","))):
        match = re.fullmatch(r"(?:month:\d{4}:(\d{1,2})|quarter:\d{4}:(\d)|year:\d{4})", text)
        if match is None or not 1 <= int(match[1] or 1) <= 12 or not 1 <= int(match[2] or 1) <= 4:
            raise ValueError(f"“{text}” is no period; expected month:2026:8, quarter:2026:3 or year:2026")
    return value


def _onestop_systems(value: str) -> str:
    for part in filter(None, map(str.strip, value.split(","))):
        if re.fullmatch(r"[A-Za-z0-9-]+=(?:opencps|igate)@https?://\S+", part) is None:
            raise ValueError("expected name=opencps@https://… or name=igate@https://…, comma-separated")
    return value


def _named_urls(value: str) -> str:
    for part in filter(None, map(str.strip, value.split(","))):
        if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}=https?://\S+", part) is None:
            raise ValueError("expected system=https://…, comma-separated")
    return value


def _onestop_logins(value: str) -> str:
    for part in filter(None, map(str.strip, value.split(","))):
        if re.fullmatch(r"[A-Za-z0-9-]+=[^:@,\s]+:\S+@https?://[^@\s]+", part) is None:
            raise ValueError("expected name=client:secret@https://…/token, comma-separated")
    return value


def _portal_reports(value: str) -> str:
    unknown = [word for word in map(str.strip, value.split(",")) if word and word not in PORTAL_REPORTS]
    if unknown:
        raise ValueError(f"“{unknown[0]}” is no report; there are {', '.join(PORTAL_REPORTS)}")
    return value


def _existing_folder(value: Path) -> Path:
    if not value.is_dir():
        raise ValueError(f"folder {value} does not exist")
    return value.resolve()


Dsn = Annotated[str, AfterValidator(_dsn)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Folder = Annotated[Path, AfterValidator(_existing_folder)]


class Settings(BaseSettings):
    """The environment, read once. Field names are the variables' names in lower case."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, validate_default=True)

    warehouse_dsn: Dsn = ""
    """The warehouse's PostgreSQL as an owner who may create roles and schemas; empty: the embedded server."""
    tthc_state_dir: Path = ROOT / ".run"
    """Where the embedded server, Airflow's home, the local mail sink and the generated secret live."""
    tthc_secret_key: str = ""
    """Keys the hash of dossier numbers and the roles' passwords; empty: generated once into the state folder."""
    tthc_inbox: Folder = ROOT / "sample" / "inbox"
    """Folder of narrative reports: docx, pdf, txt, md."""
    tthc_forms_dir: Folder = ROOT / "sample" / "forms"
    """Folder of statutory forms: XLSX of II.06."""
    tthc_dossiers_dir: Folder = ROOT / "sample" / "dossiers"
    """Folder of DongBoHoSoMC envelopes (JSON) or records (NDJSON)."""
    tthc_dossiers_urls: Annotated[str, AfterValidator(_named_urls)] = ""
    """Systems that serve the exchange as pages over HTTP: `tinh=https://…,bo-tu-phap=https://…`."""
    tthc_portal_url: HttpUrl = ""
    """The national portal or a stand-in; empty: the sample's stand-in, started for the run."""
    tthc_portal_provinces: str = "H37,H24"
    """Portal codes of the provinces to pull, comma-separated."""
    tthc_portal_periods: Annotated[str, AfterValidator(_portal_periods)] = "quarter:2026:1,quarter:2026:2"
    """Calendar periods to pull from the portal, `month|quarter|year:YEAR[:N]`, comma-separated."""
    tthc_portal_reports: Annotated[str, AfterValidator(_portal_reports)] = "service-results,report_tinh_766_service"
    """Which reports to ask for; the six others of the current interface go to each configured province."""
    tthc_portal_pause_seconds: float = Field(default=2.0, ge=0, le=600)
    """Between two requests to the portal, varied by half; a stand-in on this machine is not waited for."""
    tthc_portal_drops: Folder | None = None
    """Folder of answers saved as files, for where the portal refuses this machine."""
    tthc_onestop_systems: Annotated[str, AfterValidator(_onestop_systems)] = ""
    """Provincial one-stop systems to ask for statistics: `lang-son=opencps@https://…,an-giang=igate@https://…`."""
    tthc_onestop_logins: Annotated[str, AfterValidator(_onestop_logins)] = Field(default="", repr=False)
    """OpenID Connect clients of those that ask for a token: `an-giang=client:secret@https://…/token`; no comma in a secret."""
    tthc_onestop_periods: Annotated[str, AfterValidator(_portal_periods)] = ""
    """Calendar periods to ask them for, as TTHC_PORTAL_PERIODS; a quarter is asked for as its months."""
    tthc_onestop_drops: Folder | None = None
    """Folder of their answers saved as files."""
    tthc_procedures_pull: bool = False
    """Whether to pull the portal's catalogue of procedures."""
    tthc_procedures_drops: Folder | None = None
    """Folder of procedure tables (CSV) or saved pages of the portal's catalogue."""
    tthc_maildir: Folder | None = None
    """A maildir whose attachments are reports and forms."""
    tthc_imap_host: str = ""
    """An IMAP server (TLS) whose folder is read the same way; empty: none."""
    tthc_imap_port: int = Field(default=993, ge=1, le=65535)
    tthc_imap_user: str = ""
    tthc_imap_password: str = Field(default="", repr=False)
    tthc_imap_folder: str = Field(default="INBOX", pattern=r'^[^"\\\r\n]+$')
    tthc_contacts: Path = ROOT / "sample" / "contacts.csv"
    """Who answers for which unit: `unit_code,province_code,role,email`."""
    tthc_exemptions: Path | None = None
    """Units that owe no report for a time: `unit_code,obligation,first_period_end,last_period_end,reason`."""
    tthc_smtp_host: str = ""
    """SMTP server; empty: a sink on loopback that keeps each mail as a file."""
    tthc_smtp_port: int = Field(default=25, ge=1, le=65535)
    tthc_mail_from: str = Field(default="kho-du-lieu-tthc@tthc.example", pattern=r"^[^@\s]+@[^@\s]+$")
    tthc_correction_days: int = Field(default=2, ge=0, le=60)
    """Working days after the first mail in which a corrected report is asked for; agreed locally, no decree sets it."""
    tthc_pages_url: HttpUrl = ""
    """Where people open the validation pages that the night writes into the state folder; empty: mails name the path to operators."""
    tthc_extract_dir: Path | None = None
    """Where the night writes each publication as CSV and Parquet; empty: the state folder."""
    tthc_retention_days: int = Field(default=3650, ge=1)
    """How long the bytes of a submission are kept (they name people)."""
    tthc_history_days: int = Field(default=1825, ge=60)
    """How long validation pages, the words of sent mails, records of answers and superseded audits are kept."""

    @cached_property
    def secret_key(self) -> bytes:
        """The installation's secret: from the environment, or generated once and kept with mode 0600."""
        if self.tthc_secret_key:
            return self.tthc_secret_key.encode()
        path = self.tthc_state_dir / "secret"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            self.tthc_state_dir.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:  # another process was first
                return path.read_bytes()
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_hex(32).encode())
            return path.read_bytes()

    def derive(self, purpose: str) -> str:
        """A secret of its own for one purpose (hex, 64 characters), so that one leak does not open the others."""
        return hmac.new(self.secret_key, purpose.encode(), hashlib.sha256).hexdigest()

    @property
    def sources(self) -> list[str]:
        """The sources of the night: four that every installation has, and those that are configured."""
        more = {
            "onestop_statistics": bool(self.tthc_onestop_systems or self.tthc_onestop_drops),
            "procedures": bool(self.tthc_procedures_pull or self.tthc_procedures_drops),
        }
        return ["portal_index", "dossiers", "statutory_forms", "narrative_reports", *(name for name, is_used in more.items() if is_used)]

    @property
    def mail_sink_dir(self) -> Path:
        """Where the local SMTP sink keeps what it received."""
        return self.tthc_state_dir / "mails"

    @property
    def extract_dir(self) -> Path:
        """Where every publication is written as files."""
        return self.tthc_extract_dir or self.tthc_state_dir / "extract"

    @property
    def pages_dir(self) -> Path:
        """Where the validation page of every run is kept."""
        return self.tthc_state_dir / "validation"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings.

    Raises:
        SettingsError: a variable cannot be used; the text is one line that names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        shown = "" if "DSN" in name or "SECRET" in name or "PASSWORD" in name or "LOGIN" in name else f" (now: {first['input']})"
        raise SettingsError(f"environment variable {name}: {first['msg'].removeprefix('Value error, ')}{shown}") from error
