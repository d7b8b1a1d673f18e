"""What the demo's models answer: a sum's result, else prose about the prompt's own words in the prompt's language.

Pure and deterministic: the same model and prompt give the same answer.
"""

import operator
import random
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, DivisionByZero, InvalidOperation

from demo.tokens import split

SHORTEST = 80
"""Tokens of its body an answer has at least; with opening, list and closing every answer then streams over six seconds
at 28 tokens a second."""

LONGEST_SUM_PROMPT = 160

Operation = Callable[[Decimal, Decimal], Decimal]
OPERATIONS: dict[str, Operation] = {
    **dict.fromkeys(("+", "＋", "plus", "加"), operator.add),
    **dict.fromkeys(("-", "−", "minus", "减"), operator.sub),
    **dict.fromkeys(("*", "×", "x", "times", "乘", "乘以"), operator.mul),
    **dict.fromkeys(("/", "÷", "除以"), operator.truediv),
}
SUM = re.compile(
    r"(?<![\w.-])(-?\d+(?:\.\d+)?)\s*(" + "|".join(map(re.escape, OPERATIONS)) + r")\s*(-?\d+(?:\.\d+)?)(?![\w.-]*\d)"
)

CJK = re.compile(r"[\u3400-\u9fff]")
CODE_WORDS = re.compile(r"\b(code|python|script|function|sql|regex|api)\b|代码|函数|脚本|编程|接口", re.IGNORECASE)
STOP_WORDS = """
    a about all an and are as at be but by can could do does for from give had has have how i if in into is it its
    just make me more my not of on one only or our please short should so some tell than that the their them then
    there these they this to two us very was we what when where which who why will with words would write you your
    explain describe say answer reply sentence sentences
"""
ZH_STOP = re.compile(
    r"请你?|帮我|给我|为我|写一?[篇首段个封句]?|介绍一?下?|解释一?下?|说明|什么是|是什么|怎么样?|如何|为什么|一下|一个"
    r"|关于|用中文|回答|生成|[的了吗呢吧啊和与在是有我你他她它们]"
)

EN_OPENING = (
    "You asked about “{topic}”. Here is a compact answer that starts from your own words and then gets practical.",
    "Let's look at “{topic}”. I will keep to what you asked, and say where a choice has to be made.",
    "Here is a first take on “{topic}”: the short version, then the points that matter most.",
)
EN_BODY = (
    "The first thing to settle is what {a} should mean here. Most misunderstandings come from two people using the "
    "same word for different things, and a single example usually clears that up.",
    "Next comes {b}. It rarely stands alone: it changes with the setting, with who is looking, and with how much time "
    "there is. A good rule is to begin with the simplest version that could work and to look at the result.",
    "It also helps to ask what would be missing without {c}. If nothing changes, it can go; if everything falls "
    "apart, it deserves the most care.",
    "A small test beats a long discussion. Try {a} once in a quiet corner, write down what happened, and only then "
    "decide how much further to go.",
    "People who have dealt with {b} for years tend to say the same: be patient at the start, be strict about the "
    "details, and be generous when somebody gets it wrong the first time.",
    "Seen from a distance, {c} is less about tools than about habits. What is done every day in a few minutes lasts "
    "longer than what is done once with great effort.",
)
EN_POINTS = (
    "**{a}**: describe it in one sentence before anything else.",
    "**{b}**: collect two or three real examples, not invented ones.",
    "**{c}**: decide who looks at it, and when.",
    "**Order**: do the part that can fail first.",
    "**Limits**: say plainly what is left out, and why.",
    "**Check**: compare the result with the question you started from.",
)
EN_LEAD = "In short:"
EN_CLOSING = (
    "If you tell me more about “{topic}”, I can make this more concrete.",
    "That is the outline; ask for any of these points and I will go into detail.",
)

ZH_OPENING = (
    "关于“{topic}”，下面先给出一个简明的回答，再说几点实际的建议。",
    "你问的是“{topic}”。我会围绕你的原话来回答，并指出需要取舍的地方。",
    "说到“{topic}”，可以从整体讲起，再逐步落到细节。",
)
ZH_BODY = (
    "首先要弄清楚“{a}”在这里指的是什么。很多分歧并不是观点不同，而是同一个词各有各的理解，举一个具体的例子往往就能说明白。",
    "其次是“{b}”。它很少单独出现，会随着场景、对象和时间而变化。比较稳妥的做法，是从最简单、能用的版本开始，看看结果如何，再决定下一步。",
    "还可以反过来想：如果没有“{c}”，会少了什么？要是什么都没变，它就可以省去；要是处处都受影响，它就值得花最多的心思。",
    "与其长时间讨论，不如做一次小小的尝试。在不影响别人的地方试一试“{a}”，把经过记下来，然后再判断要不要继续深入。",
    "长期接触“{b}”的人，说法大多相似：开始时要有耐心，细节上要严格，别人第一次做错时要宽容一些。",
    "从更远处看，“{c}”与其说是工具的问题，不如说是习惯的问题。每天花几分钟坚持做的事，往往比一次用尽全力的事走得更远。",
)
ZH_POINTS = (
    "**{a}**：动手之前，先用一句话把它说清楚。",
    "**{b}**：找两三个真实的例子，不要凭空想象。",
    "**{c}**：确定由谁来看、什么时候看。",
    "**顺序**：最可能失败的部分先做。",
    "**边界**：说明哪些没有包括在内，以及原因。",
    "**检查**：把结果和最初的问题对照一遍。",
)
ZH_LEAD = "要点如下："
ZH_CLOSING = (
    "如果你愿意补充更多关于“{topic}”的背景，我可以讲得更具体。",
    "以上是大致的思路，需要展开哪一点，告诉我就好。",
)

