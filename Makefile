# make run          start the assistant; the first time, this makes its environment as well
# make test         everything that has to hold: make check, and the tests
# make check        style, types, layers, complete texts, and how well the search finds
# make bench        how fast a turn is
# make locales      are the texts complete, in both languages and on both surfaces
# make transcripts  write the golden conversations and diagrams anew, for a person to read the difference
# make pictures     every page in a browser, as pictures in tests/browser/screenshots, for a person to look at
# make lock         newest versions of the packages, written down with their hashes

BIN := .venv/bin
COMPILE := $(BIN)/pip-compile --quiet --upgrade --strip-extras --allow-unsafe --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
BROWSER := chromium chromium-driver fonts-dejavu-core fonts-noto-core
OFFICE := libreoffice-calc-nogui poppler-utils fonts-noto-core
CARRIERS := kannel

.PHONY: run test check bench locales transcripts pictures lock browser office carriers

run: .venv/run
	@$(BIN)/python -m bot run

test: check browser office carriers
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: .venv/dev locales
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.dialogs.search.score

bench: .venv/dev
	$(BIN)/python -m bench

locales: .venv/dev
	$(BIN)/python -m pytest tests/dialogs/test_words.py tests/dialogs/catalogue/test_loader.py

transcripts: .venv/dev
	REWRITE=1 $(BIN)/python -m pytest tests/dialogs/test_transcripts.py tests/dialogs/test_diagram.py \
		tests/dialogs/test_arrival_talks.py tests/dialogs/test_deadline_talks.py

pictures: .venv/dev browser
	PICTURES=1 $(BIN)/python -m pytest -n 2 tests/browser

lock: .venv/dev
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

browser:
	@.ci/debian-packages $(BROWSER)

office:
	@.ci/debian-packages $(OFFICE)

carriers:
	@.ci/debian-packages $(CARRIERS)

# The stamps say which lock file the environment was made from last.
.venv/run: requirements.lock
	@.ci/venv requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	@.ci/venv requirements-dev.lock
	@touch $@
