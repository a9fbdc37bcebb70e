"""The table of consequences (后果): which functions follow which fact, lane by lane.

Read it like a sentence: when this happened, do that. A reaction runs after the fact has committed, exactly once, in the
order of its subject. To add one, write an imperative function in a module of this folder and give it a line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from tongpin.core.facts.form import Lane
from tongpin.core.ledger.lanes import Reaction
from tongpin.reactions.keep_digests import draft_digest, quote_no_more, take_chat_in
from tongpin.reactions.keep_launch_lists import tick_launch_list
from tongpin.reactions.keep_people_known import look_for_likeness
from tongpin.reactions.relay_talks import drop_recalled_question, relay_segment, take_question
from tongpin.reactions.share_rewards import (
    ask_buyer_to_share,
    ask_group_to_share,
    bind_who_joined,
    hold_from_arrival,
    note_link_opening,
    reward_introducer,
    take_reward_back,
    wait_for_arrival,
)
from tongpin.reactions.tell_people import (
    keep_quiet_of_a_slip,
    tell_accepted,
    tell_accepted_again,
    tell_considered_again,
    tell_group_failed,
    tell_group_filled,
    tell_paid_out,
    tell_paid_too_late,
    tell_payout_back,
    tell_refunded,
    tell_refused,
    tell_return_refused,
    tell_shipped,
)

REACTIONS: tuple[tuple[Lane, Reaction], ...] = (
    ("session", Reaction("talk.segment_given", relay_segment)),
    # In the session lane a chat of a million messages that is imported would delay a talk by minutes.
    ("bulk", Reaction("message.heard", take_question)),
    ("bulk", Reaction("message.recalled", drop_recalled_question)),
    ("people", Reaction("import.finished", look_for_likeness)),
    ("people", Reaction("positioning.written", tick_launch_list)),
    ("people", Reaction("charter.adopted", tick_launch_list)),
    ("people", Reaction("place.opened", tick_launch_list)),
    ("people", Reaction("place.assigned", tick_launch_list)),
    ("people", Reaction("entrance.made", tick_launch_list)),
    ("bulk", Reaction("talk.ended", draft_digest)),
    ("people", Reaction("chat.attached", take_chat_in)),
    ("people", Reaction("consent.withdrawn", quote_no_more)),
    ("bulk", Reaction("tracked_code.opened", note_link_opening)),
    ("people", Reaction("member.joined", bind_who_joined)),
    ("money", Reaction("order.paid", reward_introducer)),
    ("money", Reaction("order.shipped", wait_for_arrival)),
    ("money", Reaction("order.received", hold_from_arrival)),
    ("money", Reaction("order.refunded", take_reward_back)),
    ("people", Reaction("order.paid", ask_buyer_to_share)),
    ("people", Reaction("group_buy.filled", ask_group_to_share)),
    ("people", Reaction("admission.accepted", tell_accepted)),
    ("people", Reaction("member.joined", tell_accepted_again)),
    ("people", Reaction("admission.refused", tell_refused)),
    ("people", Reaction("admission.reconsidered", tell_considered_again)),
    ("people", Reaction("member.left", keep_quiet_of_a_slip)),
    ("money", Reaction("order.shipped", tell_shipped)),
    ("money", Reaction("order.refunded", tell_refunded)),
    ("money", Reaction("refund.settled", tell_paid_too_late)),
    ("money", Reaction("return.settled", tell_return_refused)),
    ("money", Reaction("group_buy.filled", tell_group_filled)),
    ("money", Reaction("group_buy.failed", tell_group_failed)),
    ("money", Reaction("payout.settled", tell_paid_out)),
    ("money", Reaction("payout.failed", tell_payout_back)),
)

LANES: tuple[Lane, ...] = ("session", "money", "people", "bulk")


def table_of(lane: Lane) -> Mapping[str, tuple[Reaction, ...]]:
    """The lines of one lane by kind of fact."""
    lines: dict[str, tuple[Reaction, ...]] = {}
    for where, reaction in REACTIONS:
        if where == lane:
            lines[reaction.kind] = (*lines.get(reaction.kind, ()), reaction)
    return lines
