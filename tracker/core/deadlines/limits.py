"""Whether a rule allows an extension, and whose word it takes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tracker.core.deadlines.facts import Fact, FactKind
from tracker.core.errors import N_, Refusal, say
from tracker.core.rulebook.model import ROLES, Rule
from tracker.core.rulebook.terms import Term


def needs_approver(rule: Rule) -> bool:
    """Whether a second person must agree: nobody alone gives time to a duty of our own.

    What an outside organ grants itself is only written down, with its paper.
    """
    return rule.responsible in ROLES


def wrong_approver(
    label: str, rule: Rule, actor_id: int | None, approver_id: int | None
) -> Refusal | None:
    """Why nobody, or not this person, can agree to the extension; None when it is well."""
    if approver_id is None:
        if not needs_approver(rule):
            return None
        return Refusal(say(N_("延长“%(label)s”须经批准，还没有批准人。"), label=label))
    if approver_id == actor_id:
        return Refusal(say(N_("申请延长的人不能自己批准。")))
    return None


def run_out(label: str, on: date, due: date | None) -> Refusal | None:
    """Why it is too late to extend on a day; None while the clock has not run out."""
    if due is None or on <= due:
        return None
    return Refusal(
        say(N_("“%(label)s”已于 %(due)s 届满，届满以后不能延长。"), label=label, due=due)
    )


def may_extend_at_all(label: str, rule: Rule, facts: Sequence[Fact]) -> Refusal | None:
    """Why the rule allows no further extension, however short; None when it does."""
    if rule.extension is None:
        return Refusal(say(N_("“%(label)s”依规则不能延长。"), label=label))
    most = rule.extension.max_times
    if most is not None and len(_granted(facts)) >= most:
        return Refusal(say(N_("“%(label)s”最多延长 %(n)s 次，已经用完。"), label=label, n=most))
    return None


def may_extend(label: str, rule: Rule, facts: Sequence[Fact], term: Term) -> Refusal | None:
    """Why the rule does not allow this extension after what happened; None when it does."""
    refusal = may_extend_at_all(label, rule, facts)
    allowed = rule.extension
    if refusal is not None or allowed is None:
        return refusal
    for bound in (allowed.max_length, allowed.total_max):
        # Lengths of different units cannot be compared, so the unit of the rule is the only one.
        if bound is not None and term.unit is not bound.unit:
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
        total = (rule.length or 0) + sum(t.count for t in _granted(facts)) + term.count
        if total > allowed.total_max.count:
            return Refusal(
                say(
                    N_("“%(label)s”连同延长合计不得超过%(most)s。"),
                    label=label,
                    most=allowed.total_max.phrase,
                )
            )
    return None


def most_left(rule: Rule, facts: Sequence[Fact]) -> Term | None:
    """The longest extension that the rule still allows; None when it sets no bound."""
    allowed = rule.extension
    if allowed is None:
        return None
    found = [allowed.max_length.count] if allowed.max_length is not None else []
    if allowed.total_max is not None:
        used = (rule.length or 0) + sum(t.count for t in _granted(facts))
        found.append(allowed.total_max.count - used)
    return Term(min(found), rule.unit) if found and min(found) > 0 else None


def _granted(facts: Sequence[Fact]) -> list[Term]:
    return [f.term for f in facts if f.kind is FactKind.EXTEND and f.term is not None]
