import pytest

from gateway.connection import Batched
from gateway.web.front import Front
from tests.gateway.web.staff.signed import Staffed


@pytest.fixture
def front(staff: Staffed, batched: Batched) -> Front:
    """Before the rooms that a test's own `staff` has opened."""
    return staff.front(batched)
