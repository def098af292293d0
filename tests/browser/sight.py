"""A page in a browser as whoever looks at it sees it: what goes or is drawn anew in between is looked for again."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

SCREENSHOTS = Path(__file__).parent / "screenshots"
PICTURES = bool(os.environ.get("PICTURES"))
"""For the eye: nothing is compared with them, and hundreds take their time. `make pictures`."""
PATIENCE = 20
WIDE = (1280, 800)
NARROW = (390, 844)
T = TypeVar("T")
_PASSING = [StaleElementReferenceException, NoSuchElementException]


@dataclass(frozen=True)
class Place:
    """Where something stands on a page: it is found when it is used, and waited for until it is there."""

    browser: Chrome
    selector: str

    @property
    def text(self) -> str:
        return self._with(lambda found: found.text)

    def attribute(self, name: str) -> str | None:
        return self._with(lambda found: found.get_attribute(name))

    def is_displayed(self) -> bool:
        return self._with(lambda found: found.is_displayed())

    def is_enabled(self) -> bool:
        return self._with(lambda found: found.is_enabled())

    def click(self) -> None:
        self._with(lambda found: found.click())

    def type(self, *keys: str) -> None:
        self._with(lambda found: found.send_keys(*keys))

    def clear(self) -> None:
        self._with(lambda found: found.clear())

    def select(self, value: str) -> None:
        self._with(lambda found: Select(found).select_by_value(value))

    def _with(self, act: Callable[[WebElement], T]) -> T:
        def done(browser: Chrome) -> tuple[T]:
            return (act(browser.find_element(By.CSS_SELECTOR, self.selector)),)

        return WebDriverWait(self.browser, PATIENCE, 0.05, _PASSING).until(done, self.selector)[0]


class Sight:
    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def resize(self, size: tuple[int, int]) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == NARROW}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def one(self, selector: str) -> Place:
        return Place(self.browser, selector)

    def all(self, selector: str) -> list[WebElement]:
        """What is there now; it may be gone when it is used."""
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        def read(_: Chrome) -> tuple[list[str]]:
            return ([found.text for found in self.all(selector)],)

        return self._wait().until(read)[0]

    def until(self, true: Callable[[], object]) -> None:
        self._wait().until(lambda _: true())

    def leads_on(self, act: Callable[[], object]) -> None:
        """Does what leads to another page, and waits until all of that is there."""
        (page,) = self.all("html")
        act()
        self.until(lambda: self.all("html") not in ([], [page]))
        self.until(lambda: self.script("return document.readyState") == "complete")

    def script(self, source: str, *arguments: object) -> Any:
        return self.browser.execute_script(source, *arguments)

    def picture(self, name: str) -> None:
        if PICTURES:
            SCREENSHOTS.mkdir(exist_ok=True)
            assert self.browser.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def complaints(self) -> list[str]:
        """What the browser had to say: broken scripts, breaches of the security policy."""
        told: list[dict[str, str]] = self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in told if entry["level"] == "SEVERE"]

    def fits(self) -> bool:
        """Nothing sticks out at the side."""
        room = "document.documentElement.clientWidth"
        return bool(self.script(f"return document.documentElement.scrollWidth <= {room}"))

    def _wait(self) -> WebDriverWait[Chrome]:
        return WebDriverWait(self.browser, PATIENCE, 0.05, _PASSING)
