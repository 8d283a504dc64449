"""The machine's users who can read a record -> those not of the team in the registers (B24)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

from scanner.config import Config
from scanner.model import StaffMember

_ROOT = 0  # reads everything, whatever a file's mode
_GROUPS = 1024  # remembered at a time
_WORD = re.compile(r"[^\W\d_]+")


class Team:
    """Members of staff, and by which logins this machine knows them.

    A login is a member's if it is the local part of the address, dots and the like aside, or
    if the name of the account is within that of the member.
    """

    def __init__(self, members: Iterable[StaffMember]) -> None:
        listed = tuple(members)
        self._logins = frozenset(_bare(each.email.partition("@")[0]) for each in listed)
        self._names = tuple(_words(each.name) for each in listed if each.name)
        self._accounts = lru_cache(maxsize=_GROUPS)(_accounts)

    def others(
        self, owner: int, users: Iterable[int], groups: Iterable[int]
    ) -> tuple[int, int] | None:
        """Return how many of those users are no members, and how many there are.

        Ids of users and groups; the owner does not count. None: no register tells the team.
        An id that this machine does not know is one user who is no member.
        """
        if not self._logins:
            return None
        found = {each for group in groups for each in self._accounts(group)}
        found |= {_account(user) for user in users}
        found -= {_account(owner), _account(_ROOT)}
        return sum(not self._holds(*each) for each in found), len(found)

    def _holds(self, login: str, name: str) -> bool:
        words = _words(name)
        return _bare(login) in self._logins or (
            len(words) > 1 and any(words <= known for known in self._names)
        )


def team_of(config: Config, home: Path, pack: str, today: date) -> Team:
    """Return the staff with a role in the team, and whoever is in a circle on a day.

    Raises StoreError or PolicyError when registers or pack cannot be read.
    """
    from scanner.policy import is_over, load_pack
    from scanner.store import Store

    registers = Store(home).registers()
    roles = load_pack(pack, config.policy_folders).tables.people.circle_roles
    listed = {row.email.lower() for row in registers.circles if not is_over(row, today)}
    return Team(
        each
        for each in registers.staff
        if roles.intersection(each.roles) or each.email.lower() in listed
    )


def _accounts(group: int) -> frozenset[tuple[str, str]]:
    """Return login and name of the members of a group, those whose own group it is too."""
    import grp
    import pwd

    try:
        named = grp.getgrgid(group).gr_mem
    except KeyError:
        return frozenset({(f"#{group}", "")})
    own = [each for each in pwd.getpwall() if each.pw_gid == group]
    found = {(each.pw_name, _full(each.pw_gecos)) for each in own}
    for login in named:
        try:
            found.add((login, _full(pwd.getpwnam(login).pw_gecos)))
        except KeyError:
            found.add((login, ""))
    return frozenset(found)


def _account(user: int) -> tuple[str, str]:
    import pwd

    try:
        found = pwd.getpwuid(user)
    except KeyError:
        return f"#{user}", ""
    return found.pw_name, _full(found.pw_gecos)


def _full(gecos: str) -> str:
    return gecos.partition(",")[0]  # then come room and telephone, passwd(5)


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(name.casefold()))


def _bare(login: str) -> str:
    return "".join(sign for sign in login.casefold() if sign.isalnum())
