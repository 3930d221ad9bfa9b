"""Words that mean the same: what teachers type, and what authors write. Kept by coordinators, in force at once."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

MAX_MEANINGS = 12
MAX_TERM = 80  # characters


def _bare(words: str) -> str:
    """As search compares them: "Games" says no more than "game"."""
    bare = re.sub(r"[\W_]+", " ", words.casefold()).strip()
    return re.sub(r"(?<=\w\w[^\Ws])s\b", "", bare)


class Synonym(models.Model):
    """A word or an acronym with what serves as well: a search for any of them finds the others."""

    term = models.CharField(
        _("word or acronym"), max_length=MAX_TERM, help_text=_("As people type it: PBL, math, showing work.")
    )
    means = models.TextField(
        _("means the same as"),
        help_text=_(
            "Words or phrases, with commas between them: project-based learning, project learning. "
            "A search for any of them finds the others too. Capitals and hyphens make no difference. "
            "An acronym that stands for two things has two entries."
        ),
    )

    panels = [FieldPanel("term"), FieldPanel("means")]

    class Meta:
        ordering = ["term"]
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        return self.term

    @property
    def meanings(self) -> list[str]:
        """What `means` lists, each once and without needless spaces."""
        parts = (" ".join(part.split()) for part in re.split(r"[,;\n]", self.means))
        return list(dict.fromkeys(part for part in parts if part))

    def clean(self) -> None:
        self.term = " ".join(self.term.split())
        if not self.term or not self.means.strip():
            return  # its field has said so
        if "," in self.term or ";" in self.term:
            raise ValidationError({"term": _("One word or phrase here, the others below.")})
        others = [one for one in self.meanings if not _bare(one) or _bare(one) != _bare(self.term)]
        if not others:
            raise ValidationError(
                {"means": _("Name at least one other word or phrase. A plural is not another.")}
            )
        if len(others) > MAX_MEANINGS:
            raise ValidationError(
                {"means": _("At most %(most)d words and phrases.") % {"most": MAX_MEANINGS}}
            )
        if too_long := [one for one in others if len(one) > MAX_TERM]:
            raise ValidationError(
                {
                    "means": _("“%(words)s …” is too long: %(most)d characters at most.")
                    % {"words": too_long[0][:30], "most": MAX_TERM}
                }
            )
        if silent := [one for one in [self.term, *others] if not any(sign.isalnum() for sign in one)]:
            field = "term" if silent[0] == self.term else "means"
            raise ValidationError({field: _("“%(words)s” has no letter or digit.") % {"words": silent[0]}})
        self.means = ", ".join(others)
        for one in Synonym.objects.filter(term__iexact=self.term).exclude(pk=self.pk):
            if {*map(_bare, self.meanings)} <= {*map(_bare, one.meanings)}:
                raise ValidationError(
                    {
                        "means": _(
                            "“%(term)s” has an entry that says this already: %(means)s. Change that one."
                        )
                        % {"term": one.term, "means": one.means}
                    }
                )
