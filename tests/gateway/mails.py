"""Mails of Larkfield College, with their envelopes, and a way to send them."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent.parent / "examples/drafts"
TUTOR = "t.okell@larkfield.example"
SENIOR = "b.ravn@larkfield.example"
MOTHER = "helen.carver@homemail.example"
STUDENT = "soraya.haddad@larkfield.example"


@dataclass(frozen=True)
class Post:
    data: bytes
    recipients: tuple[str, ...]
    sender: str = TUTOR


def draft(name: str, *recipients: str) -> Post:
    data = (EXAMPLES / f"{name}.eml").read_bytes()
    return Post(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), recipients)


def letter(*recipients: str, subject: str, text: str, more: str = "") -> Post:
    lines = [
        f"From: Tamsin Okell <{TUTOR}>",
        f"To: {', '.join(recipients)}",
        f"Subject: {subject}",
        "Date: Thu, 26 Nov 2026 09:12:00 +0000",
        "Message-ID: <1@larkfield.example>",
        *more.splitlines(),
        "",
        text,
        "",
    ]
    return Post("\r\n".join(lines).encode(), recipients)


BULLETIN = draft("bulletin", "geology-staff@larkfield.example")
EXTENSION = draft("extension", SENIOR)
FIELD_TRIP = draft(
    "field-trip", SENIOR, "geology-staff@larkfield.example", "d.pryce@larkfield.example"
)
TO_MOTHER = draft("reply-to-mother", MOTHER)
FOLLOW_UP = draft("follow-up", STUDENT)
DANGER = "Rowan Carver told me tonight that he is going to kill himself. Please go to him now."
URGENT = letter(SENIOR, subject="urgent", text=DANGER)
URGENT_AND_MORE = letter(SENIOR, MOTHER, subject="urgent", text=DANGER)


def send(port: int, post: Post) -> tuple[int, str]:
    """Send one message as it stands; return the answer to its end."""
    with smtplib.SMTP("127.0.0.1", port, timeout=120) as smtp:
        return send_on(smtp, post)


def send_on(smtp: smtplib.SMTP, post: Post) -> tuple[int, str]:
    """Send one message on an open connection; return the answer that ended it."""
    smtp.ehlo_or_helo_if_needed()
    answer = smtp.mail(post.sender, ["BODY=8BITMIME"])
    for recipient in post.recipients:
        if answer[0] == 250:
            answer = smtp.rcpt(recipient)
    if answer[0] == 250:
        answer = smtp.data(post.data)
    return answer[0], answer[1].decode("utf-8", "replace")
