"""config.toml -> frozen Config: the only reader of settings and of the environment."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from scanner.errors import ConfigError
from scanner.hours import HoursError, canonical
from scanner.limits import Limits
from scanner.model import Helper

HOME_VARIABLE = "STUDENT_X_HOME"
LONGEST_FILE = 1_000_000  # bytes; a longer one is not a config.toml
DEFAULT_MODEL = "student-x"  # the one that ships

Readers = Literal["circle", "wellbeing"]

_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_WEB = re.compile(r"https?://\S+\Z")
_ROLE = re.compile(r"[a-z]+(?:_[a-z]+)*")
_PLACE = re.compile(r"(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}")
_PACK = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _fault(message: str, hint: str) -> PydanticCustomError:
    return PydanticCustomError("student_x", "{fault}", {"fault": message, "hint": hint})


def _domain(value: str) -> str:
    if "@" in value:
        raise _fault("has an '@' in it", "write the domain alone, such as college.example")
    if not _DOMAIN.fullmatch(value):
        raise _fault("is not a mail domain", "write a domain such as college.example")
    return value.lower()


def _text(value: str) -> str:
    if not value.strip():
        raise _fault("is empty", "write a value, or leave the key out")
    if not value.isprintable():
        raise _fault("holds a control character", "write plain text on one line")
    return value.strip()


def _hours(value: str) -> str:
    try:
        return canonical(value) if value.strip() else ""
    except HoursError:
        raise _fault(
            "is not a time of day", 'write "mon-fri 09:00-17:00; sat 10:00-12:00", or leave it out'
        ) from None


def _role(value: str) -> str:
    if not _ROLE.fullmatch(value):
        raise _fault("is not a role", "write a role of docs/registers.md, such as senior_tutor")
    return value


def _pack(value: str) -> str:
    if not _PACK.fullmatch(value):
        raise _fault("is not the name of a pack", 'write a name such as "circle-of-care"')
    return value


def _place(value: str) -> str:
    port = value.rpartition(":")[2]
    if value and not (_PLACE.fullmatch(value) and 0 < int(port) < 65_536):
        raise _fault("is not HOST:PORT", 'write "127.0.0.1:9464", or "" for none')
    return value


def _some(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise _fault("is an empty list", "name your college's own mail domains")
    return value


Domain = Annotated[str, AfterValidator(_domain)]
Text = Annotated[str, AfterValidator(_text)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _College(_Section):
    name: Text = "the college"
    pack: Annotated[str, AfterValidator(_pack)] = "circle-of-care"
    domains: Annotated[tuple[Domain, ...], AfterValidator(_some)] = ()
    university_domains: tuple[Domain, ...] = ()


class RecordFolder(_Section):
    """A folder of student records, and who may read it. folder: as written in the file."""

    folder: Text
    readers: Readers


class _Names(_Section):
    model: Text = DEFAULT_MODEL
    transformers: Text | None = None
    gliner: Text | None = None


class _Policy(_Section):
    folders: tuple[Text, ...] = ()


class _Contact(_Section):
    role: Annotated[str, AfterValidator(_role)]
    name: Text = ""
    telephone: Text
    hours: Annotated[str, AfterValidator(_hours)] = ""


class _Link(_Section):
    title: Text
    url: Text


class Gateway(_Section):
    """How the mail gateway works; docs/gateway.md says what each key does."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    anonymise: Literal["return", "rewrite"] = "return"
    trace: bool = False
    workers: int = Field(0, ge=0, le=256)
    queue: int = Field(100, ge=1, le=10_000)
    wait_seconds: float = Field(60, ge=1, le=600)
    scan_seconds: float = Field(45, ge=1, le=600)
    memory_mb: int = Field(1024, ge=64, le=65_536)
    message_mb: int = Field(50, ge=1, le=1024)
    sender_per_minute: int = Field(120, ge=0, le=10_000)
    sender_held_per_hour: int = Field(60, ge=0, le=10_000)
    metrics: Annotated[str, AfterValidator(_place)] = ""


class _File(_Section):
    college: _College = _College()
    records: tuple[RecordFolder, ...] = ()
    names: _Names = _Names()
    policy: _Policy = _Policy()
    contacts: tuple[_Contact, ...] = ()
    links: tuple[_Link, ...] = ()
    gateway: Gateway = Gateway()
    limits: Limits = Limits()


