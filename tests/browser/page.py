"""The simulator's page as whoever plays sees it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

SCREENSHOTS = Path(__file__).parent / "screenshots"
PICTURES = bool(os.environ.get("PICTURES"))
"""For the eye: nothing is compared with them, and hundreds take their time. `make pictures`."""
PATIENCE = 20
WIDE = (1280, 800)
NARROW = (390, 844)


class Page:
    def __init__(self, browser: Chrome, url: str, size: tuple[int, int], **citizen: str) -> None:
        self.browser = browser
        self.url = url
        self.narrow = size == NARROW
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": self.narrow}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})
        self.complaints()
        browser.get(f"{url}/sandbox?{urlencode(citizen)}")
        self.until(lambda: self.one('[data-clock="time"]').get_attribute("textContent") != "\xa0")

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def until(self, true: Callable[[], object]) -> None:
        """Whatever is drawn anew while somebody looks is looked at again."""
        WebDriverWait(self.browser, PATIENCE, 0.05, [StaleElementReferenceException]).until(lambda _: true())

    def script(self, source: str, *arguments: object) -> Any:
        return self.browser.execute_script(source, *arguments)

    def press(self, *keys: str) -> None:
        """On whatever has the focus, as a keyboard does."""
        ActionChains(self.browser).send_keys(*keys).perform()

    def tab_back(self, times: int) -> None:
        keys = ActionChains(self.browser).key_down(Keys.SHIFT)
        for _ in range(times):
            keys.send_keys(Keys.TAB)
        keys.key_up(Keys.SHIFT).perform()

    def tab_to(self, selector: str) -> None:
        """By the tabulator key alone; every stop on the way has to show that it has the focus."""
        for _ in range(80):
            self.press(Keys.TAB)
            assert self.shows_focus(), self.focused()
            if self.script("return document.activeElement.matches(arguments[0])", selector):
                return
        raise AssertionError(f"the tabulator key does not lead to {selector}")

    def shows_focus(self) -> bool:
        style = "getComputedStyle(document.activeElement)"
        return bool(self.script(f"return {style}.outlineStyle === 'solid' && parseFloat({style}.outlineWidth) >= 2"))

    def focused(self) -> str:
        return str(self.script("return document.activeElement.textContent"))

    def messages(self, phone: str) -> list[str]:
        """The words in the bubbles; an element at a time could be redrawn in between."""
        return list(
            self.script(
                "return [...document.querySelectorAll(arguments[0])].map((words) => words.textContent)",
                f"#{phone} .words",
            )
        )

    def look(self, tab: str) -> None:
        """On a narrow screen only one of `sms`, `chat` and `esobes` is in sight."""
        if self.narrow:
            self.script("scrollTo(0, 0)")
            self.one(f"#tab-{tab}").click()

    def say(self, phone: str, text: str) -> str:
        """Types, sends with Enter, and waits for the answer, whose words it returns."""
        before = len(self.messages(phone))
        self.one(f"#{phone} textarea").send_keys(text, Keys.ENTER)
        self.until(lambda: len(self.messages(phone)) >= before + 2)
        return self.messages(phone)[-1]

    def choose(self, label: str) -> str:
        """Presses a button in the chat and waits until the chat has changed, be it only in its buttons."""
        whole = "return document.querySelector('#chat ol').textContent"
        before = self.script(whole)
        buttons = [button for button in self.all("#chat .choices button") if button.text == label]
        buttons[-1].click()
        self.until(lambda: self.script(whole) != before)
        return self.messages("chat")[-1]

    def picture(self, name: str) -> None:
        if PICTURES:
            SCREENSHOTS.mkdir(exist_ok=True)
            assert self.browser.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def complaints(self) -> list[str]:
        """What the browser had to say: broken scripts, breaches of the security policy."""
        told: list[dict[str, str]] = self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in told if entry["level"] == "SEVERE"]

    def fits(self) -> bool:
        return bool(self.script("return document.documentElement.scrollWidth <= innerWidth"))
