"""Signing in by e-mail address, and a forgotten password."""

import re

import pytest
from django.core import mail
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from people.models import User
from search.models import OutboxEntry
from tests.factories import UserFactory
from tests.post import AWAY, post_office
from tests.repository.pages import Page

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


@pytest.fixture
def rosa():
    return UserFactory(email="rosa@juniper.example", name="Rosa Delgado")


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_one_signs_in_by_address_in_any_case(client, rosa):
    for email in ("rosa@juniper.example", "Rosa@Juniper.Example"):
        sign_in(client, email)
        assert client.get(reverse("people:account")).status_code == 200
        client.logout()


@pytest.mark.parametrize(
    ("email", "password"), [("rosa@juniper.example", "wrong"), ("nobody@juniper.example", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, rosa, email, password):
    page = sign_in(client, email, password).content.decode()
    assert "not correct" in page
    assert client.get(reverse("people:account")).status_code == 302


def test_an_account_that_is_switched_off_cannot_sign_in(client, rosa):
    User.objects.update(is_active=False)
    sign_in(client, rosa.email)
    assert client.get(reverse("people:account")).status_code == 302


def test_after_signing_in_one_is_where_one_wanted_to_be(client, rosa):
    address = client.get(reverse("people:account")).url
    response = client.post(address, {"login": rosa.email, "password": PASSWORD})
    assert response.url == reverse("people:account")


def test_a_sign_in_leads_to_no_other_site(client, rosa):
    data = {"login": rosa.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert "evil" not in client.post(reverse("account_login"), data).url


@pytest.fixture
def behind_a_proxy(settings):
    """As in production, where everybody comes from the proxy's address."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_whole_state_signs_in_at_the_same_minute(client, rosa):
    for number in range(40):
        headers = {"x-forwarded-for": f"198.51.100.{number}"}
        data = {"login": rosa.email, "password": PASSWORD}
        assert client.post(reverse("account_login"), data, headers=headers).status_code == 302
        client.logout()


@pytest.mark.usefixtures("behind_a_proxy")
def test_who_has_signed_in_or_out_in_another_tab_is_led_on(rosa):
    """In the morning the session has ended in each of them, and their forms are of the one before."""
    browser = Client(enforce_csrf_checks=True)
    first, second = (Page.open(browser, "/accounts/login/?next=/account/") for _tab in range(2))
    first.press("Sign in", login=rosa.email, password=PASSWORD)
    assert second.press("Sign in", login=rosa.email, password=PASSWORD).url == "/account/"
    first, second = (Page.open(browser, "/accounts/logout/") for _tab in range(2))
    first.press("Sign out")
    Page.open(browser, "/accounts/login/").press("Sign in", login=rosa.email, password=PASSWORD)
    asked = second.press("Sign out")
    assert "Sign out?" in asked.text
    assert asked.press("Sign out").url == "/"


def test_who_refuses_cookies_is_told_that_they_are_needed(rosa):
    browser = Client(enforce_csrf_checks=True)
    page = Page.open(browser, "/accounts/login/")
    browser.cookies.clear()
    page = page.press("Sign in", login=rosa.email, password=PASSWORD)
    assert page.response.status_code == 403
    assert "If it happens each time, allow cookies for this site." in page.text


def test_who_guesses_passwords_is_told_to_wait_whatever_address_is_made_up(client, rosa):
    for number in range(40):
        headers = {"x-forwarded-for": f"203.0.113.{number}, 198.51.100.1"}
        data = {"login": f"{number}@juniper.example", "password": "wrong"}
        answer = client.post(reverse("account_login"), data, headers=headers)
    assert answer.status_code == 429
    assert "Please wait a minute" in answer.text
    assert "Go to the home page" in answer.text


@pytest.mark.usefixtures("behind_a_proxy")
def test_wrong_passwords_are_called_so_and_after_some_the_time_to_wait_is_told(client, rosa):
    """It said “Try again later”, which is when, and “login” where everything else says to sign in."""
    said = [Page(client, sign_in(client, rosa.email, "wrong")) for _ in range(6)]
    assert "The email address or the password is not correct." in said[0].text
    assert said[0].html.findtext(".//title").startswith("Error: Sign in")
    assert "Please wait five minutes and try again." in said[-1].text
    assert "Keep me signed in on this device" in said[-1].text


def test_a_forgotten_password_is_replaced_by_mail(client, rosa):
    client.post(reverse("account_reset_password"), {"email": "Rosa@juniper.example"})
    [letter] = mail.outbox
    assert letter.subject == "Choose a new password"
    assert "The link works for 3 days, and once." in letter.body
    [link] = re.findall(r"http://testserver(/\S+)", str(letter.body))[:1]
    form_url = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form_url, {"password1": "Blue-heron-42!", "password2": "Blue-heron-42!"})
    client.logout()
    sign_in(client, rosa.email, PASSWORD)
    assert client.get(reverse("people:account")).status_code == 302
    sign_in(client, rosa.email, "Blue-heron-42!")
    assert client.get(reverse("people:account")).status_code == 200


def test_an_unknown_address_is_told_nothing_on_the_page(client, rosa):
    known, unknown = (
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (rosa.email, "nobody@juniper.example")
    )
    assert known.redirect_chain == unknown.redirect_chain
    assert mail.outbox[1].subject == "There is no account for this address"


def test_who_forgot_the_password_while_the_mail_server_is_away_is_asked_to_come_back(client, rosa, caplog):
    with AWAY:
        page = Page.open(client, reverse("account_reset_password")).press(
            "Send me the link", email=rosa.email
        )
    assert "No mail can be sent just now. Please try again in a few minutes." in page.text
    assert page.html.findtext(".//title").startswith("Error: Forgot your password?")
    (line,) = (one for one in caplog.records if one.name == "people.sign_in")
    assert "refused" in line.getMessage()  # why, for the operator, in a line
    assert not line.exc_info
    with post_office() as office:
        page = page.press("Send me the link", email=rosa.email)
    assert "Look into your mail" in page.text
    assert office.delivered == [rosa.email]


def test_an_address_that_the_mail_server_refuses_is_answered_as_any_other(client, rosa):
    """A slip in the address, which made of the answer an error page, and told it from those with an account."""
    with post_office(unknown=["rosa@juniper.exmple"]):
        page = Page.open(client, reverse("account_reset_password")).press(
            "Send me the link", email="rosa@juniper.exmple"
        )
    assert "Look into your mail" in page.text


def test_no_letter_about_an_account_is_answered_by_who_is_out_of_office(client, rosa):
    client.post(reverse("account_reset_password"), {"email": rosa.email})
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_editing_desk_asks_visitors_to_sign_in_and_tells_teachers_that_it_is_not_theirs(client, rosa):
    response = client.get(reverse("wagtailadmin_home"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    client.force_login(rosa)
    response = client.get(reverse("wagtailadmin_home"), follow=True)
    assert response.status_code == 403
    assert "Teachers work on the site itself" in response.content.decode()


def test_nobody_signs_up_alone(client):
    data = {"email": "me@juniper.example", "password1": "Blue-heron-42!"}
    response = client.post(reverse("account_signup"), data)
    assert not User.objects.filter(email="me@juniper.example").exists()
    assert response.status_code == 200


def test_a_name_that_cards_cannot_follow_is_not_saved(client, rosa, monkeypatch):
    """Such as when the process ends in between: the name and what is to be done about it are one change."""

    def ends(*arguments, **options):
        raise DatabaseError

    client.force_login(rosa)
    monkeypatch.setattr(OutboxEntry.objects, "bulk_create", ends)
    client.raise_request_exception = False
    assert client.post(reverse("people:account"), {"name": "Rosa Marin"}).status_code == 500
    assert "Rosa Delgado" in client.get(reverse("people:account")).text
