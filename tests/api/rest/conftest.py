"""The whole application before a catalogue, and travellers before it."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from api.app import create_app
from tests.api.rest.browsers import Browser, browser
from tests.api.support import fresh_keys


@pytest.fixture
def rest_app(catalogue_url: str) -> Iterator[FastAPI]:
    with fresh_keys():
        yield create_app()


@pytest.fixture
def traveller(rest_app: FastAPI) -> Iterator[Browser]:
    with browser(rest_app) as opened:
        yield opened


@pytest.fixture
def another(rest_app: FastAPI) -> Iterator[Browser]:
    with browser(rest_app) as opened:
        yield opened
