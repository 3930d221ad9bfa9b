"""What sources call the values of our vocabularies. Folded: lower case, letters and digits only, singular.

The short names are those of `repository/vocabularies.json`; one that a site has not kept is passed over.
"""

import re

KINDS = {
    "lesson": "lesson plan, lesson, instructional plan, class, activity plan, mini lesson, lecture, tutorial",
    "unit": "unit, unit of instruction, unit plan, unit of study, module, course, full course, curriculum, "
    "instructional unit, syllabus, learning pathway",
    "task": "task, activity, activity lab, learning task, problem, problem set, exercise, worksheet, game, "
    "interactive, interactive simulation, simulation, experiment, lab, homework assignment, handout, "
    "teaching learning strategy, station, puzzle, demonstration",
    "assessment": "assessment, assessment item, assessment material, quiz, test, exam, formative assessment, "
    "performance assessment, rubric, summative assessment, diagnostic",
    "project": "project, project based learning, capstone, case study, investigation",
    "opportunity": "opportunity, internship, apprenticeship, job shadow, volunteer, field trip, work based learning",
    "professional-learning": "professional learning, professional development, teacher training, webinar, workshop",
    "reference": "reference, reference material, article, video, audio, image, map, diagram, primary source, reading, "
    "textbook, book, website, web page, collection, dataset, data, presentation, slide, podcast, poster, "
    "instructor guide, guide, glossary, animation, illustration, photograph, text",
}
SUBJECTS = {
    "mathematics": "mathematics, math, maths, algebra, geometry, calculus, statistics, arithmetic, number sense, "
    "trigonometry, probability, precalculus",
    "english-language-arts": "english language arts, ela, english, language arts, literacy, reading, writing, "
    "english literature, english language arts literacy",
    "science": "science, biology, chemistry, physics, earth science, life science, physical science, ecology, geology, "
    "physical sciences, life sciences, space science, astronomy, environmental science, natural science",
    "social-studies": "social studies, history, geography, civics, economics, government, social science, world history, "
    "us history, social sciences",
    "career-technical": "career and technical, cte, career and technical education, vocational, business, agriculture, "
    "career technical education",
    "computer-science": "computer science, computing, programming, coding, cs, information technology, "
    "computer science and technology",
    "arts": "arts, art, music, visual arts, theatre, theater, dance, fine arts, arts and music",
    "health-pe": "health and physical education, health, physical education, pe, physical fitness, nutrition",
    "world-languages": "world languages, foreign language, foreign languages, spanish, french, german, languages other "
    "than english",
    "advising": "advising and life skills, advising, life skills, social emotional learning, sel, counseling",
}
SETTINGS = {
    "whole-class": "whole class, whole group, large group, full class, classroom",
    "small-group": "small group, group, group work, grouping, collaborative, groupwork, cooperative",
    "one-to-one": "one to one, one on one, tutoring, tutor, individual instruction, mentoring",
    "peer": "peer learning, peer, peer tutoring, peer coaching, peer review, pairs, partners",
    "independent": "independent, self study, individual, individual work, self paced, homework, independent practice",
    "online": "online, distance learning, e learning, elearning, virtual, remote",
    "blended": "blended, hybrid, blended learning, flipped classroom",
    "field-work": "field work, fieldwork, field study, field trip, outdoor",
    "internship": "internship, placement, work experience",
    "apprenticeship": "apprenticeship",
    "community": "community, community based, family, informal education",
    "service": "service learning, service, volunteering",
    "student-designed": "student designed, student led, student choice, inquiry",
}
# Tags, not short names: for LRMI's educationalRole and interactivityType there is no vocabulary here.
ROLES = {
    "For students": "student, learner, pupil",
    "For teachers": "teacher, educator, instructor, faculty",
    "For parents": "parent, parent guardian, guardian, family, families, caregiver",
    "For administrators": "administrator, principal, school leader",
    "For mentors": "mentor, coach",
    "For tutors": "tutor, peer tutor",
    "For professionals": "professional, professional practitioner, practitioner",
    "For everybody": "general public, public, everyone, anyone",
}
INTERACTIVITY = {
    "Active learning": "active",
    "Expositive learning": "expositive",
    "Active and expositive learning": "mixed",
}
# Words that say nothing of a resource here: no tag is made of them.
IGNORED = frozenset(
    {"learningresource", "resource", "instructionalmaterial", "other", "creativework", "material"}
)


def folded(text: str) -> str:
    """Lower case, letters and digits only, without a plural s: "Lesson Plans", "lesson-plan", "LessonPlan" are one."""
    word = re.sub(r"[\W_]+", "", text.rpartition("/")[2].casefold() if "://" in text else text.casefold())
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def divided(word: str, known: dict[str, str]) -> list[str]:
    """The parts between commas where all are known, as of the boxes that were ticked in a form."""
    parts = [part.strip() for part in word.split(",")]
    if folded(word) not in known and len(parts) > 1 and all(folded(part) in known for part in parts):
        return parts
    return [word]


def by_word(table: dict[str, str]) -> dict[str, str]:
    """The short name of each folded word."""
    return {folded(word): slug for slug, words in table.items() for word in words.split(", ")}
