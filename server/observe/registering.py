"""Hangs what is observed onto an application."""

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask

from server.observe import requests
from server.observe.facts import Gauges
from server.observe.ready import Probe
from server.observe.view import GAUGES, PROBE, TOKEN, blueprint
from server.services import Services
from server.settings import Settings


def register(app: Flask, world: Services, settings: Settings, migrations: Config) -> None:
    app.config[TOKEN] = settings.metrics_token
    app.extensions[GAUGES] = Gauges(world, settings.certificate)
    app.extensions[PROBE] = Probe(world.engine, ScriptDirectory.from_config(migrations))
    app.register_blueprint(blueprint)
    requests.register(app, believe=settings.proxies > 0)
