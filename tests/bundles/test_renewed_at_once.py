"""Two who renew the server's keys at once, on either database."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import timedelta
from typing import Any

import pytest

from server.bundles import renewing
from server.bundles.keys import Pair
from tests.conftest import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, make_server: Callable[..., Server]) -> Server:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return make_server("renewed", database=url)


def test_whoever_waits_goes_on_from_what_the_first_one_left_and_when(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, waiting = renewing._put_in_use, list[Future[tuple[Pair, Pair]]]()
    first = server.world.keys.used

    def slow(*given: Any) -> None:
        if not waiting:
            waiting.append(pool.submit(renewing.renew, server.world, "cli"))
            with pytest.raises(NotYet):
                waiting[0].result(timeout=0.5)
            server.clock.move(hours=1)
        put(*given)

    monkeypatch.setattr(renewing, "_put_in_use", slow)
    with ThreadPoolExecutor(1) as pool:
        before, second = renewing.renew(server.world, "cli")
        after, third = waiting[0].result(timeout=30)
    assert [before.id, after.id] == [first.id, second.id]
    used, *former = server.world.keys.pairs
    assert [pair.id for pair in (used, *former)] == [third.id, second.id, first.id]
    noted = server.rows("SELECT target FROM audit WHERE action = 'keys.renew' ORDER BY pos")
    assert [row.target for row in noted] == [first.id, second.id]
    times = [pair.renewed for pair in former]
    assert times[0] is not None and times[1] is not None and times[0] - times[1] >= timedelta(hours=1)
