"""Every page of the console in both languages, on a desk and on a phone, with something on it."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from starlette.routing import compile_path

from gateway.web.staff.cookies import LANGUAGE
from tests.browser.conftest import Program
from tests.browser.sight import NARROW, WIDE
from tests.browser.staff import Staff
from tests.browser.staff_pages import NO_PAGES, PAGES, Page
from tests.browser.workday import Workday
from tests.gateway.web.staff.house import house

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
RUN = """
const told = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then((found) => told(found.violations.map(
  (one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`)));
"""
ROOM_FOR = {"kk": WIDE, "ru": NARROW}
"""Where axe looks at a page: each page in each language and on each screen, but not in all four ways."""
_NAMED = """
const named = (one) => `${one.tagName.toLowerCase()} ${one.className} «${one.textContent.trim().slice(0, 40)}»`;
"""
FOCUS = f"""{_NAMED}
const wrong = [];
for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {{
  if (!one.checkVisibility({{visibilityProperty: true}}) || one.disabled || one.type === "hidden") continue;
  one.focus({{focusVisible: true, preventScroll: true}});
  const style = getComputedStyle(one);
  const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  if (document.activeElement !== one || !shown || one.tabIndex > 0) wrong.push(named(one));
}}
document.activeElement?.blur();
return wrong;
"""
"""What a keyboard cannot reach in its turn, or what does not show that it has been reached."""
SMALL = f"""{_NAMED}
const met = "button, summary, select, nav a, a.strong, a.quiet, a.danger, label.choice, .field > input";
return [...document.querySelectorAll(met)]
  .filter((one) => one.checkVisibility() && one.type !== "hidden")
  .filter((one) => one.getBoundingClientRect().height < 43.5).map(named);
"""
"""What a thumb does not meet. Links among words are as high as words are."""


@pytest.fixture(scope="module")
def workday(program: Program) -> Iterator[Workday]:
    with Workday(program) as begun:
        yield begun


@pytest.fixture(scope="module")
def staff(browser: Chrome, program: Program) -> Iterator[Staff]:
    signed_in = Staff(browser, program)
    yield signed_in
    signed_in.leave()


async def test_no_page_is_forgotten(redis_url: str, tmp_path: Path) -> None:
    async with house(redis_url, tmp_path) as whole:
        found = [one.path for one in whole.routes() if one.method == "GET" and one.path.startswith("/staff")]
    paths = [page.path.partition("?")[0] for page in PAGES]
    shown = {next((one for one in found if compile_path(one)[0].match(path)), path) for path in paths}
    assert shown | set(NO_PAGES) == set(found)


@pytest.mark.parametrize("language", list(ROOM_FOR))
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_for_everybody(workday: Workday, staff: Staff, page: Page, language: str) -> None:
    staff.be(page.who)
    staff.keep(LANGUAGE, language)
    staff.resize(WIDE)
    staff.complaints()
    staff.open(page.path.format(**workday.names))
    for selector, typed in page.steps:
        staff.step(selector, typed)
    assert staff.script("return document.documentElement.lang") == language
    assert len(staff.all("h1")) == 1
    assert staff.browser.title.partition(" · ")[0].strip()
    for size in (WIDE, NARROW):
        staff.resize(size)
        staff.whole(f"{page.name}-{language}-{size[0]}")
        assert staff.fits(), size
        assert staff.script(FOCUS) == []
        if size == ROOM_FOR[language]:
            staff.script(AXE)
            assert staff.browser.execute_async_script(RUN) == []
    assert staff.script(SMALL) == []
    assert [one for one in staff.complaints() if "Failed to load resource" not in one] == []