SNIPPET = '''```python
def outline(topic: str, points: list[str]) -> str:
    """A heading and its points, one a line."""
    return "\\n".join([f"# {{topic}}", *(f"- {{point}}" for point in points)])


print(outline({topic!r}, {words!r}))
```'''


def answer(model: str, system: str, prompt: str) -> str:
    """The whole answer of `model` to `prompt`."""
    result = arithmetic(prompt)
    if result is not None:
        return result
    chance = random.Random(f"{model}\n{system}\n{prompt}")
    chinese = speaks_chinese(system, prompt)
    return "\n\n".join(_paragraphs(chance, chinese, prompt))


def reasoning(prompt: str) -> str:
    """What a thinking model shows before it answers."""
    topic, words = _subject(prompt, speaks_chinese("", prompt))
    if speaks_chinese("", prompt):
        return f"用户问的是“{topic}”。先看关键词：{'、'.join(words)}。先给结论，再列要点，最后看看有没有遗漏。"
    return (
        f"The user asks about “{topic}”. The words that matter: {', '.join(words)}. "
        "Say the main thing first, then the points, then check that nothing was left out."
    )


def arithmetic(prompt: str) -> str | None:
    """The result where a short prompt holds one sum such as 17+25; None otherwise."""
    sums = SUM.findall(prompt) if len(prompt) <= LONGEST_SUM_PROMPT else []
    if len(sums) != 1:
        return None
    left, sign, right = sums[0]
    try:
        result = OPERATIONS[sign](Decimal(left), Decimal(right))
    except (DivisionByZero, InvalidOperation):
        return None
    return f"{round(result, 6).normalize():f}"


def speaks_chinese(system: str, prompt: str) -> bool:
    """The language that was asked for, else the prompt's own."""
    asked = f"{system}\n{prompt}".lower()
    if re.search(r"\bin english\b|用英[文语]", asked):
        return False
    if re.search(r"\bin chinese\b|用中文", asked):
        return True
    return len(CJK.findall(prompt)) * 4 > len(prompt.strip())


def _paragraphs(chance: random.Random, chinese: bool, prompt: str) -> Iterator[str]:
    opening, bodies, points, closing = (
        (ZH_OPENING, ZH_BODY, ZH_POINTS, ZH_CLOSING) if chinese else (EN_OPENING, EN_BODY, EN_POINTS, EN_CLOSING)
    )
    topic, words = _subject(prompt, chinese)
    a, b, c = (words * 3)[:3]

    def fill(template: str) -> str:
        return template.format(topic=topic, a=a, b=b, c=c)

    yield fill(chance.choice(opening))
    spoken = 0
    for template in chance.sample(bodies, len(bodies)):
        yield fill(template)
        spoken += len(split(fill(template)))
        if spoken >= SHORTEST:
            break
    if CODE_WORDS.search(prompt):
        yield SNIPPET.format(topic=topic, words=words)
    chosen = chance.sample(points, chance.randint(3, 5))
    lead = ZH_LEAD if chinese else EN_LEAD
    yield lead + "\n\n" + "\n".join(f"{number}. {fill(point)}" for number, point in enumerate(chosen, 1))
    yield fill(chance.choice(closing))


def _subject(prompt: str, chinese: bool) -> tuple[str, list[str]]:
    """What the prompt is about: its first sentence, shortened, and up to three of its words."""
    line = next((line.strip() for line in re.split(r"[\n。！？!?]", prompt) if line.strip()), "")
    topic = line[:40] if chinese else " ".join(line.split()[:12])
    if chinese:
        words = [word for word in re.split(r"[^\w]+", ZH_STOP.sub(" ", prompt)) if len(word) > 1]
    else:
        words = [word for word in re.findall(r"[^\W\d_][\w'-]+", prompt) if word.lower() not in STOP_WORDS.split()]
    unique = list(dict.fromkeys(word[:24] for word in words))[:3]
    return topic or ("这个问题" if chinese else "this"), unique or (["这个问题"] if chinese else ["this question"])
