"""The console as somebody of the staff sees it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Program
from tests.browser.page import NARROW, PATIENCE, SCREENSHOTS


class Staff:
    def __init__(self, browser: Chrome, program: Program) -> None:
        self.browser = browser
        self._program = program

    def resize(self, size: tuple[int, int]) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == NARROW}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def look(self, size: tuple[int, int], language: str) -> None:
        self.resize(size)
        self.browser.get(f"{self._program.url}/staff/login")
        button = self.one(f".languages [value={language}]")
        if button.get_attribute("aria-current") is None:
            button.click()
        self.complaints()

    def sign_in(self, login: str, then: str) -> None:
        self.browser.get(f"{self._program.url}/staff/login?{urlencode({'next': then})}")
        if self.all("#login"):
            self.one("#login").send_keys(login)
            self.one("#password").send_keys(self._program.password)
            self.one("form.card button.strong").click()
        self.open(then)

    def open(self, path: str) -> None:
        self.browser.get(f"{self._program.url}{path}")

    def leave(self) -> None:
        """The next one begins signed out."""
        self.open("/staff/login")
        self.browser.delete_all_cookies()

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def source(self) -> str:
        return self.browser.page_source

    def until(self, true: Callable[[], object]) -> None:
        """Whatever is drawn anew while somebody looks is looked at again."""
        WebDriverWait(self.browser, PATIENCE, 0.05, [StaleElementReferenceException]).until(lambda _: true())

    def script(self, source: str, *arguments: object) -> Any:
        return self.browser.execute_script(source, *arguments)

    def picture(self, name: str) -> None:
        """The whole page, for the eye: nothing is compared with it."""
        SCREENSHOTS.mkdir(exist_ok=True)
        assert self.browser.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def complaints(self) -> list[str]:
        """What the browser had to say: broken scripts, breaches of the security policy."""
        told: list[dict[str, str]] = self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in told if entry["level"] == "SEVERE"]

    def fits(self) -> bool:
        """Nothing sticks out at the side."""
        return bool(
            self.script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        )

    @contextmanager
    def without_scripts(self) -> Iterator[None]:
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            yield
        finally:
            self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
