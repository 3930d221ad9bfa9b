"""The frameworks whose statements are suggested."""

from collections.abc import Collection, Sequence

from search.lexicon import fold, lexicon
from standards.access import visible_frameworks
from standards.models import Framework


def chosen_frameworks(adopters: Collection[int]) -> list[Framework]:
    """What these organisations have adopted; where that is nothing, whatever has been adopted, else every framework.

    Of those that everybody may see: search holds published standards only, whoever asks.
    """
    visible = visible_frameworks()
    adopted = visible.filter(adoptions__isnull=False).distinct()
    return list(adopted.filter(adoptions__organisation__in=adopters)) or list(adopted) or list(visible)


def for_subjects(frameworks: Sequence[Framework], subjects: Collection[str]) -> list[Framework]:
    """Those for any of these subjects, by slug, and those that do not say for which they are; all where no subject is
    given or none is for it: of a mathematics lesson that has students explain, the first suggestion was on writing."""
    own = {framework.pk: _subjects(framework) for framework in frameworks}
    if not any(own[pk].intersection(subjects) for pk in own):
        return list(frameworks)
    return [one for one in frameworks if not own[one.pk] or own[one.pk].intersection(subjects)]


def _subjects(framework: Framework) -> set[str]:
    """By slug, as far as sources call them by a name or a synonym of ours."""
    names = lexicon().names
    meanings = [meaning for said in framework.subject for meaning in names.get(fold(str(said)), ())]
    return {value for meaning in meanings if meaning.facet == "subject" for value in meaning.values}
