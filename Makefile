# Two commands do everything from a fresh clone: `make demo` and `make test`.
# What each task runs is defined once, in pyproject.toml under [tool.poe.tasks].
PYTHON ?= python3
VENV := .venv
POE := $(VENV)/bin/poe

.PHONY: demo test evaluate bench train lock clean

demo: $(VENV)/.runtime
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" sh examples/demo.sh

test: $(VENV)/.dev
	$(POE) test

evaluate bench: $(VENV)/.dev
	$(POE) $@

# NER: a folder with train/ (public sets of names) and names/ (lists of names); models/card.md
# says which. Steps whose inputs have not changed are not run again.
train: $(VENV)/.train
	@test -d "$(NER)/train" && test -d "$(NER)/names" || { echo "give the data: make train NER=FOLDER (see models/README.md)"; exit 2; }
	cd models && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" PYTHONPATH="$(CURDIR)" NER="$(abspath $(NER))" python -m weasel run all

lock: $(VENV)/.dev
	$(POE) lock

$(VENV)/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Student X needs Python 3.11, 3.12 or 3.13; choose one with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/pip
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	touch $@

$(VENV)/.train: models/requirements.txt $(VENV)/.runtime
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r models/requirements.txt
	touch $@

clean:
	rm -rf $(VENV) .build dist
