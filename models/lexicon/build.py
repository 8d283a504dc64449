"""Make the word lists of rules/names from the public lists they come from.

    python models/lexicon/build.py NAMES SCOWL rules/names

NAMES: a folder with given_uk.tsv.gz (ONS, NRS, NISRA: name, count, sex), faker_names.tsv.gz
(locale, kind, name), given_by_country.tsv.gz, surnames_by_country.tsv.gz (country, romanised,
local) and surnames_us_census.txt.gz. SCOWL: a folder with english-words.10 ... .80 and
british-words.*. Keys are written as scanner.recognisers.wordlists.key writes them.
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scanner.recognisers.wordlists import key

COMMON = 40  # bearers in Britain since 1974: below lie spellings used once or twice
COMMON_WORD = 1_000  # the same for what is an everyday word as well (Storm, Day, Reef)
RARE = 3
EVERYDAY = ("words-10", "words-20", "words-35")
LEVELS = {10: "words-10", 20: "words-20", 35: "words-35", 40: "words-60", 50: "words-60",
          55: "words-60", 60: "words-60", 70: "words-70"}  # fmt: skip


def main(names: Path, scowl: Path, out: Path) -> None:
    """Write one gzip file: a line a list, its id, a tab, its words."""
    words = _words(scowl)
    everyday = set[str]().union(*(words[name] for name in EVERYDAY))
    bearers: Counter[str] = Counter()
    for name, count, _ in _rows(names / "given_uk.tsv.gz"):
        for part in _parts(name):
            bearers[part] += int(count)
    abroad = _listed(names, "given_by_country.tsv.gz", "given")
    given = {name for name in abroad if name not in everyday}
    given |= {n for n, c in bearers.items() if c >= (COMMON_WORD if n in everyday else COMMON)}
    family = _listed(names, "surnames_by_country.tsv.gz", "surname")
    with gzip.open(names / "surnames_us_census.txt.gz", "rt", encoding="utf-8") as lines:
        census = {part for line in lines for part in _parts(line.strip())}
    lists = {
        "given": given,
        "given-rare": ({n for n, c in bearers.items() if c >= RARE} | abroad) - given,
        "family": family,
        "family-rare": census - family,
        **words,
    }
    text = "".join(f"{name}\t{' '.join(sorted(found))}\n" for name, found in lists.items())
    with gzip.GzipFile(out / "lexicon.txt.gz", "wb", compresslevel=9, mtime=0) as file:
        file.write(text.encode())


def _listed(names: Path, file: str, kind: str) -> set[str]:
    found = {part for row in _rows(names / file) for part in _parts(row[1])}
    for _, of_kind, name in _rows(names / "faker_names.tsv.gz"):
        if of_kind == kind:
            found.update(_parts(name))
    return found


def _words(scowl: Path) -> dict[str, set[str]]:
    lists: dict[str, set[str]] = {name: set() for name in LEVELS.values()}
    seen = set[str]()
    for level, name in sorted(LEVELS.items()):
        for variety in ("english", "british"):
            path = scowl / f"{variety}-words.{level}"
            words = path.read_text("latin-1").split() if path.exists() else []
            fresh = {key(word) for word in words if word.isalpha() and word.islower()} - seen
            lists[name] |= fresh
            seen |= fresh
    return lists


def _parts(name: str) -> set[str]:
    parts = name.replace("-", " ").split()
    return {folded for part in parts if len(folded := key(part)) > 1}


def _rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            yield line.rstrip("\n").split("\t")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
