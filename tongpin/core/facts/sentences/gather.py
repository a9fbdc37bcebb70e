"""Sentences of gather 聚: positioning, charter, entrances, seeding, admission, welcome."""

from __future__ import annotations

from tongpin.core.facts.sentences.grammar import Sentence

SENTENCES: dict[str, Sentence] = {
    "positioning.written": Sentence(
        "{community} has a new positioning (edition {edition})", "社群「{community}」定位第 {edition} 版"
    ),
    "suitability.judged": Sentence(
        "Is it fit for a community[: {about}]? {verdict:suitability}[ ({reasons:suitability_reason})]",
        "适不适合做社群[（{about}）]：{verdict:suitability}[（{reasons:suitability_reason}）]",
    ),
    "business_model.chosen": Sentence(
        "{community} lives by: {business_model}", "社群「{community}」选定模式：{business_model}"
    ),
    "charter.adopted": Sentence(
        "{community} has a new charter (edition {edition}) with {rules:n rule|rules}",
        "社群「{community}」公约第 {edition} 版，{rules:n} 条群规",
    ),
    "charter.accepted": Sentence("agreed to the charter of {community}", "同意「{community}」公约"),
    "launch_item.done": Sentence(
        "{community}: {item:launch_item} stands ({done}/{total})",
        "社群「{community}」备好{item:launch_item}（{done}/{total}）",
    ),
    "door.opened": Sentence("{community} is open: {door}", "社群「{community}」开放：{door}"),
    "door.shut": Sentence(
        "{community} is closed: {door}[ ({reason:door_reason})]",
        "社群「{community}」关闭：{door}[（{reason:door_reason}）]",
    ),
    "entrance.made": Sentence(
        "A way in was made: {entrance} ({channel:entrance_channel})",
        "新增入口「{entrance}」（{channel:entrance_channel}）",
    ),
    "entrance.closed": Sentence(
        "The way in {entrance} was closed[ ({reason:entrance_reason})]",
        "入口「{entrance}」停用[（{reason:entrance_reason}）]",
    ),
    "entrance.reopened": Sentence("The way in {entrance} is used again", "入口「{entrance}」重新启用"),
    "entrance.reported": Sentence(
        "{entrance} on {day}[, {views:n view|views}][, {taps:n tap|taps}][, {leads:n lead|leads}]"
        "[, {handed_out:n} handed out]",
        "入口「{entrance}」{day}[，看到 {views:n}][，点击 {taps:n}][，留资 {leads:n}][，派发 {handed_out:n}]",
    ),
    "budget.set": Sentence(
        "{about} may cost {amount_fen:fen}[ until {until}]", "「{about}」预算 {amount_fen:fen}[，{until} 前]"
    ),
    "seed.chosen": Sentence("was chosen as {seed_kind} for {community}", "列为「{community}」的{seed_kind}"),
    "seed.asked": Sentence(
        "was asked to come to {community}[ by {staff}]", "受邀加入「{community}」[（{staff} 邀请）]"
    ),
    "seed.answered": Sentence(
        "answered the invitation to {community}: {answer}", "回复「{community}」的邀请：{answer}"
    ),
    "endorsement.given": Sentence("stands up for {community}[ until {until}]", "为「{community}」背书[，至 {until}]"),
    "endorsement.ended": Sentence(
        "no longer stands up for {community}[ ({reason:endorsement_end})]",
        "不再为「{community}」背书[（{reason:endorsement_end}）]",
    ),
    "placement.planned": Sentence(
        "A text is to be placed: {where_kind}[, by {staff}][, due {due}]", "布点计划：{where_kind}[，{staff}][，{due}]"
    ),
    "placement.posted": Sentence("A text was placed: {where_kind}[, by {staff}]", "已布点：{where_kind}[（{staff}）]"),
    "placement.checked": Sentence(
        "A text was looked at: {placement}[, {views:n view|views}][, {replies:n reply|replies}][?removed:, removed]",
        "布点「{placement}」回看[，{views:n} 次浏览][，{replies:n} 条回复][?removed:，已被删]",
    ),
    "admission.applied": Sentence(
        "asked to be let into {community}[ by {tracked_code}][, invited by {inviter}]",
        "[扫「{tracked_code}」]申请加入「{community}」[，{inviter} 邀请]",
    ),
    "admission.checked": Sentence(
        "[?passed:passed][!passed:failed] a check: {check}", "核验{check}[?passed:通过][!passed:没通过]"
    ),
    "admission.fee_paid": Sentence(
        "paid the entry fee of {community}, {amount_fen:fen}", "付「{community}」入群费 {amount_fen:fen}"
    ),
    "admission.accepted": Sentence(
        "was let into {community}[?by_rule: by rule]", "通过审核，进入「{community}」[?by_rule:（按规则）]"
    ),
    "admission.refused": Sentence(
        "was not let into {community}: {reason:refusal}", "没通过「{community}」审核：{reason:refusal}"
    ),
    "admission.reconsidered": Sentence("is being considered for {community} again", "「{community}」重新考虑申请"),
    "admission.withdrawn": Sentence("took back the application to {community}", "撤回「{community}」的申请"),
    "vouch.given": Sentence("stands in for {vouched} in {community}", "为 {vouched} 担保（{community}）"),
    "vouch.breached": Sentence(
        "had stood in for {vouched}, who broke a rule of {community}", "担保的 {vouched} 在「{community}」违规"
    ),
    "welcome.begun": Sentence(
        "is being welcomed in {community} ({steps:n step|steps})", "开始「{community}」入群仪式（{steps} 步）"
    ),
    "welcome.step_done": Sentence("did a step of the welcome: {ritual_step}", "入群仪式完成一步：{ritual_step}"),
    "welcome.finished": Sentence(
        "[?complete:finished][!complete:left off] the welcome in {community}",
        "[?complete:走完][!complete:没走完]「{community}」入群仪式",
    ),
}
