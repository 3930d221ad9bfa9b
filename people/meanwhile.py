"""Two people who change one thing in Wagtail's admin: the second hears of what the first has kept, before it is replaced."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from modelcluster.forms import BaseChildFormSet
from psycopg.errors import DeadlockDetected
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import BaseChooser

Answer = TypeVar("Answer", bound=HttpResponseBase)
SEEN = "seen"  # the field that says what stood there when the page was opened


def take_turn(model: type[Model]) -> None:
    """Has whoever else would add, change or delete such a thing wait until the transaction ends; all may read and name them.

    A row of its own to lock is there neither for a name that two add at once, nor for the order of a tree.
    """
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def in_one_piece(request: HttpRequest, view: Callable[[], Answer]) -> Answer:
    """Has a view write all that it writes, or nothing. What it names may be deleted, or named, by somebody else after it has
    looked: the database says so at the end, and the view looks once more, and tells what it finds."""
    told: list[Any] = get_messages(request)._queued_messages  # type: ignore[union-attr] # of what is there to read
    before = len(told)
    try:
        with transaction.atomic():
            return view()
    except (IntegrityError, OperationalError) as error:
        if isinstance(error, OperationalError) and not isinstance(error.__cause__, DeadlockDetected):
            raise
        del told[before:]  # of what was not written
        with transaction.atomic():
            return view()


class InTurn:
    """For a view of Wagtail's: what it looks at before it writes is still so when it writes."""

    model: type[Model]
    index_url_name: str

    @classmethod
    def as_view(cls, **given: Any) -> Callable[..., HttpResponseBase]:
        view: Callable[..., HttpResponseBase] = super().as_view(**given)  # type: ignore[misc] # of the view
        model: type[Model] = given.get("model", cls.model)
        index: str = given.get("index_url_name", cls.index_url_name)

        # Around all of it: a page that asks before it deletes reads the object before anything else.
        @wraps(view)
        def in_turn(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
            if request.method != "POST":
                return view(request, *args, **named)

            def look_and_write() -> HttpResponseBase:
                take_turn(model)
                return view(request, *args, **named)

            try:
                return in_one_piece(request, look_and_write)
            except Http404:
                said = [_("Nothing was saved: somebody else has deleted this meanwhile.")]
                if typed := typed_words(request.POST):
                    said.append(_("What was in your form – %(typed)s") % {"typed": "; ".join(typed)})
                messages.warning(request, " ".join(said))
                return redirect(index)

        return in_turn


_NOT_TYPED = ("csrfmiddlewaretoken", SEEN, "next", "comments")
_NOT_TYPED_ENDINGS = ("-id", "-type", "-order", "_id", "_at", "_type")


def typed_words(posted: QueryDict) -> list[str]:
    """The words of a form that is shown no more: numbers, dates and ticks tell nobody anything without it."""
    texts = [
        _text(text)
        for name, some in posted.lists()
        if not name.startswith(_NOT_TYPED) and not name.endswith(_NOT_TYPED_ENDINGS)
        for text in some
        if text not in ("on", "true", "false")
    ]
    return [text for text in texts if any(map(str.isalpha, text))]


def _text(value: str) -> str:
    """Of a rich text, its words."""
    if not value.startswith('{"'):
        return value
    try:
        return "\n".join(block["text"] for block in json.loads(value)["blocks"])
    except (ValueError, KeyError, TypeError):
        return value


class MeanwhileCreateView(InTurn, CreateView):
    pass


class MeanwhileDeleteView(InTurn, DeleteView):
    pass


class MeanwhileForm(forms.ModelForm[Any]):
    """A small form of an object, which is given the object as it is stored, locked where it is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = _values(self.instance, self)
        self.state = _stamp(self.stored)
        self.fields[SEEN] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=self.state, max_length=16
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        changed = [name for name, value in self.stored.items() if cleaned.get(name, value) != value]
        if changed and cleaned.get(SEEN) not in ("", self.state):
            now = [f"{self.fields[name].label}: {_shown(self.instance, name)}" for name in changed]
            _look_again(self, self.state, now)
        return cleaned


class MeanwhileEditView(InTurn, EditView):
    """Compares the object's own fields and those of its rows. Rows that somebody else has added stay, see RowsFormSet."""

    def get_form(self, form_class: type[forms.ModelForm[Any]] | None = None) -> forms.ModelForm[Any]:
        form: forms.ModelForm[Any] = super().get_form(form_class)
        self.stored = _values(self.object, form)
        self.rows = {
            name: {
                row.pk: row for row in rows.model._default_manager.filter(**{rows.fk.name: self.object.pk})
            }
            for name, rows in getattr(form, "formsets", {}).items()
        }
        values = [
            (pk, _values(row, form.formsets[name].empty_form))  # type: ignore[attr-defined] # has some
            for name, rows in self.rows.items()
            for pk, row in rows.items()
        ]
        self.state = _stamp((self.stored, values))
        form.fields[SEEN] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=self.state, max_length=16
        )
        return form

    def is_valid(self, form: Any) -> bool:
        if not super().is_valid(form):
            return False
        seen = form.cleaned_data[SEEN]
        if not seen or seen == self.state or not (now := [*self._replaced(form), *self._replaced_rows(form)]):
            return True
        _look_again(form, self.state, now)
        self.produced_error_message = self.get_error_message()
        return False

    def _replaced(self, form: Any) -> Iterator[str]:
        """What would not be as it is stored, in words."""
        made = _values(form.instance, form)
        for name, value in self.stored.items():
            if made[name] != value:
                yield f"{form.fields[name].label}: {value}"

    def _replaced_rows(self, form: Any) -> Iterator[str]:
        for name, rows in self.rows.items():
            for made in form.formsets[name].initial_forms:
                row = rows[made.instance.pk]
                stored, now = _values(row, made), _values(made.instance, made)
                if made in form.formsets[name].deleted_forms:
                    yield str(row)
                    continue
                for field in stored:
                    if stored[field] != now[field]:
                        yield f"{row} – {made.fields[field].label}: {_as_chosen(made.fields[field], getattr(row, field))}"


