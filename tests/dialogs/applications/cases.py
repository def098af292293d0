"""Applications for tests: one of every kind of service, at every stage."""

from datetime import datetime, timedelta
from pathlib import Path

from dialogs.applications.application import Application, Hearing, Stage
from tests.dialogs.registry import ALMATY, PAVEL, application

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ALMATY)
"""A Monday."""
SERVICES = sorted(path.stem for path in Path("dialogs/catalogue/services").glob("*.toml"))
UNKNOWN = "something_new"
KINDS = {
    "aid": "special_transport_wheelchair",
    "prosthesis": "prosthetic_orthopaedic_aid",
    "sanatorium": "sanatorium_treatment",
    "assistant": "personal_assistant",
    "sign_language": "sign_language_specialist",
    "inpatient": "special_social_services_inpatient",
    "semi_inpatient": "special_social_services_semi_inpatient",
    "home": "special_social_services_home",
    "temporary": "special_social_services_temporary",
    "local_aid": "local_social_aid",
    "housing": "housing_assistance",
    "schooling": "home_schooling_compensation",
    "nuclear": "nuclear_test_compensation",
    "certificate": "rehabilitated_person_certificate",
    "property": "incapacitated_property_permission",
    "migrant": "labour_migrant_permit",
    "register": "provider_register",
    "unknown": UNKNOWN,
}
"""All services of one kind are told the same."""
IN_ORGANISATION = frozenset({Stage.INVITED, Stage.POSTPONED, Stage.ADMITTED, Stage.NO_SHOW})
REASON = "Құжаттардың және олардағы мәліметтердің дұрыс емес екені анықталды"
HEARING = Hearing(datetime(2026, 11, 26, 10, 0, tzinfo=ALMATY), "Жаркент, Жібек жолы 75, 12-бөлме", "жеке қатысу")


def case(service: str, stage: Stage, at: datetime = NOW - timedelta(3), iin: str = PAVEL.iin) -> Application:
    """With all that E-Sobes tells at that stage."""
    return application(
        service,
        stage,
        at,
        iin,
        queue_number="17" if stage is Stage.QUEUED else None,
        organisation="«Үміт» орталығы" if stage in IN_ORGANISATION else None,
        refusal_reason=REASON if stage is Stage.REFUSED else None,
        hearing=HEARING if stage is Stage.HEARING_SCHEDULED else None,
    )
