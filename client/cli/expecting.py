"""By when an answer is to be expected of a case that the server has not received yet."""

from datetime import datetime, timedelta

from client.cli.app import App
from client.cli.plain import long_date
from schemas.catalogue.model import Service
from schemas.promise import PromiseTable, lookup, provisional
from sync.decoding import decoder

_table = decoder(PromiseTable)


def expected(app: App, service: Service) -> list[str]:
    """By when an answer is to be expected, from the promise table: the server gives the date that holds."""
    raw = app.store.meta.get("promise_table")
    table = _table.decode(raw) if raw else None
    late = _closed(app, service, app.now)
    day = app.today + timedelta(days=late)
    dates = lookup(table, service.code, day) if table else None
    limit = service.promise[-1]
    if table is None or dates is None or limit not in dates:
        return [app.say("expected_unknown")]
    label, when = service.limit(limit).label.get(app.language), long_date(dates[limit], app.today, app.language)
    told = [app.say("expected_tomorrow" if late else "expected_by", label=label, when=when)]
    if limit in provisional(table, service.code, day):
        told.append(app.say("expected_may_move"))
    return told


def _closed(app: App, service: Service, now: datetime) -> bool:
    """Whether the office has closed for today; what comes then counts from the next working day."""
    hours = app.city.office(service.office).hours or app.city.office_hours
    today = hours.get(now.isoweekday())
    return today is not None and f"{now:%H:%M}" >= today.closes