def _look_again(form: Any, state: str, now: Iterable[str]) -> None:
    """Says what there is now. What was typed stays; saved again, it is kept knowingly."""
    form.data = form.data.copy()
    form.data[SEEN] = state
    words = _(
        "Somebody else has changed this since you opened it. Nothing of yours has been kept. "
        "Save again if it shall be as in your form. Now there is – %(now)s"
    )
    form.add_error(None, words % {"now": "; ".join(now)})


def _as_chosen(field: forms.Field, value: Any) -> Any:
    """As the form shows it: whose title one may not see is not told here, either."""
    return field.widget.get_display_title(value) if isinstance(field.widget, BaseChooser) and value else value


def _shown(one: Model, name: str) -> Any:
    """What a person reads of a field."""
    in_words = getattr(one, f"get_{name}_display", None)
    value = in_words() if in_words else getattr(one, name)
    return (_("yes") if value else _("no")) if isinstance(value, bool) else value


def _stamp(values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def _values(one: Model, form: Any) -> dict[str, Any]:
    """Of what a form has of an object."""
    fields = (
        field for field in one._meta.concrete_fields if field.name in form.fields and not field.primary_key
    )
    return {field.name: field.value_from_object(one) for field in fields}


class RowsFormSet(BaseChildFormSet):
    """Rows that somebody else has added or taken out meanwhile stay so: what that means for this form is said beside it."""

    once: str
    """The field that no two rows share; an error is shown beside it."""
    taken: str | Promise
    """What to say where a row that somebody else has added has the same there."""
    # Django speaks of forms, of which whoever sees rows knows nothing.
    default_error_messages = {
        **BaseChildFormSet.default_error_messages,
        "too_few_forms": ngettext_lazy("Add at least %(num)d row.", "Add at least %(num)d rows.", "num"),
        "too_many_forms": ngettext_lazy(
            "There is room for %(num)d row. Take the others out.",
            "There is room for %(num)d rows. Take the others out.",
            "num",
        ),
    }

    def get_form_error(self) -> str:
        return _("There is another row with the same.")

    def clean(self) -> None:
        super().clean()
        own = [form.instance.pk for form in self.forms if form.instance.pk]
        others = self.model._default_manager.filter(**{self.fk.name: self.instance.pk}).exclude(pk__in=own)
        taken = {getattr(row, self.once) for row in others}
        for form in self.forms:
            if self._should_delete_form(form):
                continue
            if form.cleaned_data.get(self.once) in taken:
                form.add_error(self.once, self.taken)
            elif "id" in form.errors:
                # The field is hidden, and so would be its error.
                form.add_error(
                    self.once,
                    _("Somebody else has taken this one out meanwhile. Take this row out, or add it anew."),
                )


class KeptIndexView(IndexView):
    """Asks once what the person may do, and not for each button of each row."""

    @cached_property
    def _answers(self) -> dict[str, bool]:
        return {}

    def user_has_permission(self, permission: str) -> bool:
        if permission not in self._answers:
            self._answers[permission] = super().user_has_permission(permission)
        return self._answers[permission]

    def user_has_any_permission(self, permissions: Iterable[str]) -> bool:
        return any(self.user_has_permission(one) for one in permissions)


class MeanwhileViewSet(ModelViewSet):
    """What several people keep together."""

    index_view_class = KeptIndexView
    add_view_class = MeanwhileCreateView
    edit_view_class = MeanwhileEditView
    delete_view_class = MeanwhileDeleteView
    copy_view_enabled = False
