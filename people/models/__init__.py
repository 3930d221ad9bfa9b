from people.models.membership import DISTRICT_STAFF, ROLE_KINDS, Membership, Role
from people.models.organisation import District, Organisation, School, State
from people.models.user import User

__all__ = [
    "DISTRICT_STAFF",
    "ROLE_KINDS",
    "District",
    "Membership",
    "Organisation",
    "Role",
    "School",
    "State",
    "User",
]
