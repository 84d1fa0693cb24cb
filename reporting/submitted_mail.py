"""A mail that may bring a report: who sent it, what is attached, or why it must not be answered.

Everything in it comes from outside and may be forged. Machines are not answered (RFC 3834), nor are strangers: an answer goes to the
one address in From, and only if it is a contact or shares a contact's office domain, so that nobody can make the warehouse write to
third parties. Whether From is genuine is for the receiving relay (SPF, DKIM, DMARC) to check; what it marks as failed is ignored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from pathlib import PurePosixPath

from reporting.contacts import EMAIL, Contacts

IncomingMail = tuple[bytes, Callable[[], bytes]]
"""The header lines of a message, and what fetches the whole of it."""

MOST_BYTES = 40_000_000
"""A larger mail is not opened; its sender is asked for smaller files."""
MOST_ATTACHMENTS = 10
_HEADER_BYTES = 200_000
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,200}@[!-;=?-~]{1,100}>")
_MACHINES = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounce[s+-]?|abuse|root|www-data)([.+_-].*)?", re.IGNORECASE)
_PUBLIC = frozenset(
    {"gmail.com", "googlemail.com", "yahoo.com", "yahoo.com.vn", "outlook.com", "hotmail.com", "live.com", "icloud.com", "zoho.com", "mail.com"}
)


@dataclass(frozen=True)
class AttachedFile:
    """One attachment: its name without a folder, its bytes."""

    name: str
    body: bytes


@dataclass(frozen=True)
class SubmittedMail:
    """A mail to answer. `key` tells it apart: the same mail seen again has the same key."""

    key: str
    sender: str
    message_id: str
    """Empty where the header is none that can be repeated safely."""
    files: tuple[AttachedFile, ...]
    more_files: int = 0
    is_too_large: bool = False


@dataclass(frozen=True)
class NotAnswered:
    """A mail that gets no answer, and why."""

    key: str
    reason: str


def mail_key(header: bytes) -> str:
    """What tells a message apart, from its header lines: by sender and Message-ID, or by all lines where it has none."""
    message = message_from_bytes(header)
    identity = str(message.get("Message-ID", "")).strip() or hashlib.sha256(header.replace(b"\r\n", b"\n")).hexdigest()
    return hashlib.sha256("\x1f".join((next(iter(_senders(message)), ""), identity)).encode(errors="surrogateescape")).hexdigest()


def _senders(message: Message) -> list[str]:
    return [address.lower() for _, address in getaddresses([str(value) for value in message.get_all("From", [])])]


def read_mail(raw: bytes, contacts: Contacts, own_address: str) -> SubmittedMail | NotAnswered:
    """Read one message. `raw` may be cut off after MOST_BYTES; what is longer is told as too large."""
    is_too_large = len(raw) >= MOST_BYTES
    # The older policy: it bears every header, the newer one raises on some that are damaged.
    message = message_from_bytes(raw[:_HEADER_BYTES] if is_too_large else raw)
    senders = _senders(message)
    message_id = str(message.get("Message-ID", "")).strip()
    key = mail_key(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0])
    reason = _refusal(message, senders, contacts, own_address)
    if reason:
        return NotAnswered(key, reason)
    files, more = ([], 0) if is_too_large else _files(message)
    return SubmittedMail(key, senders[0], message_id if _MESSAGE_ID.fullmatch(message_id) else "", tuple(files), more, is_too_large)


def _refusal(message: Message, senders: list[str], contacts: Contacts, own_address: str) -> str:
    """Why there is no answer; empty where there is one."""

    def header(name: str) -> str:
        return str(message.get(name, "")).strip().lower()

    if len(senders) != 1 or not EMAIL.fullmatch(senders[0]):
        return "not exactly one sender"
    local, _, domain = senders[0].rpartition("@")
    if senders[0] == own_address.lower():
        return "our own mail"
    if header("Auto-Submitted") not in ("", "no") or header("X-Auto-Response-Suppress") or header("X-Autoreply"):
        return "an automatic mail"
    if header("Precedence") in ("bulk", "junk", "list", "auto_reply") or any(header(name) for name in ("List-Id", "List-Unsubscribe", "List-Post")):
        return "a mailing list"
    if header("Return-Path") == "<>" or header("Content-Type").startswith("multipart/report") or _MACHINES.fullmatch(local):
        return "a machine's mail"
    if re.search(r"\b(dmarc|spf|dkim)\s*=\s*(fail|hardfail)\b", header("Authentication-Results")):
        return "the relay doubts its sender"
    known = {email for group in (*contacts.units.values(), *contacts.provinces.values(), contacts.operators) for email in group}
    if senders[0] not in known and domain not in {email.rpartition("@")[2] for email in known} - _PUBLIC:
        return "the sender is no contact and of no contact's office"
    return ""


def _files(message: Message) -> tuple[list[AttachedFile], int]:
    """The attachments with a name, and how many were left unopened."""
    files: list[AttachedFile] = []
    more = 0
    for part in message.walk():
        name = _name(part)
        if part.is_multipart() or not name or (part.get_content_disposition() == "inline" and part.get_content_maintype() == "image"):
            continue
        body = part.get_payload(decode=True)
        if len(files) >= MOST_ATTACHMENTS or not isinstance(body, bytes):
            more += 1
        else:
            files.append(AttachedFile(name, body))
    return files, more


def _name(part: Message) -> str:
    """The attachment's own file name, without a folder; empty where it has none."""
    raw = part.get_filename() or ""
    try:
        decoded = str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, UnicodeError):
        decoded = raw  # an encoding that nobody knows: the name as it came still tells the kind of file
    return PurePosixPath(decoded.replace("\\", "/").replace("\0", "")).name
