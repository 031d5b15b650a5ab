"""The application factory."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from flask import Flask, Response, request
from sqlalchemy import Connection, Engine, text
from werkzeug.middleware.proxy_fix import ProxyFix

import sync
from schemas.catalogue.load import city_folder, load_city
from server import admin, observe, pages
from server.api import accounts, diagnoses, enrolment, own, problems, public, reply_templates
from server.api.describing import Api
from server.bundles.keys import Keys
from server.bundles.view import blueprint as bundles
from server.commands.apply import Commands
from server.exchange.view import blueprint as exchange
from server.feed import stamp
from server.files import reading, view
from server.files.store import FileStore
from server.pages import refusals
from server.rules import RuleBook
from server.services import EXTENSION, Services, services
from server.settings import Settings
from server.sources import Sources
from server.store.database import engine_options, prepare, writing
from server.store.models import db
from server.web import built as built_app
from server.web.built import BuiltApp
from server.web.policy import SECURE_ONLY, app_headers
from sync.codec import MEDIA
from sync.messages import MAX_BODY


def create_app(settings: Settings | None = None, sources: Sources | None = None) -> Flask:
    """A server for one city. The database is made, or brought up to date, before it is handed out.

    Raises `schemas.catalogue.errors.CatalogueError` where the city's folder is broken.
    """
    settings, sources = settings or Settings.from_environment(), sources or Sources()
    city = load_city(city_folder(settings.city))
    if not settings.database:
        settings.data.mkdir(parents=True, exist_ok=True)
    app = Flask("tenggat", static_folder=None)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        # Compressed or not, no body is longer than the protocol allows.
        MAX_CONTENT_LENGTH=MAX_BODY,
        API_TITLE="Tenggat",
        API_VERSION=sync.__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    db.init_app(app)
    with app.app_context():
        engine = db.engine
        prepare(engine)
        migrate(engine)
        _begin_feed(engine, sources)
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
    api = Api(app)
    api.register_blueprint(accounts.blueprint)
    api.register_blueprint(enrolment.blueprint)
    api.register_blueprint(diagnoses.blueprint)
    api.register_blueprint(own.blueprint)
    api.register_blueprint(public.blueprint)
    api.register_blueprint(reply_templates.blueprint)
    api.register_blueprint(view.blueprint)
    api.register_blueprint(reading.blueprint)
    api.register_blueprint(bundles)
    app.register_blueprint(exchange)
    app.register_blueprint(pages.blueprint)
    problems.register(app)
    view.register(app)
    app.after_request(_headers)
    # What is registered last runs first: a page brings its own headers, the rest gets those of an answer to a program.
    refusals.register(app)
    admin.register(app)
    # The very last, and so around all others: every answer has a name and is counted, also one that was made before.
    observe.register(app, app.extensions[EXTENSION], settings, migrations())
    app.before_request(_hear_of_the_calendar)
    built = BuiltApp(app.wsgi_app, settings.web, app_headers(city))
    app.extensions[built_app.EXTENSION] = built
    # Who asks and over what, as the last so many proxies said; from nobody else is it believed.
    app.wsgi_app = ProxyFix(built, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    return app


def migrations() -> Config:
    """Where the steps of the tables lie."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database's tables to a revision."""
    config = migrations()
    with writing(engine) as connection:
        _alone(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


_TELLING = frozenset({public.blueprint.name, pages.blueprint.name, "admin"})
"""Parts that tell what holds now, and have no other way to notice that another process changed the calendar."""


def _hear_of_the_calendar() -> None:
    # An exchange hears of it in what it reads anyway; uploads and sign-ins have nothing to do with days.
    if request.blueprint in _TELLING:
        services().rules.refresh(services().engine)


def _begin_feed(engine: Engine, sources: Sources) -> None:
    with engine.connect() as connection:
        begun = connection.execute(text("SELECT count(*) FROM feed_head")).scalar()
    if begun:
        return
    with writing(engine) as connection:
        _alone(connection)
        if not connection.execute(text("SELECT count(*) FROM feed_head")).scalar():
            stamp.begin(connection, sources.new_code())


def _alone(connection: Connection) -> None:
    """Several workers start at once: one goes first, the others wait and find it done, however long it takes. SQLite
    has locked already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tenggat.start'))"))
        # But a step of the tables does not stand in line for long: whoever came after it would stand there too.
        connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))


def _headers(response: Response) -> Response:
    defaults: dict[str, Any] = {"X-Content-Type-Options": "nosniff"}
    if response.mimetype != MEDIA:
        # A body of lines is never shown as a page, the answer to a POST is never kept by a cache (RFC 9111 §3), and an
        # exchange with nothing to say counts its bytes.
        defaults["Cache-Control"] = "no-store"
        defaults["Referrer-Policy"] = "no-referrer"
        defaults["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        if request.is_secure:
            defaults |= [SECURE_ONLY]
    for name, value in defaults.items():
        response.headers.setdefault(name, value)
    return response