@dataclass(frozen=True)
class Link:
    """A page of the college's policy. missing: it is a file, and not there (B36)."""

    title: str
    url: str
    missing: bool = False


@dataclass(frozen=True)
class Config:
    """All settings.

    path: where the file is or would be, and found: whether it is there. domains: the
    college's own mail domains; university_domains: the wider university's. names_model: the
    spaCy pipeline that finds names: student-x, a package's import name or an absolute path.
    larger_models: further models of names, each by its library (transformers, gliner) and
    its folder.
    policy_folders: absolute paths of packs whose rules come on top of the college's pack.
    helpers: whom to ring, in the order of the file. links: the pages of the college's policy.
    limits: of reading and judging one document.
    """

    home: Path
    path: Path
    found: bool = False
    name: str = "the college"
    pack: str = "circle-of-care"
    domains: tuple[str, ...] = ()
    university_domains: tuple[str, ...] = ()
    records: tuple[RecordFolder, ...] = ()
    names_model: str = DEFAULT_MODEL
    larger_models: tuple[tuple[str, Path], ...] = ()
    policy_folders: tuple[Path, ...] = ()
    helpers: tuple[Helper, ...] = ()
    links: tuple[Link, ...] = ()
    gateway: Gateway = field(default_factory=Gateway)
    limits: Limits = field(default_factory=Limits)

    def readers_of(self, path: Path) -> str:
        """Return who may read the record folder a document lies in: circle, wellbeing or "".

        Links are followed, relative folders start at the working folder, and the most
        specific folder wins.
        """
        document = _resolved(path)
        if document is None:
            return ""
        depth, readers = 0, ""
        for record in self.records:
            folder = _resolved(Path(record.folder))
            if folder and folder in document.parents and len(folder.parts) > depth:
                depth, readers = len(folder.parts), record.readers
        return readers


def home_folder(option: str | None) -> Path:
    """Return the folder of Student X: the option, else STUDENT_X_HOME, else the user's own.

    Nothing is created.
    """
    chosen = option or os.environ.get(HOME_VARIABLE, "")
    if chosen:
        return _expanded(Path(chosen)).absolute()
    return platformdirs.user_data_path("student-x", appauthor=False)


def load(home: Path, path: Path | None = None) -> Config:
    """Load ``home/config.toml``, or the file at ``path``, which then must exist.

    Without a file all settings have their defaults. Raises ConfigError with the file, the
    key, what is wrong and what to do.
    """
    chosen = path or home / "config.toml"
    data = _read(chosen, required=path is not None)
    if data is None:
        return Config(home, chosen)
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        raise _config_error(chosen, error) from None
    _refuse_doubles(chosen, file.records)
    anchor = chosen.absolute().parent
    return Config(
        home,
        chosen,
        found=True,
        name=file.college.name,
        pack=file.college.pack,
        domains=file.college.domains,
        university_domains=file.college.university_domains,
        records=file.records,
        names_model=_model(file.names.model, anchor),
        larger_models=tuple(
            (library, _anchored(folder, anchor))
            for library in ("transformers", "gliner")
            if (folder := getattr(file.names, library))
        ),
        policy_folders=tuple(_anchored(each, anchor) for each in file.policy.folders),
        helpers=tuple(
            Helper(each.role, each.name, each.telephone, each.hours) for each in file.contacts
        ),
        links=tuple(_link(each, anchor) for each in file.links),
        gateway=file.gateway,
        limits=file.limits,
    )


def _read(path: Path, *, required: bool) -> dict[str, Any] | None:
    try:
        if not path.exists() and not path.is_symlink():
            if required:
                raise ConfigError(f"{path}: there is no such file", "check the path of --config")
            return None
        if not path.is_file():
            raise ConfigError(f"{path}: is not a plain file", "put a config.toml there")
        if path.stat().st_size > LONGEST_FILE:
            raise ConfigError(f"{path}: is too long to be a config.toml", "check the path")
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: {_unreadable(error)}", "compare config.example.toml") from None


def _unreadable(error: Exception) -> str:
    match error:
        case tomllib.TOMLDecodeError():
            return f"is not TOML: {error}"
        case UnicodeDecodeError():
            return "is not in UTF-8"
        case OSError():
            return f"cannot be read: {error.strerror}"
        case _:
            return "cannot be read"


