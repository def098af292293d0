"""The simulator's page as whoever plays sees it."""

from urllib.parse import urlencode

from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.keys import Keys

from tests.browser.sight import NARROW, Sight


class Page(Sight):
    def __init__(self, browser: Chrome, url: str, size: tuple[int, int], **citizen: str) -> None:
        super().__init__(browser)
        self.url = url
        self.narrow = size == NARROW
        self.resize(size)
        still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})
        self.complaints()
        browser.get(f"{url}/sandbox?{urlencode(citizen)}")
        self.until(lambda: self.one('[data-clock="time"]').attribute("textContent") != "\xa0")

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
        self.one(f"#{phone} textarea").type(text, Keys.ENTER)
        self.until(lambda: len(self.messages(phone)) >= before + 2)
        return self.messages(phone)[-1]

    def choose(self, label: str) -> str:
        """Presses a button in the chat and waits until the chat has changed, be it only in its buttons."""
        whole = "return document.querySelector('#chat ol').textContent"
        before = self.script(whole)
        self.until(lambda: self._pressed(label))
        self.until(lambda: self.script(whole) != before)
        return self.messages("chat")[-1]

    def _pressed(self, label: str) -> bool:
        """The newest of these buttons."""
        buttons = [button for button in self.all("#chat .choices button") if button.text == label]
        for button in buttons[-1:]:
            button.click()
        return bool(buttons)
