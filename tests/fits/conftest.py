"""Dense matrices of a few hundred rows: many threads make them slower, on a busy machine by orders of magnitude."""

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    with threadpool_limits(1):
        yield
