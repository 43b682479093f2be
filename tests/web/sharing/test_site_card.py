"""What other sites show beside a link to the list of actions."""

import io

from PIL import Image

from tests.factories import a_report, an_action


def told(page) -> dict[str, str]:
    return {tag.get("property") or tag.get("name"): tag["content"] for tag in page.soup.select("head meta[content]")}


def picture(reader, address: str) -> Image.Image:
    answer = reader.client.get(address.removeprefix("http://localhost"))
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    return Image.open(io.BytesIO(answer.data)).convert("RGB")


def drawn_above_the_time(card: Image.Image) -> bytes:
    """What is dark; the colours of the edges depend on all others of the picture."""
    return card.crop((0, 0, 1200, 570)).convert("L").point(lambda value: 255 if value > 128 else 0).tobytes()


def test_the_list_offers_a_preview_of_itself(reader, session):
    an_action(session)
    found = told(reader.get("/fr/"))
    assert found["og:title"] == "Actions urgentes"
    assert found["og:site_name"] == "UA Tracker"
    assert found["og:url"] == "http://localhost/fr/"
    assert found["og:image"] == "http://localhost/card.png?lang=fr"
    assert found["og:description"] == "Écrivez pour des personnes en danger, et voyez vos lettres compter."
    assert found["twitter:card"] == "summary_large_image"
    size = (int(found["og:image:width"]), int(found["og:image:height"]))
    assert picture(reader, found["og:image"]).size == size


def test_its_picture_follows_the_letters_and_leaves_practice_out(reader, session, clock):
    action = an_action(session)
    practice = an_action(session, slug="practice", ai_index="practice", practice=True)
    first = picture(reader, "/card.png").tobytes()
    assert picture(reader, "/card.png?lang=fr").tobytes() != first
    a_report(session, action, target=7)
    clock.pass_by(minutes=2)
    with_letters = picture(reader, "/card.png")
    assert with_letters.tobytes() != first
    a_report(session, practice, target=9)
    clock.pass_by(minutes=2)
    assert drawn_above_the_time(picture(reader, "/card.png")) == drawn_above_the_time(with_letters)


def test_a_site_without_actions_has_one_too(reader, session):
    assert picture(reader, "/card.png").size == (1200, 630)
