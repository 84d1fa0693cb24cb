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
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import PurePath

from ingest.folders import MAX_BYTES
from ingest.landing import Failure, Fetched, Sender
from warehouse.settings import Settings

TIMEOUT_SECONDS = 60
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
            yield Fetched(body, f"{origin}/{name}", file_name=name, media_type=part.get_content_type(), sender=sender)
        if tells_of_mails_without and not any(name.lower().endswith((".docx", ".pdf", ".txt", ".md", ".xlsx")) for name, _ in files):
            yield Failure("empty", f"{origin}: a mail without a report or form attached; ask its sender for the file", origin)


def _messages(config: Settings) -> Iterator[tuple[str, EmailMessage | Failure]]:
    if config.tthc_maildir:
        box = mailbox.Maildir(config.tthc_maildir, create=False)
        for key in sorted(box.keys()):
            yield "maildir", email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
    if config.tthc_imap_host:
        yield from _imap(config)


def _imap(config: Settings) -> Iterator[tuple[str, EmailMessage | Failure]]:
    origin = f"imap/{config.tthc_imap_folder}"
    since = datetime.now(UTC) - timedelta(days=DAYS_BACK)
    try:
        with imaplib.IMAP4_SSL(config.tthc_imap_host, config.tthc_imap_port, timeout=TIMEOUT_SECONDS) as server:
            server.login(config.tthc_imap_user, config.tthc_imap_password)
            server.select(f'"{config.tthc_imap_folder}"', readonly=True)
            _, found = server.uid("SEARCH", "SINCE", since.strftime("%d-%b-%Y"))
            for number in (found[0] or b"").split():
                _, parts = server.uid("FETCH", number.decode(), "(BODY.PEEK[])")
                body = next((part[1] for part in parts if isinstance(part, tuple)), b"")
                yield origin, email.message_from_bytes(body, policy=email.policy.default)
    except (OSError, imaplib.IMAP4.error) as error:
        what = type(error).__name__ if isinstance(error, OSError) else "the server refuses"  # its text may repeat the account
        yield origin, Failure("unreachable", f"{origin} on {config.tthc_imap_host}: {what}; check TTHC_IMAP_HOST, _USER, _PASSWORD and _FOLDER", origin)


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
