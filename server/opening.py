"""A city, opened: its folder read, its database made or brought up to date, and everything that works on it. What has
routes builds on that (`server.app`); commands need none, and start in half the time."""

from contextlib import suppress

from flask import Flask
from sqlalchemy import Engine, text

from schemas.catalogue.load import city_folder, load_city
from server.bundles import keys
from server.bundles.keys import Keys
from server.commands.apply import Commands
from server.feed import stamp
from server.files.store import FileStore
from server.rules import RuleBook
from server.services import EXTENSION, Services
from server.settings import Settings
from server.sources import Sources
from server.store.database import engine_options, prepare, writing
from server.store.migrating import alone, migrate
from server.store.models import db


def open_city(settings: Settings) -> Services:
    """The city's services. Raises `schemas.catalogue.errors.CatalogueError` where its folder is broken."""
    found: Services = bare(settings, Sources()).extensions[EXTENSION]
    return found


def bare(settings: Settings, sources: Sources) -> Flask:
    """An application with the city's services and not one route."""
    city = load_city(city_folder(settings.city))
    if not settings.database:
        settings.data.mkdir(parents=True, exist_ok=True)
    app = Flask("tenggat", static_folder=None)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
    )
    db.init_app(app)
    with app.app_context():
        engine = db.engine
        prepare(engine)
        migrate(engine)
        _begin_feed(engine, sources)
    with suppress(OSError):
        # Whoever looks may be another than the keys' owner.
        keys.clear(settings.keys_folder, keys.LEFT)
    rules = RuleBook(city)
    rules.refresh(engine)
    app.extensions[EXTENSION] = Services(
        engine,
        rules,
        sources,
        Commands(engine, rules, sources),
        FileStore(settings.files_folder),
        Keys(settings.keys_folder),
        settings.smtp,
        settings.address,
        certificate=settings.certificate,
    )
    return app


def _begin_feed(engine: Engine, sources: Sources) -> None:
    with engine.connect() as connection:
        begun = connection.execute(text("SELECT count(*) FROM feed_head")).scalar()
    if begun:
        return
    with writing(engine) as connection:
        alone(connection)
        if not connection.execute(text("SELECT count(*) FROM feed_head")).scalar():
            stamp.begin(connection, sources.new_code())
