import os
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.config import DEFAULT_MODEL, Config, Gateway, home_folder, load
from scanner.errors import ConfigError
from scanner.limits import Limits

EXAMPLE = Path(__file__).parent.parent.parent / "config.example.toml"


def write(home: Path, text: str | bytes) -> Path:
    path = home / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_without_a_file_everything_has_a_default(tmp_path):
    config = load(tmp_path)
    assert config == Config(tmp_path, tmp_path / "config.toml")
    assert not config.found
    assert (config.name, config.pack, config.domains) == ("the college", "circle-of-care", ())
    assert config.names_model == DEFAULT_MODEL


def test_larger_models_lie_beside_the_file(tmp_path):
    write(tmp_path, '[names]\ngliner = "big"\ntransformers = "/srv/larger"')
    larger = (("transformers", Path("/srv/larger")), ("gliner", tmp_path / "big"))
    assert load(tmp_path).larger_models == larger


def test_the_example_loads_and_names_every_key(tmp_path):
    config = load(tmp_path, EXAMPLE)
    assert config.found
    assert config.domains == ("larkfield.example",)
    assert config.university_domains == ("ox-bridge.example",)
    assert [(each.folder, each.readers) for each in config.records] == [
        ("notes/tutor-records", "circle"),
        ("~/wellbeing-records", "wellbeing"),
    ]
    keys = set(re.findall(r"(?m)^(\w+) =", EXAMPLE.read_text()))
    assert keys == {
        *("name", "pack", "domains", "university_domains"),
        *("folder", "readers", "model", "folders"),
        *("role", "telephone", "hours", "title", "url"),
        *Gateway.model_fields,
        *Limits.model_fields,
    }


def test_an_explicit_file_must_exist(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path, tmp_path / "gone.toml")


def test_domains_lose_their_capitals(tmp_path):
    write(tmp_path, '[college]\ndomains = ["Larkfield.Example"]')
    assert load(tmp_path).domains == ("larkfield.example",)


def test_paths_start_beside_the_file(tmp_path):
    write(tmp_path, '[names]\nmodel = "models/ours"\n[policy]\nfolders = ["packs", "/srv/packs"]')
    config = load(tmp_path)
    assert config.names_model == str(tmp_path / "models/ours")
    assert config.policy_folders == (tmp_path / "packs", Path("/srv/packs"))