def _config_error(path: Path, error: ValidationError) -> ConfigError:
    faults = error.errors(include_input=False, include_url=False)
    reason, hint = _explained(faults[0])
    more = len(faults) - 1
    tail = f" (and {more} more fault{'s' if more > 1 else ''})" if more else ""
    return ConfigError(f"{path}: {_key(faults[0])} {reason}{tail}", hint)


def _key(fault: ErrorDetails) -> str:
    """Return the key as a person counts: ``college.domains, entry 2``."""
    words = ""
    for part in fault["loc"]:
        words += f", entry {part + 1}, " if isinstance(part, int) else f".{part}"
    key = words.replace(", .", ", ").strip("., ")
    return "".join(letter if letter.isprintable() else "?" for letter in key)


_REASONS = {
    "string_type": ("must be text", 'put it in quotes, such as "college.example"'),
    "tuple_type": ("must be a list", 'write ["one", "two"]; tables of a list as [[records]]'),
    "missing": (
        "is missing",
        "a table of [[records]] needs folder and readers, of [[contacts]] role and telephone, "
        "of [[links]] title and url",
    ),
    "bool_type": ("must be true or false", "write it without quotes"),
    "model_type": ("must be a table", "compare config.example.toml"),
    "int_type": ("must be a whole number", "write it without quotes and without a point"),
    "float_type": ("must be a number", "write it without quotes"),
}
_BOUNDS = {
    "greater_than_equal": ("least", "ge", "write a larger number, or leave the key out"),
    "less_than_equal": ("most", "le", "write a smaller number, or leave the key out"),
}
_CHOICES = {
    "readers": "say who may read this folder",
    "anonymise": "say what becomes of a message in which initials would do",
}


def _explained(fault: ErrorDetails) -> tuple[str, str]:
    context = fault.get("ctx", {})
    if fault["type"] == "student_x":
        return str(context["fault"]), str(context["hint"])
    if fault["type"] == "extra_forbidden":
        return "is not a known key", _suggestion(fault)
    if fault["type"] == "literal_error":
        words = str(context["expected"]).replace("'", '"')
        return f"must be {words}", _CHOICES[str(fault["loc"][-1])]
    if fault["type"] in _BOUNDS:
        word, key, hint = _BOUNDS[fault["type"]]
        return f"must be at {word} {context[key]:g}", hint
    return _REASONS.get(fault["type"], (f"is wrong: {fault['msg']}", "compare config.example.toml"))


_SECTIONS: dict[str, type[BaseModel]] = {
    "": _File,
    "college": _College,
    "records": RecordFolder,
    "names": _Names,
    "policy": _Policy,
    "contacts": _Contact,
    "links": _Link,
    "gateway": Gateway,
    "limits": Limits,
}


def _suggestion(fault: ErrorDetails) -> str:
    location = [str(part) for part in fault["loc"]]
    known = list(_SECTIONS[location[0] if len(location) > 1 else ""].model_fields)
    close = get_close_matches(location[-1].lower(), known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known are {', '.join(known)}"


def _refuse_doubles(path: Path, records: tuple[RecordFolder, ...]) -> None:
    seen: set[Path] = set()
    for number, record in enumerate(records, 1):
        folder = _expanded(Path(record.folder))
        if folder in seen:
            reason = f"records, entry {number}, folder is named twice"
            raise ConfigError(f"{path}: {reason}", "keep one [[records]] table for each folder")
        seen.add(folder)


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # no such user: then '~name' is a plain name
        return path


def _resolved(path: Path) -> Path | None:
    try:
        return _expanded(path).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL
        return None


def _anchored(folder: str, anchor: Path) -> Path:
    return anchor / _expanded(Path(folder))


def _link(link: _Link, anchor: Path) -> Link:
    """Return a link; whether a page of the web is there is not asked: nothing goes out."""
    if _WEB.match(link.url):
        return Link(link.title, link.url)
    path = _anchored(link.url.removeprefix("file://"), anchor)
    return Link(link.title, str(path), missing=not path.exists())


def _model(name: str, anchor: Path) -> str:
    """Return a package's name as it is and a path as an absolute one."""
    is_path = name.startswith(("~", ".")) or "/" in name or os.sep in name
    return str(_anchored(name, anchor)) if is_path else name
