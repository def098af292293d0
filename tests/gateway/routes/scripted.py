"""A provider that answers as it is told to: the seam at which providers are handed in."""

from collections import deque

from gateway.channels import Attempt, Letter, Sent, Unclear


class Scripted:
    def __init__(self, name: str, *answers: Attempt | Exception) -> None:
        self.name = name
        self.sent: list[str] = []
        """Names of letters, one for each try."""
        self.asked: list[str] = []
        self.answers = deque(answers)
        self.told: Attempt = Unclear("it cannot be asked")
        """What it says when it is asked about a letter."""

    async def send(self, letter: Letter) -> Attempt:
        self.sent.append(letter.id)
        answer = self.answers.popleft() if self.answers else Sent(f"{self.name}-{len(self.sent)}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask(self, letter: Letter) -> Attempt:
        self.asked.append(letter.id)
        return self.told

    async def aclose(self) -> None:
        return None
