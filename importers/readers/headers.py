"""What the headers of tables are called, in the spellings and languages that districts use."""

import re
import unicodedata

# Headers as folded by `fold`, the surest first; English, then Spanish and French.
_HEADERS: dict[str, str] = {
    "identifier": "identifier caseidentifier caseitemidentifier itemidentifier guid caseguid uuid caseidentifieruuid "
    "cfitemidentifier uniqueid itemid standardguid itemguid standarduuid id identificador identifiant",
    "uri": "uri caseuri caseidentifieruri itemuri cfitemuri url currenturl link webaddress enlace lien",
    "statement": "fullstatement statement standardstatement statementtext standardtext standarddescription fulltext "
    "description text benchmark benchmarktext performanceexpectation learningstandard learningobjective learningtarget "
    "expectation objective indicator competency skill outcome learningoutcome standarddescriptor descriptor "
    "performanceindicator studentexpectation standardlanguage contentstandard learninggoal gradelevelexpectation wording "
    "enunciado descripcion estandar texto objetivo aprendizajeesperado competencia enonce attendu texte competence",
    "code": "humancodingscheme code standardcode statementcode notation statementnotation codingscheme dotnotation "
    "standardnumber standardid benchmarkcode benchmarknumber fullcode shortcode number codenumber coding "
    "standardidentifier ref reference refnumber codigo numero clave cote",
    "parent": "ischildof parent parentcode parentidentifier parentid parentstandard parentguid childof parentnotation "
    "parenthumancodingscheme parentstandardcode parentstatement broader partof codigopadre padre codeparent",
    "smart_level": "smartlevel",
    "depth": "depth level outlinelevel indent indentlevel hierarchylevel treelevel nivel profundidad profondeur",
    "type": "cfitemtype itemtype statementtype normalizedstatementtype standardtype type statementlabel kind tipo",
    "grade": "educationlevel grade grades gradelevel gradelevels gradeband gradespan educationlevels gradecourse "
    "educationallevel yearlevel grado grados gradoescolar niveau classe annee",
    "subject": "subject subjects contentarea discipline academicsubject subjectarea materia asignatura matiere",
    "notes": "notes note comment comments clarification clarifications clarificationstatement remarks notas observaciones "
    "remarques commentaire commentaires",
    "abbreviated": "abbreviatedstatement shortstatement abbreviation shortdescription shorttitle",
    "alternative_label": "alternativelabel alternatelabel altlabel otherlabel",
    "keywords": "conceptkeywords keywords conceptkeyword keyword tags palabrasclave motscles",
    "enumeration": "listenumeration listid enumeration listenum listenuminsource",
    "sequence": "sequencenumber sequence sortorder order position displayorder orden ordre",
    "language": "language lang idioma langue",
    "modified": "lastchangedatetime lastmodified lastchanged datemodified",
    "start": "statusstartdate startdate validfrom",
    "end": "statusenddate enddate validuntil",
    "isPartOf": "ispartof",
    "isPeerOf": "ispeerof isapeerof",
    "isRelatedTo": "isrelatedto relatedto",
    "exactMatchOf": "isexactmatchof exactmatchof exactmatch saysthesameas sameas",
    "precedes": "precedes comesbefore",
    "replacedBy": "replacedby",
    "exemplar": "exemplar",
    "hasSkillLevel": "hasskilllevel",
    "isTranslationOf": "istranslationof isatranslationof",
}
LEVEL, LEVEL_CODE = "level", "level_code"
ASSOCIATIONS = tuple(_HEADERS)[tuple(_HEADERS).index("isPartOf") :]
FIELDS = (*(name for name in _HEADERS if name not in ASSOCIATIONS), LEVEL, LEVEL_CODE, *ASSOCIATIONS)
"""What a column can hold: the values of a mapping. "" is for a column of the district's own.

`level` is a column whose cells are statements that the rows stand below (strand, cluster); there may be several, from
the outermost to the innermost. `level_code` is the code of one of them.
"""
BY_HEADER = {header: name for name, headers in _HEADERS.items() for header in headers.split()}
RANK = {header: rank for rank, header in enumerate(BY_HEADER)}
# A column under one of these holds codes or statements: its cells tell.
EITHER = {"standard", "standards", "item", "name", "title", "label", "element", "benchmarks"}
_LEVELS = {
    *"strand substrand domain subdomain cluster subcluster topic subtopic theme bigidea coreidea conceptualcategory "
    "disciplinarycoreidea reportingcategory anchor anchorstandard standardgroup category subcategory unit area goal "
    "section component heading subheading eje dominio ambito bloque domaine axe".split(),
    *(
        f"{word}{number}"
        for word in ("level", "heading", "tier", "nivel", "niveau")
        for number in range(1, 10)
    ),
}
_NAMES_OF_LEVELS = ("name", "title", "statement", "description", "heading", "text", "")
_CODES_OF_LEVELS = ("code", "number", "id", "abbreviation", "abbr", "notation")
# Words that say whose a column is, not what it holds.
_WHOSE = {
    "the", "a", "of", "our", "new", "current", "ccss", "case", "cf", "cc", "state", "district", "full", "official",
    "learning", "standard", "standards", "content", "student", "item", "items", "s", "no", "de", "del", "la", "el", "du",
}  # fmt: skip


def fold(header: str) -> str:
    plain = unicodedata.normalize("NFKD", header).casefold().replace("#", "number").replace("№", "number")
    return re.sub(r"[^a-z0-9]", "", plain)


def meaning(header: str) -> tuple[str, int]:
    """(field, rank) that a header means, ("", …) for one that is not known; the lower the rank, the surer.

    A header that is not known as it stands is tried without what stands in parentheses (other than the number
    of a second column of one name, as "parent (7)") and without words such as
    "Our", "CCSS" or "Standard"; nothing else is left out, so that "Old code" and "Teacher's notes" are not taken for more
    than they are.
    """
    folded = fold(header)
    if folded in BY_HEADER:
        return BY_HEADER[folded], RANK[folded]
    bare = re.sub(r"[(\[](?!\d+[)\]]).*?[)\]]", " ", header)
    words = re.findall(r"[^\W_]+|#", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare))
    kept = [word for word in words if fold(word) not in _WHOSE]
    for attempt in (bare, "".join(kept)):
        if (folded := fold(attempt)) in BY_HEADER:
            return BY_HEADER[folded], RANK[folded] + len(RANK)
    return "", 3 * len(RANK)


def level_of(header: str) -> tuple[str, str]:
    """(LEVEL or LEVEL_CODE, the level's name) of "Strand", "Domain title" or "Cluster code"; ("", "") of any other."""
    folded = fold(header)
    for ends, field in ((_NAMES_OF_LEVELS, LEVEL), (_CODES_OF_LEVELS, LEVEL_CODE)):
        for end in ends:
            if folded.endswith(end) and (stem := folded.removesuffix(end) if end else folded) in _LEVELS:
                return field, stem
    return "", ""
