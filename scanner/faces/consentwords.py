"""One consent for the screen and for programs, and the words by which a reader is named."""

from __future__ import annotations

from scanner.model import Consent

STATES = {
    "granted": "the student agreed",
    "denied": "the student refused",
    "withdrawn": "the student withdrew what was agreed",
    "expired": "what was agreed is over",
    "out_of_scope": "what was agreed does not cover this",
    "unverified": "a consent is on record, but it is not verified or not shown as it must be",
    "reluctant": "the student was reluctant, which counts as no consent",
    "asked": "the student was asked and has not agreed",
    "none": "nothing is on record",
}


def plain_recipient(recipient: str) -> str:
    """Return a recipient as the registers spell it."""
    word = recipient.strip().lower()
    return word if "@" in word else word.replace(" ", "_")


def told(row: Consent) -> str:
    """Return a consent in one line."""
    what = "everything" if "*" in row.categories else ", ".join(row.categories)
    parts = [f"{row.decision} on {row.given_on or 'an unknown day'}", f"to {row.whom}: {what}"]
    if row.expires_on:
        parts.append(f"until {row.expires_on}")
    if row.evidence:
        parts.append(f"{row.evidence_kind}: {row.evidence}")
    if row.verified_by:
        parts.append(f"verified by {row.verified_by} on {row.verified_on}")
    if row.discussed_on:
        parts.append(f"discussed on {row.discussed_on}")
    if row.confirmed_on:
        parts.append(f"confirmed on {row.confirmed_on}")
    return "; ".join(parts)


def as_data(row: Consent) -> dict[str, object]:
    """Return a consent as JSON has it."""
    days = ("given_on", "expires_on", "verified_on", "discussed_on", "confirmed_on")
    return {
        "decision": row.decision,
        "recipient": row.recipient,
        "categories": list(row.categories),
        "evidence": row.evidence,
        "evidence_kind": row.evidence_kind,
        "verified_by": row.verified_by,
        **{day: value.isoformat() if (value := getattr(row, day)) else None for day in days},
    }
