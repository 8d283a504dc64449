"""Write docs/clauses.md: python -m tests.clauses."""

from __future__ import annotations

from tests.clauses.page import PAGE, load, page

if __name__ == "__main__":
    PAGE.write_text(page(load()), encoding="utf-8")
    print(f"{PAGE.name} is written")  # noqa: T201 - a command's answer
