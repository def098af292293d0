"""The console as somebody of the staff sees it."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from selenium.webdriver import Chrome

from gateway.web.staff.cookies import SESSION
from tests.browser.conftest import Program
from tests.browser.sight import PICTURES, SCREENSHOTS, Sight


class Staff(Sight):
    def __init__(self, browser: Chrome, program: Program) -> None:
        super().__init__(browser)
        self._program = program
        self._sessions: dict[str, str] = {}

    def look(self, size: tuple[int, int], language: str) -> None:
        self.resize(size)
        self.open("/staff/login")
        button = f".languages [value={language}]"
        if self.one(button).attribute("aria-current") is None:
            self.step(button)
        self.complaints()

    def sign_in(self, login: str, then: str) -> None:
        self.open(f"/staff/login?{urlencode({'next': then})}")
        if self.all("#login"):
            self.one("#login").type(login)
            self.one("#password").type(self._program.password)
            self.step("form.card button.strong")
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
        place = self.one(selector)
        if typed:
            place.clear()
            place.type(typed)
        elif selector.endswith("summary"):
            place.click()
        else:
            self.leads_on(place.click)

    def open(self, path: str) -> None:
        self.browser.get(f"{self._program.url}{path}")

    def leave(self) -> None:
        """The next one begins signed out."""
        self.open("/staff/login")
        self.browser.delete_all_cookies()

    def source(self) -> str:
        return self.browser.page_source

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

    @contextmanager
    def without_scripts(self) -> Iterator[None]:
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            yield
        finally:
            self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
