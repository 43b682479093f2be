"""Words that are no acronyms, although they are short: those that titles of Urgent Actions use, English and French.

`un` and `us` are missing: they can be acronyms, and a text in which they are words contains them.
"""

_ENGLISH = """
able act aged aid an and as at away baby back bail ban bank be been boat body book both boy but by call camp can care
case cell city club cop cops crew cut cuts date day dead deal deny die dies do does door down drop duty each east
else end even ever eyes face fail farm fate fear feel felt file fire fish five flag fled flee food foot for form
four free from full gain gang gave gets girl give goes grab had half hall halt hand hard has hate have he head heal
hear held help her here hide high him hire his hit hold home hope host hour how hurt idea if ill in into iron is it
its jail job jobs join just kept kids kill kin king lack lake land late law lead leak left less let lift like link
list live lone long look lose loss lost love made mail main make man many mark mass may me meet men mind mine miss
more most move much must my name near need new news next no none not note now oath of off oil old on once one only
open or our out over own pain park part pass past path pick plan play plea poem poet poor post pull push put raid
rain rape read real rest ring rise risk road role rule runs safe same save say says sea seal seek seen sees sell
send sent sets she show shut sick side sign sit six slum so soil sold some son song sons soon stab stay step stop
such sue sure take talk team tear tell ten test text than that the them then they this thug tie tied time to told
toll too torn tour town trap tree true turn two up upon urge use used uses very view void vote vow wait walk wall
want war ward warn was way ways we weak wed week well went were west what when who whom wide wife will win wish with
won word work worn year yet you your zone
"""
_FRENCH = """
acte aide aidé aime air ami an ans au aux avec ayez bain bébé bois bon bras camp cas ce ces cet chef chez cinq clé
club coup cour cri dans de des deux dès déni dieu dire dix don dos du eau elle en est et eux exil élu élue faim fait
faux fils fin foi foin font fort gaz gel gens haut hier hors huit il ils île jeté jeu jour juge la lac le les leur
lieu loi loin lors lui main mais mal mer mère même mis mise mode mois mort mur ne né née ni nié nom nord nos nous
nuit on ont onze ou où page pain pape par part pas pays peu peur père péri pied plus port pour pris prix puis quai
que quel qui rien roi rois rue sa sang sans sauf se sein sel semé sens sept ses seul si soif soin soir sol son sont
sort sous subi sud sur ta taxe tes tir tirs toit tour tous tout très trop trou tuer tué une usé vent vers vie vies
vite voie voix vol vols vos vote vous zone
"""
# Longer ones that often begin a sentence: before a name they are no part of it.
_BEGINNING = """
after before during since their there these those under until where which while avant après cette depuis entre
jusque leurs pendant quand selon
"""
COMMON = frozenset((_ENGLISH + _FRENCH + _BEGINNING).split())
