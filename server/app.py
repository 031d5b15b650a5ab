"""The application factory."""

from typing import Any

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

import sync
from server import pages
from server.admin import registering as admin
from server.api import accounts, diagnoses, enrolment, own, problems, public, reply_templates
from server.api.describing import Api
from server.bundles.view import blueprint as bundles
from server.exchange.view import blueprint as exchange
from server.files import reading, view
from server.observe import registering as observe
from server.opening import bare
from server.pages import refusals
from server.services import EXTENSION, Services, services
from server.settings import Settings
from server.sources import Sources
from server.store.migrating import migrations
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
    app = bare(settings, sources)
    app.config.update(
        # Compressed or not, no body is longer than the protocol allows.
        MAX_CONTENT_LENGTH=MAX_BODY,
        API_TITLE="Tenggat",
        API_VERSION=sync.__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    world: Services = app.extensions[EXTENSION]
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
    observe.register(app, world, settings, migrations())
    app.before_request(_hear_of_the_calendar)
    built = BuiltApp(app.wsgi_app, settings.web, app_headers(world.city))
    app.extensions[built_app.EXTENSION] = built
    # Who asks and over what, as the last so many proxies said; from nobody else is it believed.
    app.wsgi_app = ProxyFix(built, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    return app


_TELLING = frozenset({public.blueprint.name, pages.blueprint.name, "admin"})
"""Parts that tell what holds now, and have no other way to notice that another process changed the calendar."""


def _hear_of_the_calendar() -> None:
    # An exchange hears of it in what it reads anyway; uploads and sign-ins have nothing to do with days.
    if request.blueprint in _TELLING:
        services().rules.refresh(services().engine)


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
