"""Who works with a framework. What an organisation has adopted comes first wherever its people pick standards."""

from datetime import date

from people.models import Organisation
from standards.models import Adoption, Framework


def adopt(*, framework: Framework, organisation: Organisation, adopted_on: date | None = None) -> Adoption:
    """Adopts a framework, once; adopting it again only corrects the day."""
    adoption, _created = Adoption.objects.update_or_create(
        framework=framework, organisation=organisation, defaults={"adopted_on": adopted_on}
    )
    return adoption


def drop(*, framework: Framework, organisation: Organisation) -> None:
    """Takes an adoption back. Resources that are aligned to the framework stay as they are."""
    Adoption.objects.filter(framework=framework, organisation=organisation).delete()
