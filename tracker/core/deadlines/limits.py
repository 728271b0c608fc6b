"""Whether a rule allows an extension. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.core.deadlines.facts import Fact, FactKind
from tracker.core.errors import N_, Refusal, say
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.terms import Term


def may_extend(label: str, rule: Rule, facts: Sequence[Fact], term: Term) -> Refusal | None:
    """Why the rule does not allow this extension after what happened; None when it does."""
    allowed = rule.extension
    if allowed is None:
        return Refusal(say(N_("“%(label)s”依规则不能延长。"), label=label))
    before = [f.term for f in facts if f.kind is FactKind.EXTEND and f.term is not None]
    if allowed.max_times is not None and len(before) >= allowed.max_times:
        return Refusal(
            say(N_("“%(label)s”最多延长 %(n)s 次，已经用完。"), label=label, n=allowed.max_times)
        )
    bounds = [b for b in (allowed.max_length, allowed.total_max) if b is not None]
    for bound in bounds:
        # Lengths of different units cannot be compared, so the unit of the rule is the only one.
        if term.unit is not bound.unit:
            return Refusal(
                say(N_("“%(label)s”只能按%(unit)s延长。"), label=label, unit=bound.unit_name)
            )
    if allowed.max_length is not None and term.count > allowed.max_length.count:
        return Refusal(
            say(
                N_("“%(label)s”一次最多延长%(most)s。"),
                label=label,
                most=allowed.max_length.phrase,
            )
        )
    if allowed.total_max is not None:
        total = (rule.length or 0) + sum(t.count for t in before) + term.count
        if total > allowed.total_max.count:
            return Refusal(
                say(
                    N_("“%(label)s”连同延长合计不得超过%(most)s。"),
                    label=label,
                    most=allowed.total_max.phrase,
                )
            )
    return None
