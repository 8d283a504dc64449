"""`scan explain RULE`: what a rule says, which clause it comes from, and an example of it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import click

from scanner.errors import RulesError
from scanner.faces.options import Session, desk_options, format_option

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.policy import Pack
    from scanner.policy.bases import Basis
    from scanner.policy.cedar import Policy
    from scanner.rules import Kind

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("wording", "wording lint"),
    ("identifiers", "identifier"),
    ("topics", "topic"),
    ("risks", "risk"),
    ("cues", "cue"),
    ("quasi", "quasi-identifier"),
)
_NEAR = 5
_EXAMPLES = 3


@dataclass(frozen=True)
class Explanation:
    """One rule in words. source: the guidance, standard or page that it comes from."""

    id: str
    kind: str
    title: str
    clause: str = ""
    source: str = ""
    asks: str = ""
    details: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    text: str = field(default="", repr=False)


@click.command()
@click.argument("rule", required=False)
@format_option(help="How it is written.")
@desk_options
@click.pass_obj
def explain(session: Session, rule: str | None, output: str, pack: str | None) -> None:
    """Explain a rule: its clause, its source, and an example.

    RULE is what stands in a report's brackets, such as outside-the-circle, or a basis, a risk,
    a topic, an identifier; or a clause, such as A26, for the rules that cite it. Without RULE
    the policy is named, with its rules.

    \b
      scan explain outside-the-college
      scan explain A51
      scan explain danger --pack welfare-team
    """
    from scanner.policy import load_pack

    config = session.config()
    chosen = load_pack(pack or config.pack, config.policy_folders)
    known = list(_all(chosen))
    found = [each for each in known if rule and _meant(each, rule)]
    if rule and not found:
        raise _unknown(rule, known)
    if output == "json":
        shown = found if rule else known
        click.echo(json.dumps([asdict(each) for each in shown], ensure_ascii=False, indent=1))
    elif rule:
        click.echo("\n\n".join("\n".join(_lines(each)) for each in found))
    else:
        click.echo("\n".join((*_overview(chosen, known), *links(config))))


def links(config: Config) -> Iterator[str]:
    """Yield the college's own pages, and say of each file whether it is there (B26, B36)."""
    for link in config.links:
        gone = "  (there is no such file)" if link.missing else ""
        yield f"  see: {link.title}: {link.url}{gone}"
    if not config.links:
        yield "  no page of your college is linked: name some under [[links]] in config.toml"


def _meant(each: Explanation, word: str) -> bool:
    return word.casefold() in (each.id.casefold(), each.clause.casefold())


def _unknown(rule: str, known: list[Explanation]) -> RulesError:
    from rapidfuzz import fuzz, process

    names = [each.id for each in known]
    near = process.extract(rule, names, scorer=fuzz.WRatio, limit=_NEAR, score_cutoff=55)
    words = dict.fromkeys(name for name, _, _ in near)
    hint = f"did you mean {', '.join(words)}?" if words else "see them all with: scan explain"
    return RulesError("there is no rule and no clause of that name", hint)


def _all(pack: Pack) -> Iterator[Explanation]:
    from scanner.rules import TermRule, load_rules

    cases = list(_cases(pack))
    for policy in pack.policies:
        yield _policy(pack, policy, cases)
    for standing in (pack.tables.undecided.policy, pack.tables.not_read.policy):
        yield _policy(pack, standing, cases)
    for word, basis in pack.tables.bases.items():
        yield _basis(pack, word, basis)
    for kind, name in _KINDS:
        for rule in load_rules(kind):
            marks = rule.examples.hit[:_EXAMPLES]
            if isinstance(rule, TermRule):
                route = pack.tables.risks[rule.id].route if rule.id in pack.tables.risks else ""
                details = tuple(filter(None, (rule.advice, route)))
                clause, source = rule.clause, _provenance(rule.clause)
            else:
                details = (f"stands in a copy as {rule.replacement}",)
                clause, source = "", rule.source
            yield Explanation(rule.id, name, rule.title, clause, source, "", details, marks)


def _policy(pack: Pack, policy: Policy, cases: list[dict[str, str]]) -> Explanation:
    return Explanation(
        policy.id,
        "policy",
        policy.message,
        policy.clause,
        _provenance(policy.clause) or pack.tables.source,
        policy.action.word,
        (),
        tuple(
            f"{case['title']}: {case['reader']}, {case['told']}"
            + (f", {case['when']}" if "when" in case else "")
            for case in cases
            if case["expect"].split()[2] == policy.id
        )[:_EXAMPLES],
        pack.policies.text(policy.id),
    )


def _basis(pack: Pack, word: str, basis: Basis) -> Explanation:
    asked = tuple(
        f"--field {name}=...  {field.ask}{'' if field.required else ' (may be left out)'}"
        for name, field in basis.fields.items()
    )
    opens = ", ".join(sorted(basis.roles | basis.relations))
    covers = ", ".join(sorted(basis.categories)) or "nothing but who it is, and what it names"
    details = (f"ends after {basis.hours} hours", f"opens to: {opens}", f"covers: {covers}", *asked)
    example = f"scan draft.eml --basis {word} --because TEXT" + "".join(
        f" --field {name}={next(iter(field.choices), 'yes' if field.kind == 'yes' else '...')}"
        for name, field in basis.fields.items()
        if field.required
    )
    source = _provenance(basis.clause) or pack.tables.source
    return Explanation(word, "basis", basis.title, basis.clause, source, "", details, (example,))


def _provenance(clause: str) -> str:
    """Return the guidance that a clause such as A26 stands in, "" for any other."""
    return _guidance().get(clause[:1], "") if clause[1:].isdigit() else ""


@cache
def _guidance() -> dict[str, str]:
    from scanner.rules import rules_folder

    return tomllib.loads((rules_folder() / "guidance.toml").read_text("utf-8"))


def _cases(pack: Pack) -> Iterator[dict[str, str]]:
    from scanner.rules import rules_folder

    path = rules_folder() / "packs" / pack.name / "cases.toml"
    if path.is_file():
        yield from tomllib.loads(path.read_text("utf-8"))["case"]


def _lines(each: Explanation) -> Iterator[str]:
    yield f"{each.id}  ({each.kind}{', asks for ' + each.asks if each.asks else ''})"
    yield f"  {each.title}"
    yield from (f"  {detail}" for detail in each.details)
    if each.clause:
        yield f"  clause: {each.clause}"
    if each.source:
        yield f"  source: {each.source}"
    yield from (f"  example: {example}" for example in each.examples)
    if each.text:
        yield "  as written:"
        yield from (f"    {line}" for line in each.text.splitlines())


def _overview(pack: Pack, known: list[Explanation]) -> Iterator[str]:
    yield f"{pack.tables.title} ({pack.name} {pack.tables.version})"
    yield f"  source: {pack.tables.source}"
    for kind in dict.fromkeys(each.kind for each in known):
        yield f"  {kind}: " + ", ".join(each.id for each in known if each.kind == kind)
