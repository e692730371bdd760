"""The language of a text, from the text itself."""

import re
from collections import Counter

from pipelines.characters import count, mask_of

SAMPLE_CHARS = 3_000
MIN_LETTERS = 8
HAN = mask_of((*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)))
KANA = mask_of((*range(0x3041, 0x3097), *range(0x30A1, 0x30FB)))
SCRIPTS = {
    "ko": re.compile(r"[\uac00-\ud7af]"), "ru": re.compile(r"[\u0400-\u04ff]"), "ar": re.compile(r"[\u0600-\u06ff]"), "th": re.compile(r"[\u0e00-\u0e7f]"),
    "el": re.compile(r"[\u0370-\u03ff]"), "he": re.compile(r"[\u0590-\u05ff]"), "hi": re.compile(r"[\u0900-\u097f]"), "bo": re.compile(r"[\u0f00-\u0fff]"),
    "mn-Mong": re.compile(r"[\u1800-\u18af]"),
}  # fmt: skip
LATIN = re.compile(r"[^\W\d_]+")
# Common characters that only one of the two scripts writes.
HANS = mask_of(
    "这为个国时来们会对发动产种后学经进过说电里现实两体机当点从业应开还间样与关线内数问总设计议论运农区强战据处给门规热领东导"
    "压济术极认权证单风场车务万达声报类华张马话传许广记观织众书须际验连断难级组统变资边军条无气质结乐视频图页网编辑责评"
)
HANT = mask_of(
    "這為個國時來們會對發動產種後學經進過說電裡現實兩體機當點從業應開還間樣與關線內數問總設計議論運農區強戰據處給門規熱領東導"
    "壓濟術極認權證單風場車務萬達聲報類華張馬話傳許廣記觀織眾書須際驗連斷難級組統變資邊軍條無氣質結樂視頻圖頁網編輯責評"
)
STOP_WORDS = {
    "en": "the of and to in is that for was on with as by at from it are be this",
    "de": "der die und das den von zu mit ist des ein eine nicht im auf",
    "fr": "le la les des et est une dans que pour qui sur pas au du",
    "es": "el los las que en una por con para del se es su al",
    "pt": "os que em um uma para com não da do na no dos ao",
    "it": "il di che la per un una con del della sono non gli",
    "vi": "và của là có trong được cho các với không người một",
    "id": "yang dan di dengan untuk dari ini pada dalam tidak itu",
}  # fmt: skip
_STOPS = {language: frozenset(words.split()) for language, words in STOP_WORDS.items()}


def find_language(text: str, html_lang: str | None = None) -> str | None:
    """Return the BCP 47 tag of a clean text: `zh-Hans`, `zh-Hant`, `en`, …; None: too little text, or none we know.

    `html_lang`, what the page says, only decides where the text leaves it open: templates are copied with their `lang`.

    >>> find_language("这个问题还没有结论，专家们正在讨论。"), find_language("這個問題還沒有結論，專家們正在討論。")
    ('zh-Hans', 'zh-Hant')
    """
    sample = text[:SAMPLE_CHARS]
    han, kana = count(sample, HAN), count(sample, KANA)
    if han >= MIN_LETTERS and han > 0.2 * len(sample) and kana * 8 <= han + kana:  # so much Chinese that its letters need no counting
        return _chinese(sample, html_lang)
    n_letters = sum(map(str.isalpha, sample))
    if n_letters < MIN_LETTERS:
        return None
    if kana * 8 > han + kana and kana > 0.1 * n_letters:
        return "ja"
    if han > 0.2 * n_letters:  # a character says more than a letter: Chinese text full of product names is Chinese
        return _chinese(sample, html_lang)
    for language, letters in SCRIPTS.items():
        if len(letters.findall(sample)) > 0.4 * n_letters:
            return language
    return _latin(sample)


def _chinese(sample: str, html_lang: str | None) -> str:
    simplified, traditional = (count(sample, letters) for letters in (HANS, HANT))
    if simplified != traditional:
        return "zh-Hans" if simplified > traditional else "zh-Hant"
    told = (html_lang or "").lower()
    if told.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
        return "zh-Hant"
    return "zh-Hans" if told.startswith(("zh-hans", "zh-cn", "zh-sg")) else "zh"


def _latin(sample: str) -> str | None:
    words = Counter(LATIN.findall(sample.lower()))
    hits = {language: sum(words[w] for w in stops) for language, stops in _STOPS.items()}
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] * 12 >= words.total() and hits[best] >= 2 else None