@pytest.mark.parametrize(
    ("text", "told", "hint"),
    [
        ("[college\n", "not TOML", "config.example.toml"),
        (b"[college]\nname = '\xe9'\n", "UTF-8", "config.example.toml"),
        ("x = " + "[" * 5000, "cannot be read", "config.example.toml"),
        ("[college]\ndomain = ['a.example']", "college.domain is not a known", "'domains'"),
        ("[colege]\nname = 'x'", "colege is not a known key", "'college'"),
        ("zzz = 1", "zzz is not a known key", "known are"),
        ("[college]\ndomains = 'a.example'", "college.domains must be a list", '["one", "two"]'),
        (
            "[college]\ndomains = ['a.example', 3]",
            "college.domains, entry 2 must be text",
            "quotes",
        ),
        ("[college]\ndomains = ['t@a.example']", "entry 1 has an '@'", "alone"),
        ("[college]\ndomains = ['a b.example']", "is not a mail domain", "such as"),
        ("[college]\ndomains = ['']", "is not a mail domain", "such as"),
        ("[college]\ndomains = ['localhost']", "is not a mail domain", "such as"),
        ("[college]\ndomains = []", "college.domains is an empty list", "own mail domains"),
        ("[college]\nname = '  '", "college.name is empty", "leave the key out"),
        ('[college]\nname = "a\\u001bb"', "control character", "plain text"),
        ("[college]\nname = 3", "college.name must be text", "quotes"),
        ("[college]\npack = '../../etc'", "college.pack is not the name", "circle-of-care"),
        ("college = 3", "college must be a table", "config.example.toml"),
        ("[records]\nfolder = 'x'", "records must be a list", "[[records]]"),
        ("[[records]]\nfolder = 'x'", "records, entry 1, readers is missing", "needs"),
        ("[[records]]\nfolder = 'x'\nreaders = 'all'", 'must be "circle"', "who may read"),
        ("[[records]]\nfolders = 'x'\nreaders = 'circle'", "folder is missing", "needs folder"),
        ("[names]\nmodell = 'x'", "names.modell is not a known key", "'model'"),
        ("[policy]\nfolders = 'x'", "policy.folders must be a list", '["one", "two"]'),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(tmp_path, text, told, hint):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(tmp_path)
    assert error.value.message.startswith(f"{path}: ")
    assert told in error.value.message
    assert "\n" not in error.value.message
    assert hint in error.value.hint


def test_all_faults_are_counted(tmp_path):
    write(tmp_path, "[college]\nname = 3\npack = 4\ndomains = 5")
    with pytest.raises(ConfigError, match=r"college\.name must be text \(and 2 more faults\)"):
        load(tmp_path)


def test_a_folder_named_twice_is_refused(tmp_path):
    record = "[[records]]\nfolder = '{}'\nreaders = 'circle'\n"
    write(tmp_path, record.format("notes") + record.format("notes/"))
    with pytest.raises(ConfigError, match="entry 2, folder is named twice"):
        load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "config.toml")
    with pytest.raises(ConfigError, match="not a plain file"):
        load(tmp_path)


def test_a_dangling_link_is_told(tmp_path):
    (tmp_path / "config.toml").symlink_to(tmp_path / "gone")
    with pytest.raises(ConfigError, match="not a plain file"):
        load(tmp_path)


@given(st.text() | st.from_regex(r'\[\[?(college|records)\]\]?\n\w+ = (\[".*"\]|".*"|\d+)\n'))
def test_any_text_gives_a_config_or_an_error(tmp_path_factory, text):
    home = tmp_path_factory.getbasetemp()
    write(home, text.encode("utf-8", "surrogatepass"))
    with suppress(ConfigError):
        assert load(home).found


class TestReaders:
    @pytest.fixture
    def config(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "notes/records/wellbeing").mkdir(parents=True)
        write(
            tmp_path,
            "[[records]]\nfolder = 'notes/records'\nreaders = 'circle'\n"
            "[[records]]\nfolder = 'notes/records/wellbeing'\nreaders = 'wellbeing'\n",
        )
        return load(tmp_path)

    @pytest.mark.parametrize(
        ("path", "readers"),
        [
            ("notes/records/a.md", "circle"),
            ("notes/records/deep/er/a.md", "circle"),
            ("notes/records/wellbeing/a.md", "wellbeing"),
            ("notes/records/wellbeing/../a.md", "circle"),
            ("notes/records-old/a.md", ""),
            ("notes/a.md", ""),
            ("notes/records", ""),
            ("-", ""),
            ("a\0b", ""),
        ],
    )
    def test_the_most_specific_folder_wins(self, config, path, readers):
        assert config.readers_of(Path(path)) == readers

    def test_absolute_paths_are_the_same(self, config, tmp_path):
        assert config.readers_of(tmp_path / "notes/records/a.md") == "circle"

    def test_a_link_out_of_the_folder_is_outside(self, config, tmp_path):
        (tmp_path / "drafts").mkdir()
        (tmp_path / "drafts/a.md").write_text("")
        (tmp_path / "notes/records/a.md").symlink_to(tmp_path / "drafts/a.md")
        assert config.readers_of(Path("notes/records/a.md")) == ""

    def test_a_link_into_the_folder_is_inside(self, config, tmp_path):
        (tmp_path / "short").symlink_to(tmp_path / "notes/records")
        assert config.readers_of(Path("short/a.md")) == "circle"

    def test_a_loop_of_links_is_outside(self, config, tmp_path):
        (tmp_path / "one").symlink_to(tmp_path / "two")
        (tmp_path / "two").symlink_to(tmp_path / "one")
        assert config.readers_of(Path("one/a.md")) == ""


class TestHome:
    def test_the_option_wins(self, tmp_path, monkeypatch):
        monkeypatch.setenv("STUDENT_X_HOME", "/elsewhere")
        assert home_folder(str(tmp_path)) == tmp_path

    def test_then_the_environment(self, tmp_path, monkeypatch):
        monkeypatch.setenv("STUDENT_X_HOME", str(tmp_path))
        assert home_folder(None) == tmp_path

    def test_then_the_users_own_folder(self, tmp_path, monkeypatch):
        monkeypatch.setenv("STUDENT_X_HOME", "")
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        assert home_folder(None).name == "student-x"
        assert not (tmp_path / "data").exists()

    def test_relative_folders_and_tildes_are_resolved(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert home_folder("x") == tmp_path / "x"
        assert home_folder("~/x") == tmp_path / "x"


def test_the_gateway_has_its_limits_and_says_what_is_wrong(tmp_path):
    write(tmp_path, '[gateway]\nanonymise = "rewrite"\nworkers = 4\nmetrics = "[::1]:9464"')
    gateway = load(tmp_path).gateway
    assert (gateway.anonymise, gateway.workers, gateway.metrics) == ("rewrite", 4, "[::1]:9464")
    for line, key in (
        ('anonymise = "never"', "gateway.anonymise"),
        ("queue = 0", "gateway.queue"),
        ("sender_per_minute = -1", "gateway.sender_per_minute"),
        ('trace = "yes"', "gateway.trace"),
        ('metrics = "9464"', "gateway.metrics"),
        ('metrics = "127.0.0.1:99999"', "gateway.metrics"),
        ("accept = true", "gateway.accept"),
    ):
        write(tmp_path, f"[gateway]\n{line}")
        with pytest.raises(ConfigError, match=key) as error:
            load(tmp_path)
        assert error.value.hint
