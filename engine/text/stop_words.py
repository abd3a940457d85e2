"""Words that no phrase of a subject begins, ends or is made of: the grammar of a language, and how texts speak."""

_ENGLISH = """
a about above across after again against all almost along already also although always am among an and another any
anyone anything are aren't around as at away back be became because become becomes been before behind being below
between beyond both but by came can cannot come could did do does doing done don down due during each either else
enough especially etc even ever every everyone everything except far few first for found from further furthermore
generally get gets give given gives go goes got had has have having he hence her here hers herself him himself his how
however i if in indeed instead into is isn it its itself just keep kept last later least less let like likely made
mainly make makes making many may maybe me mean might mine more moreover most mostly much must my myself namely near
need needs neither never nevertheless next no nobody none nor not nothing now of off often on once one ones only onto or
other others otherwise our ours ourselves out over overall own per perhaps put quite rather really respectively said
same say says second see seem seems seen several shall she should since so some someone something sometimes soon still
such take taken takes than that the their theirs them themselves then there thereby therefore these they thing things
third this those though three through throughout thus to together too toward towards two under unlike until up upon us
use used useful uses using usually various very via was we well went were what whatever when where whereas whether which
while who whole whom whose why will with within without would yes yet you your yours yourself
's 're 've 'll 'd 'm n't e.g i.e al et
able address addresses allow allows apply applied based better called compared consider considered contrast
demonstrate demonstrates demonstrated describe describes described develop developed discuss discussed easily
effective effectively evaluate evaluated existing experimental explore extensive finally future good help high highly
important improve improved improves including introduce introduced introduces investigate known large lead leads low
main major new novel obtain obtained outperform outperforms paper papers particular possible potential present
presented presents previous problem problems proposal propose proposed proposes provide provided provides providing
recent recently related report reported require required requires result results show showed showing shown shows
significant significantly similar simple simply specific state studied study successfully suggest suggests work works
year years mr mrs told
"""
_CHINESE = (
    "的了在是和与及或也都就而但并把被从到对为以于之其这那此些该每各有无不没很更最还又再才只已将会能可要应我你他她它们"
    "个种等中上下里内外后前时让使由向给用所者吗呢吧啊着过地得则若如因且即何某年月日称说据"
)

_STOPPED = frozenset(_ENGLISH.split()) | frozenset(_CHINESE)


def stops(word: str) -> bool:
    """Whether a lower-cased word (of Chinese: a character) is no part of what a text is about: grammar, punctuation,
    numbers, single letters."""
    if word in _STOPPED or not any(map(str.isalpha, word)):
        return True
    return len(word) == 1 and word.isascii()
