"""Links as QR codes."""

from __future__ import annotations

import uuid
from xml.etree import ElementTree

import pytest

from django_share_analytics.links.addresses import link_template
from django_share_analytics.links.buttons import can_draw_codes
from django_share_analytics.links.codes import code_of
from django_share_analytics.redirects import pictures

pytestmark = pytest.mark.django_db

CODE = code_of(uuid.UUID("018f2f5e-7a3c-7b1d-9e5f-0123456789ab"))


@pytest.fixture
def address(app):
    return link_template(app.pk, name="qr").replace("{code}", CODE)


needs_segno = pytest.mark.skipif(not can_draw_codes(), reason="segno is not installed")


@pytest.fixture
def drawn(monkeypatch):
    """What was drawn."""
    texts = []
    draw = pictures.draw
    monkeypatch.setattr(pictures, "draw", lambda text: texts.append(text) or draw(text))
    return texts


@needs_segno
def test_picture__of_a_link(client, app, address, drawn, events):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=86400"
    assert ElementTree.fromstring(response.content).tag == "{http://www.w3.org/2000/svg}svg"
    assert drawn == [f"http://testserver{address.replace('/qr/', '/')}"]
    assert events == []


def test_picture__of_a_mangled_code(client, address):
    assert client.get(address.replace(CODE, CODE[1:])).status_code == 404


def test_picture__of_no_app(client, unknown_key):
    address = link_template(unknown_key, name="qr").replace("{code}", CODE)
    assert client.get(address).status_code == 404


def test_picture__of_a_link_longer_than_any(client, address):
    assert client.get(address, headers={"host": "x" * 3_000}).status_code == 404


def test_picture__without_segno(client, address, monkeypatch):
    monkeypatch.setattr(pictures, "can_draw_codes", lambda: False)
    assert client.get(address).status_code == 404
