"""The use case for a person who asks for a service: the office gets to know of it through E-Sobes, once."""

from dialogs.errands import ServiceRequest
from dialogs.messages import Language
from dialogs.talk import Here
from gateway.channels import Inbound


class Requests:
    async def make(self, asked: ServiceRequest, inbound: Inbound, here: Here, language: Language) -> None:
        """Passed on for certain once this returns; a second time for the same message changes nothing."""
        raise NotImplementedError
