"""Submissions that come by mail: the attachments of a maildir or of an IMAP folder, with the sender kept apart.

Messages are only read, never marked, moved or deleted: what was seen before is seen again. The sender's address is not kept: a keyed
hash tells senders apart, the domain says which office it was.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import imaplib
import mailbox
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path, PurePath

from ingest.documents.kinds import IS_DATA, is_data
from ingest.folders import MAX_BYTES, names_persons
from ingest.landing import Failure, Fetched, Sender
from warehouse.settings import Settings

IncomingMail = tuple[bytes, Callable[[], bytes]]
"""The header lines of a message, and what fetches the whole of it (cut off after `LARGEST_MAIL` bytes)."""

TIMEOUT_SECONDS = 60
LARGEST_MAIL = 40_000_000
_HEADER_BYTES = 200_000
_HEADERS_AT_ONCE = 500
_UID = re.compile(rb"\bUID (\d+)")
DAYS_BACK = 60
"""How far an IMAP folder is read back each night."""


def attachments(config: Settings, endings: tuple[str, ...], *, tells_of_mails_without: bool) -> Iterator[Fetched | Failure]:
    """Every attachment with one of the file endings, one landing each.

    Args:
        tells_of_mails_without: also say which mails bring nothing that any source reads; one source does.
    """
    for source, message in _messages(config):
        if isinstance(message, Failure):
            yield message
            continue
        sender = _sender(message, config)
        origin = f"{source}/{sender.message_key[:12]}"
        files = [(_name(part), part) for part in message.iter_attachments()]
        for name, part in files:
            if not name.lower().endswith(endings):
                continue
            body = part.get_payload(decode=True)
            if not isinstance(body, bytes) or len(body) > MAX_BYTES:
                yield Failure("unexpected", f"{origin}/{name}: cannot be taken out of its mail, or is too large; ask for it as a file", f"{origin}/{name}")
                continue
            if names_persons(body) or is_data(body, name):
                yield Failure("unexpected", f"{origin}/{name}: {IS_DATA}", f"{origin}/{name}")
                continue
            yield Fetched(body, f"{origin}/{name}", file_name=name, media_type=part.get_content_type(), sender=sender)
        if tells_of_mails_without and not any(name.lower().endswith((".docx", ".pdf", ".txt", ".md", ".xlsx")) for name, _ in files):
            yield Failure("empty", f"{origin}: a mail without a report or form attached; ask its sender for the file", origin)


class MailDropError(OSError):
    """The mail folder cannot be asked now; the text says what to check and names no account."""


def recent_mails(config: Settings, within: timedelta, fetched: set[str]) -> Iterator[IncomingMail]:
    """The mails of the maildir and of the IMAP folder that came not longer than `within` ago, the oldest of each first.

    Args:
        fetched: what earlier calls of this process have yielded of the IMAP folder, which is not asked for again; extended here.

    Raises:
        MailDropError: the IMAP folder cannot be reached; the maildir's mails were yielded before.
    """
    since = datetime.now(UTC) - within
    if config.tthc_maildir:
        folders = [config.tthc_maildir / name for name in ("new", "cur")]
        files = [file for folder in folders if folder.is_dir() for file in folder.iterdir() if file.is_file() and not file.is_symlink()]
        for modified, file in sorted((file.stat().st_mtime, file) for file in files):
            if modified >= since.timestamp():
                yield _header_lines(_first_bytes(file, _HEADER_BYTES)), lambda file=file: _first_bytes(file, LARGEST_MAIL)  # type: ignore[misc]
    if config.tthc_imap_host:
        try:
            with _imap_folder(config, since) as (server, numbers):
                new = [number for number in numbers if number not in fetched]
                for start in range(0, len(new), _HEADERS_AT_ONCE):
                    _, parts = server.uid("FETCH", ",".join(new[start : start + _HEADERS_AT_ONCE]), "(BODY.PEEK[HEADER])")
                    for part in parts:
                        if isinstance(part, tuple) and (found := _UID.search(part[0])):
                            number = found[1].decode()
                            yield _header_lines(part[1]), lambda number=number: _imap_bytes(server, number, f"<0.{LARGEST_MAIL}>")  # type: ignore[misc]
                            fetched.add(number)
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailDropError(_imap_fault(config, error)) from None


def _first_bytes(file: Path, count: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(count)


def _header_lines(raw: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]


def _messages(config: Settings) -> Iterator[tuple[str, EmailMessage | Failure]]:
    if config.tthc_maildir:
        box = mailbox.Maildir(config.tthc_maildir, create=False)
        for key in sorted(box.keys()):
            yield "maildir", email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
    if config.tthc_imap_host:
        yield from _imap(config)


def _imap(config: Settings) -> Iterator[tuple[str, EmailMessage | Failure]]:
    origin = _imap_origin(config)
    try:
        with _imap_folder(config, datetime.now(UTC) - timedelta(days=DAYS_BACK)) as (server, numbers):
            for number in numbers:
                yield origin, email.message_from_bytes(_imap_bytes(server, number), policy=email.policy.default)
    except (OSError, imaplib.IMAP4.error) as error:
        yield origin, Failure("unreachable", _imap_fault(config, error), origin)


@contextmanager
def _imap_folder(config: Settings, since: datetime) -> Iterator[tuple[imaplib.IMAP4_SSL, list[str]]]:
    """The folder opened for reading only, and the UIDs of what came since that day."""
    trusted = ssl.create_default_context()  # the library's own default checks no certificate
    with imaplib.IMAP4_SSL(config.tthc_imap_host, config.tthc_imap_port, ssl_context=trusted, timeout=TIMEOUT_SECONDS) as server:
        server.login(config.tthc_imap_user, config.tthc_imap_password)
        server.select(f'"{config.tthc_imap_folder}"', readonly=True)
        # English whatever the process's locale says: RFC 3501 knows no other months.
        day = f"{since.day:02d}-{['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][since.month - 1]}-{since.year}"
        _, found = server.uid("SEARCH", "SINCE", day)
        yield server, (found[0] or b"").decode().split()


def _imap_bytes(server: imaplib.IMAP4_SSL, number: str, part: str = "") -> bytes:
    _, parts = server.uid("FETCH", number, f"(BODY.PEEK[]{part})")
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")


def _imap_origin(config: Settings) -> str:
    return f"imap/{config.tthc_imap_folder}"


def _imap_fault(config: Settings, error: Exception) -> str:
    what = type(error).__name__ if isinstance(error, OSError) else "the server refuses"  # its text may repeat the account
    return f"{_imap_origin(config)} on {config.tthc_imap_host}: {what}; check TTHC_IMAP_HOST, _USER, _PASSWORD and _FOLDER"


def _sender(message: EmailMessage, config: Settings) -> Sender:
    address = parseaddr(str(message.get("From", "")))[1].lower()
    key = bytes.fromhex(config.derive("mail-sender"))
    message_id = str(message.get("Message-ID", "")) or hashlib.sha256(bytes(message)).hexdigest()
    sent = message.get("Date")
    moment = getattr(sent, "datetime", None)
    return Sender(
        hmac.digest(key, address.encode(), "sha256").hex(),
        address.rpartition("@")[2] if re.fullmatch(r"[^@\s]+@[a-z0-9.-]+", address) else "",
        hmac.digest(key, message_id.encode(), "sha256").hex(),
        moment if moment is not None and moment.tzinfo else None,
    )


def _name(part: EmailMessage) -> str:
    """The attachment's own file name, without a path."""
    return PurePath((part.get_filename() or "").replace("\\", "/")).name
