"""A mail with history, an attachment and a forwarded mail, for the tests of remedies."""

from collections.abc import Iterable

from scanner.model import (
    Document,
    Gap,
    Message,
    Part,
    Recipient,
    Segment,
    Span,
)
from tests.policy.world import (
    TUTOR,
)

PAPERS = (
    Segment("subject", "Ann", Part.SUBJECT),
    Segment("body", "Ann Ann", Part.BODY),
    Segment("quote/1", "Ann Ann", Part.QUOTE),
    Segment("attachment/1/filename", "Ann", Part.FILENAME),
    Segment("attachment/1/body", "Ann", Part.BODY),
    Segment("message/1/quote/1", "Ann", Part.QUOTE),
)
SUBJECT, BODY, QUOTE, FILE, PAPER, INNER = (Span(0, n, 0, 3) for n in range(6))
SPANS = [SUBJECT, BODY, QUOTE, FILE, PAPER, INNER]
IN_PIECE = {QUOTE: "", FILE: "attachment/1", PAPER: "attachment/1", INNER: "message/1"}


def post(to: Iterable[Recipient], gaps: Iterable[Gap] = ()) -> Message:
    papers = (Document("mail", "message/rfc822", PAPERS),)
    sender = Recipient(TUTOR, field="from")
    return Message(papers, tuple(to), sender, tuple(gaps), kind="mail", path="draft.eml")
