"""The console as somebody of the staff sees it."""

from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from gateway.web.staff.cookies import SESSION
from tests.browser.conftest import Program
from tests.browser.page import NARROW, PATIENCE, PICTURES, SCREENSHOTS


class Staff:
    def __init__(self, browser: Chrome, program: Program) -> None:
        self.browser = browser
        self._program = program
        self._sessions: dict[str, str] = {}

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

    def be(self, login: str) -> None:
        """One of the demo accounts; nobody, if it is empty. Whoever was signed in before still is."""
        self.browser.get("about:blank")
        self.browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
        if login and login not in self._sessions:
            self.sign_in(login, "/staff/me")
            cookie = self.browser.get_cookie(SESSION)
            assert cookie is not None
            self._sessions[login] = cookie["value"]
        elif login:
            self.keep(SESSION, self._sessions[login])

    def keep(self, name: str, value: str) -> None:
        """A cookie."""
        self.browser.execute_cdp_cmd("Network.setCookie", {"name": name, "value": value, "url": self._program.url})

    def step(self, selector: str, typed: str = "") -> None:
        """Types into a field; or presses something, and waits for the page that comes."""
        if typed:
            self.one(selector).clear()
            self.one(selector).send_keys(typed)
            return
        page = self.one("html")
        self.one(selector).click()
        if not selector.endswith("summary"):
            self.until(lambda: self.one("html") != page)

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
        if PICTURES:
            SCREENSHOTS.mkdir(exist_ok=True)
            assert self.browser.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def whole(self, name: str) -> None:
        """A picture of all of the page, and not only of what stands in the window."""
        if not PICTURES:
            return
        size = self.script("return [document.documentElement.clientWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
        options = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        taken = self.browser.execute_cdp_cmd("Page.captureScreenshot", options)
        SCREENSHOTS.mkdir(exist_ok=True)
        (SCREENSHOTS / f"staff-{name}.png").write_bytes(b64decode(taken["data"]))

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
