"""Where files lie and who can read them, by rules/safekeeping/: what the folder says, not the text.

Whoever is entitled to a record, a synced or lent copy of it is in other hands too (A29).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from scanner.audit.access import EVERYBODY, Access, let_in
from scanner.audit.team import Team
from scanner.errors import RulesError
from scanner.model import Action
from scanner.reports.audited import Observation
from scanner.rules import rules_folder

READABLE = "readable-by-others"
OUTSIDE = "read-outside-the-team"
_MOUNTS = Path("/proc/self/mountinfo")  # proc(5)
_ESCAPED = re.compile(r"\\([0-7]{3})")
_FOLDERS = 4096  # remembered at a time


class SafekeepingRule(BaseModel):
    """One file of rules/safekeeping: what is wrong with a place. Lists are by the place's name.

    clause: by pack. folders: names of a folder above; markers: names of a file in one;
    file_systems, mounts: types and mount points; all may hold ``*``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    message: str  # {readers} or {place} is filled in
    action: str
    clause: Mapping[str, str]
    folders: Mapping[str, tuple[str, ...]] = {}
    markers: Mapping[str, tuple[str, ...]] = {}
    file_systems: Mapping[str, tuple[str, ...]] = {}
    mounts: Mapping[str, tuple[str, ...]] = {}


def load_safekeeping(folder: Path | None = None) -> tuple[SafekeepingRule, ...]:
    """Load the rules in the order of their names. Raises RulesError naming file and key."""
    found = []
    for path in sorted(((folder or rules_folder()) / "safekeeping").glob("*.toml")):
        try:
            rule = SafekeepingRule(id=path.stem, **tomllib.loads(path.read_text("utf-8")))
            Action[rule.action.upper()]
        except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
            raise RulesError(f"{path.name}: {error}", "restore the file or reinstall") from None
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise RulesError(f"{path.name}: {where}: {first['msg']}", "restore the file") from None
        found.append(rule)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Mount:
    point: str
    kind: str


class Safekeeping:
    """Observe how files are kept. Folders are remembered, so make a new one for each pass.

    team: loads who may read records, asked for once and only where a group or ACL reads one;
    a team of nobody looks into no group.
    """

    def __init__(
        self, pack: str, mounts: Path = _MOUNTS, team: Callable[[], Team] = lambda: Team(())
    ) -> None:
        self._rules = load_safekeeping()
        self._pack = pack
        self._access = Access()
        self._team = lru_cache(maxsize=1)(team)
        self._mounts = tuple(_mounts(mounts))
        self._places = lru_cache(maxsize=_FOLDERS)(self._of_folder)

    def observe(
        self, path: str, info: os.stat_result, *, approved: bool
    ) -> tuple[Observation, ...]:
        """Return what is wrong with how a file about students is kept.

        approved: it lies in one of the config's record folders. There its group may read it,
        and where the folder lies is what the college decided; a pack may ask that the users of
        the group be of the team (B24).
        """
        readers = self._access.readers(path, info)
        told = {READABLE: ", ".join(readers)}
        if approved:
            others = self._others(path, info) if set(readers) - {EVERYBODY} else ""
            told = {READABLE: EVERYBODY if EVERYBODY in readers else "", OUTSIDE: others}
        observed = [
            self._observation(rule, "{readers}", told[rule.id])
            for rule in self._rules
            if told.get(rule.id)
        ]
        return (*observed, *(() if approved else self._places(os.path.dirname(path))))  # noqa: PTH120

    def _others(self, path: str, info: os.stat_result) -> str:
        """Return how many of those whom group and ACL let in are not of the team, or ""."""
        if not any(rule.id == OUTSIDE and self._pack in rule.clause for rule in self._rules):
            return ""
        found = self._team().others(info.st_uid, *let_in(path, info))
        return f"{found[0]} of {found[1]}" if found and found[0] else ""

    def _of_folder(self, folder: str) -> tuple[Observation, ...]:
        return tuple(
            self._observation(rule, "{place}", place)
            for rule in self._rules
            if (place := self._place(rule, folder))
        )

    def _observation(self, rule: SafekeepingRule, field: str, value: str) -> Observation:
        message = rule.message.replace(field, value)
        return Observation(
            rule.id, rule.clause.get(self._pack, ""), Action[rule.action.upper()], message
        )

    def _place(self, rule: SafekeepingRule, folder: str) -> str:
        """Return by which name a rule knows the place of a folder, or ""."""
        parts = Path(folder).parts
        for name in (part for part in parts if rule.folders):
            if place := _named(rule.folders, name):
                return place
        above = [folder, *map(str, Path(folder).parents)] if rule.markers else []
        for each in above:
            for name in _hidden(each):
                if place := _named(rule.markers, name):
                    return place
        mount = self._mount(folder)
        if mount is None:
            return ""
        return _named(rule.file_systems, mount.kind) or _named(rule.mounts, mount.point)

    def _mount(self, folder: str) -> _Mount | None:
        above = [
            mount
            for mount in self._mounts
            if folder == mount.point or folder.startswith(mount.point.rstrip("/") + "/")
        ]
        return max(above, key=lambda mount: len(mount.point), default=None)


def _named(lists: Mapping[str, tuple[str, ...]], name: str) -> str:
    for place, patterns in lists.items():
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            return place
    return ""


@lru_cache(maxsize=_FOLDERS)
def _hidden(folder: str) -> tuple[str, ...]:
    """Return the names in a folder that begin with a dot, where markers are."""
    try:
        with os.scandir(folder) as entries:
            return tuple(entry.name for entry in entries if entry.name.startswith("."))
    except OSError:
        return ()


def _mounts(path: Path) -> Iterator[_Mount]:
    try:
        lines = path.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # another system: no mounts are told
        return
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > 4 and after:
            point = _ESCAPED.sub(lambda code: chr(int(code[1], 8)), fields[4])
            yield _Mount(point, after.split(" ")[0])
