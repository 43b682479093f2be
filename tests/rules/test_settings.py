"""The settings are read from the environment and checked."""

import pytest

from ua_tracker import postgres, settings
from ua_tracker.settings import BadSetting


def read(tmp_path, **environ):
    return settings.read({"INSTANCE_PATH": str(tmp_path), **environ})


def test_nothing_given_is_enough(tmp_path):
    values = read(tmp_path / "instance")
    assert values["DATABASE_URL"] == f"sqlite:///{tmp_path}/instance/ua_tracker.db"
    assert (values["PORT"], values["RATELIMIT_ENABLED"], values["SITE_ACCENT"]) == (8000, True, "#ffb000")


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first, second = read(tmp_path)["SECRET_KEY"], read(tmp_path)["SECRET_KEY"]
    assert first == second
    assert len(first) > 60
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("given", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg2://u:p@h/d"])
def test_the_short_addresses_of_platforms_get_their_driver(tmp_path, given):
    assert read(tmp_path, DATABASE_URL=given)["DATABASE_URL"] == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("TRUSTED_PROXIES", "11"),
        ("RATELIMIT_ENABLED", "maybe"),
        ("DEFAULT_TIMEZONE", "Toronto"),
        ("SITE_ACCENT", "yellow"),
        ("LOG_LEVEL", "loud"),
        ("PUBLIC_URL", "letters.example.org"),
        ("PUBLIC_URL", "https://example.org/letters"),
        ("DEFAULT_TIMEZONE", "localtime"),
        ("MAIL_FROM", "letters"),
        ("MAIL_FROM", "Letters letters@example.org"),
        ("MAIL_FROM", "a@example.org, b@example.org"),
    ],
)
def test_a_value_without_sense_is_one_sentence(tmp_path, name, value):
    with pytest.raises(BadSetting) as wrong:
        read(tmp_path, **{name: value})
    assert str(wrong.value).startswith(f"{name} is '{value}': ")
    assert str(wrong.value).count("\n") == 0


def test_a_platform_that_forgets_files_needs_a_database(tmp_path):
    with pytest.raises(BadSetting, match="DATABASE_URL is missing"):
        read(tmp_path, DYNO="web.1")


def test_the_site_answers_to_its_public_name_and_to_local_ones(tmp_path):
    values = read(tmp_path, PUBLIC_URL="https://letters.example.org/", TRUSTED_HOSTS="a.example, b.example")
    assert values["TRUSTED_HOSTS"] == [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "a.example",
        "b.example",
        "letters.example.org",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:geheim@h/d"),
        ("DATABASE_URL", "postgresql://u:geheim@h:port/d"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("RATELIMIT_STORAGE_URI", "a file:geheim"),
        ("MAIL_URL", "mail.example.org"),
        ("MAIL_URL", "http://u:geheim@mail.example.org"),
        ("MAIL_URL", "smtp://u:geheim@mail.example.org:port"),
        ("MAIL_URL", "smtp://u:1#geheim@mail.example.org"),
        ("MAIL_URL", "smtp://u:geheim@"),
        ("MAIL_URL", "smtp://u:geheim@mail.example.org:0"),
        ("MAIL_URL", "smtp://u:geheim@mail.example.org/inbox"),
        ("MAIL_URL", "smtp://u:geheim@mail example.org"),
        ("MAIL_URL", "smtp://u:geheim%0d@mail.example.org"),
        ("MAIL_URL", "smtp://geheim@mail.example.org"),
    ],
)
def test_an_address_that_is_not_understood_is_not_repeated_in_the_log(tmp_path, name, value):
    with pytest.raises(BadSetting) as wrong:
        read(tmp_path, **{name: value})
    assert str(wrong.value).startswith(f"{name} is not understood: ")
    assert "geheim" not in str(wrong.value)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match="INSTANCE_PATH"):
        read(tmp_path / "file")


@pytest.mark.parametrize(
    ("given", "security", "port"),
    [
        ("smtp://mail.example.org", "smtp", 25),
        ("smtp://mail.example.org:2525", "smtp", 2525),
        ("starttls://mail.example.org", "starttls", 587),
        ("smtps://mail.example.org", "smtps", 465),
    ],
)
def test_a_mail_server_has_the_port_of_its_kind(tmp_path, given, security, port):
    values = read(tmp_path, MAIL_URL=given, MAIL_FROM="a@example.org", PUBLIC_URL="https://letters.example.org")
    assert (values["MAIL_URL"].security, values["MAIL_URL"].port) == (security, port)


def test_the_password_of_the_mail_server_may_hold_any_character_and_is_never_shown(tmp_path):
    given = "smtps://office%40example.org:a%2Fb%40c@mail.example.org"
    server = read(tmp_path, MAIL_URL=given, MAIL_FROM="a@example.org", PUBLIC_URL="https://l.example.org")["MAIL_URL"]
    assert (server.user, server.password) == ("office@example.org", "a/b@c")
    assert "a/b@c" not in repr(server)


@pytest.mark.parametrize("missing", ["MAIL_FROM", "PUBLIC_URL"])
def test_a_mail_server_needs_a_sender_and_the_sites_address(tmp_path, missing):
    given = {"MAIL_FROM": "a@example.org", "PUBLIC_URL": "https://letters.example.org"}
    del given[missing]
    with pytest.raises(BadSetting, match=f"^{missing} is missing"):
        read(tmp_path, MAIL_URL="smtp://u:geheim@mail.example.org", **given)


def test_time_limits_in_the_url_stay_and_others_are_added():
    settings = {"DATABASE_CONNECT_SECONDS": 4}
    url = postgres.with_time_limits("postgresql+psycopg://u:p%40s@h/d?connect_timeout=9", settings)
    assert url.startswith("postgresql+psycopg://u:p%40s@h/d?")
    assert set(url.partition("?")[2].split("&")) == {"connect_timeout=9", "tcp_user_timeout=10000"}
