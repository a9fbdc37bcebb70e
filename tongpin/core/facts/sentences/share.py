"""Sentences of share 传: referrals, posters, fraud, agents, commissions."""

from __future__ import annotations

from tongpin.core.facts.sentences.grammar import Sentence

SENTENCES: dict[str, Sentence] = {
    "campaign.opened": Sentence(
        "The campaign {campaign} is on ({campaign_kind}): bring {needed:n person|people}",
        "裂变活动「{campaign}」开始（{campaign_kind}），邀 {needed:n} 人",
    ),
    "campaign.closed": Sentence("The campaign {campaign} is over", "裂变活动「{campaign}」结束"),
    "share.asked": Sentence(
        "was asked on the page to tell a friend: {about}", "页面上问了一句：愿意把「{about}」告诉朋友吗"
    ),
    "referral_link.made": Sentence("has a link of their own: {tracked_code}", "生成专属链接「{tracked_code}」"),
    "referral_link.sent": Sentence("passed their link on[ ({channel})]", "把链接分享出去[（{channel}）]"),
    "referral_link.opened": Sentence("opened the link of {inviter}", "打开了 {inviter} 的链接"),
    "referral.bound": Sentence("was brought by {inviter}[ ({campaign})]", "由 {inviter} 带来[（{campaign}）]"),
    "referral.qualified": Sentence(
        "counts as brought by {inviter}: {by:qualifying}", "成为 {inviter} 的有效推荐：{by:qualifying}"
    ),
    "referral.disqualified": Sentence(
        "does not count as brought by {inviter}: {reason:disqualifying}",
        "不计入 {inviter} 的推荐：{reason:disqualifying}",
    ),
    "referral_goal.reached": Sentence(
        "brought {brought:n person|people} for {campaign}", "为「{campaign}」带来 {brought:n} 人，达标"
    ),
    "referral.rewarded": Sentence(
        "got a reward as {side:referral_side}: {reward_kind}[ {amount_fen:fen}][ {points:n}][, from {held_until}]",
        "得{side:referral_side}奖励：{reward_kind}[ {amount_fen:fen}][ {points:n}][，{held_until} 可用]",
    ),
    "referral.reward_released": Sentence("can use a reward[ of {amount_fen:fen}]", "推荐奖励可用[ {amount_fen:fen}]"),
    "referral.reward_taken_back": Sentence(
        "had a reward taken back[ {amount_fen:fen}]: {reason:disqualifying}",
        "推荐奖励收回[ {amount_fen:fen}]：{reason:disqualifying}",
    ),
    "poster.drawn": Sentence("has a poster of their own", "有了自己的海报"),
    "poster.taken": Sentence("took a poster[ ({how:poster_use})]", "取走海报[（{how:poster_use}）]"),
    "fraud.suspected": Sentence(
        "looks suspicious ({score:pct}): {signs:fraud_sign}", "可疑（{score:pct}）：{signs:fraud_sign}"
    ),
    "fraud.decided": Sentence(
        "was [?confirmed:found to cheat][!confirmed:cleared][ by {staff}]",
        "[?confirmed:确认作弊][!confirmed:排除嫌疑][（{staff}）]",
    ),
    "agent.applied": Sentence("wants to sell for us[, brought by {recruiter}]", "申请成为分销员[，{recruiter} 介绍]"),
    "agent.verified": Sentence(
        "[?passed:passed][!passed:failed] the check of name and account", "实名核验[?passed:通过][!passed:没通过]"
    ),
    "agent.approved": Sentence("sells for us from now on, level {level}", "成为分销员（{level} 级）"),
    "agent.refused": Sentence(
        "was not taken on as an agent: {reason:agent_reason}", "分销申请没通过：{reason:agent_reason}"
    ),
    "agent.levelled": Sentence("moved from agent level {old_level} to {level}", "分销等级从 {old_level} 到 {level}"),
    "agent.left": Sentence("no longer sells for us: {reason:agent_reason}", "不再分销：{reason:agent_reason}"),
    "microshop.opened": Sentence("opened a microshop", "开了微店"),
    "microshop.stocked": Sentence(
        "[!taken_out:put {product} into][?taken_out:took {product} out of] the microshop",
        "微店[!taken_out:上架][?taken_out:下架]「{product}」",
    ),
    "material.taken": Sentence(
        "took material: {material_kind}[ for {product}]", "取用素材：{material_kind}[（{product}）]"
    ),
    "agent_order.placed": Sentence(
        "ordered stock: {quantity:n} × {product}, {amount_fen:fen}",
        "进货「{product}」{quantity:n} 件，{amount_fen:fen}",
    ),
    "agent_order.paid": Sentence("paid {amount_fen:fen} for stock", "付进货款 {amount_fen:fen}"),
    "agent_order.shipped": Sentence("has stock on its way", "进货已发出"),
    "agent_order.returned": Sentence(
        "gave {quantity:n} back, {amount_fen:fen}", "退货 {quantity:n} 件，退 {amount_fen:fen}"
    ),
    "agent_order.cancelled": Sentence(
        "had an order of stock cancelled: {reason:cancelling}", "进货取消：{reason:cancelling}"
    ),
    "commission.accrued": Sentence(
        # The day in `held_until` is reckoned from the payment; the days that count begin when the goods arrive.
        "earned {amount_fen:fen} commission ({base_fen:fen} × {rate:bp}), kept until the goods can no longer go back",
        "得佣金 {amount_fen:fen}（{base_fen:fen} × {rate:bp}），退货期过后可提",
    ),
    "commission.released": Sentence("can draw {amount_fen:fen} commission", "佣金 {amount_fen:fen} 可提现"),
    "commission.clawed_back": Sentence(
        "had {amount_fen:fen} commission taken back after a refund", "因退款扣回佣金 {amount_fen:fen}"
    ),
    "commission.withheld": Sentence(
        "has a commission kept longer: {reason:withholding}", "佣金再留一阵：{reason:withholding}"
    ),
    "commission.settled": Sentence("was paid {amount_fen:fen} commission", "佣金 {amount_fen:fen} 已结算"),
    "statement.closed": Sentence(
        "has a statement for {day}: {sales:n sale|sales}, {accrued_fen:fen}",
        "{day} 对账单：{sales:n} 单，佣金 {accrued_fen:fen}",
    ),
}
