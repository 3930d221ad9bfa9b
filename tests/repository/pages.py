"""Pages as a person without JavaScript uses them: fill in what is there, press a button by its words."""

from typing import Any

import lxml.html
from django.test import Client
from django.urls import reverse

from people.models import User
from repository.models import ResourcePage


class Page:
    """A page that was opened, and its forms."""

    def __init__(self, client: Client, response: Any) -> None:
        self.client, self.response = client, response
        self.html: Any = lxml.html.fromstring(response.content.decode())

    @classmethod
    def open(cls, client: Client, url: str) -> "Page":
        return cls(client, client.get(url, follow=True))

    @property
    def url(self) -> str:
        return str(self.response.request["PATH_INFO"])

    @property
    def text(self) -> str:
        """The words of the page, without what is in its fields."""
        return " ".join(" ".join(self.html.xpath("//main//text()[not(ancestor::textarea)]")).split())

    @property
    def notices(self) -> str:
        return " ".join(" ".join(self.html.xpath("//*[@id='notices']//text()")).split())

    def value(self, name: str) -> Any:
        return self._values(self._form_with(name)).get(name)

    def names(self, ending: str) -> list[str]:
        return [name for name in self.html.xpath("//main//*/@name") if name.endswith(ending)]

    def values(self, ending: str) -> list[Any]:
        return [self.value(name) for name in self.names(ending)]

    def press(self, words: str, files: dict[str, Any] | None = None, **typed: Any) -> "Page":
        """Press the first button with these words in the main part, after typing; `__` in a name stands for `-`."""
        button = next(
            one for one in self.html.xpath("//main//button") if words in " ".join(one.text_content().split())
        )
        form = self.html.get_element_by_id(button.get("form")) if button.get("form") else button
        while form.tag != "form":
            form = form.getparent()
        data = self._values(form)
        if button.get("name"):
            data[button.get("name")] = button.get("value") or ""
        for name, value in typed.items():
            assert name.replace("__", "-") in data or value, f"{name} is not on the page"
            data[name.replace("__", "-")] = value
        url = form.get("action") or self.url
        return Page(self.client, self.client.post(url, {**data, **(files or {})}, follow=True))

    def _form_with(self, name: str) -> Any:
        field = self.html.xpath(f"//main//*[@name='{name}']")[0]
        while field.tag != "form":
            field = field.getparent()
        return field

    @staticmethod
    def _values(form: Any) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for field in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
            name, kind = field.get("name"), field.get("type")
            if kind in ("checkbox", "radio"):
                if field.get("checked") is not None:
                    data.setdefault(name, []).append(field.get("value"))
            elif field.tag == "select" and field.get("multiple") is not None:
                data[name] = field.xpath(".//option[@selected]/@value")
            elif field.tag == "select":
                chosen = field.xpath(".//option[@selected]/@value") or field.xpath(".//option/@value")[:1]
                data[name] = chosen[0] if chosen else ""
            elif field.tag == "textarea":
                # A browser leaves the first line break out, and sends CRLF for the others.
                data[name] = (field.text or "").removeprefix("\n").replace("\n", "\r\n")
            elif kind != "file":
                data[name] = field.get("value") or ""
        return data


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def editor_form(answer: Any) -> dict[str, Any]:
    """What the form of Wagtail's editor holds, but for the body, whose blocks scripts make."""
    html: Any = lxml.html.fromstring(answer.content.decode())
    return Page._values(html.get_element_by_id("page-edit-form")) | {"body-count": "0"}


def save_in_editor(client: Client, page: ResourcePage, form: dict[str, Any], **more: Any) -> Any:
    return client.post(f"/admin/pages/{page.pk}/edit/", form | more, follow=True)


def edit_url(draft):
    return reverse("repository:edit", args=[draft.identifier])


def latest(draft):
    return ResourcePage.objects.get(pk=draft.pk).get_latest_revision_as_object()
