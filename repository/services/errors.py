"""Why a service said no, in words for the person who asked."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class ServiceError(Exception):
    """Nothing was written. `str()` says what happened and what to do."""


class InReview(ServiceError):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This resource is with the reviewers, so it cannot be changed. What you typed is still on this page. "
                "To change the resource, take it back from review first, then save again."
            )
        )


class Locked(ServiceError):
    def __init__(self, who: str = "", *, typed: bool) -> None:
        """who: has locked it; nobody is known where the time is set at which it will be published."""
        if who:
            why = _("This resource cannot be changed now: %(who)s has locked it.") % {"who": who}
        else:
            why = _(
                "This resource cannot be changed now: an administrator has locked it, or set the time at which it will be "
                "published."
            )
        if typed:
            then = _(
                "Nothing was saved, and what you typed is still on this page: keep a copy of it, and ask your administrator."
            )
        else:
            then = _("Nothing was done. Please ask your administrator.")
        super().__init__(f"{why} {then}")


class StaleDraft(ServiceError):
    """The draft was changed elsewhere (another window, another person) after this form was opened."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This resource was changed in another window, or by somebody else, after you opened this page, so this "
                "version was not saved. What you typed is still here."
            )
        )


class ChangedSinceSeen(ServiceError):
    def __init__(self) -> None:
        super().__init__(
            _("This resource was changed after you opened it. Please look at it again before you decide.")
        )


class ChangedMeanwhile(ServiceError):
    """A long write came to a resource that somebody changed, unpublished or deleted since it was begun."""

    def __init__(self, title: str) -> None:
        super().__init__(
            _(
                "“%(title)s” was changed here while this ran, so nothing was written. Start it again: "
                "what was changed here is kept then."
            )
            % {"title": title}
        )


class NoRoom(ServiceError):
    def __init__(self) -> None:
        super().__init__(
            _("The page of this district has no room for so many resources. Nothing was written.")
        )


class NoReviewers(ServiceError):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Your district has not set up reviewers yet, so this cannot be sent. Your draft is saved. "
                "Please ask your district administrator."
            )
        )


class NotInState(ServiceError):
    """The resource is not in the state that the action needs: somebody else was faster, or the page is old."""

    def __init__(self) -> None:
        super().__init__(
            _("This is no longer possible: the state of the resource has changed. Please look again.")
        )


class Gone(ServiceError):
    """It was deleted: by a second press of the same button, in another window, or by somebody else."""

    def __init__(self) -> None:
        super().__init__(_("This resource is not there any more: it has been deleted."))


class ChosenIsGone(ServiceError):
    """A topic, a kind, a standard, a file or another such thing was deleted after the form was checked."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing was saved: something that this resource names, as a topic, its kind, a standard or a file, has "
                "just been deleted. Please look at what is chosen, and send it again."
            )
        )


class OwnContribution(ServiceError):
    def __init__(self) -> None:
        super().__init__(
            _("You made this resource, or sent it yourself, so another reviewer has to decide about it.")
        )


class Incomplete(ServiceError):
    """The draft lacks what a resource needs before it can be sent; `problems` are sentences."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


class WantedListFull(ServiceError):
    def __init__(self) -> None:
        super().__init__(_("The list of what is missing takes no more today. Please tell us again tomorrow."))
