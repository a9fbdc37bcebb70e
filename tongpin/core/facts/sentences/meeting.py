"""Sentences of give 予, among members: rules, honours, leaders, introductions."""

from __future__ import annotations

from tongpin.core.facts.sentences.grammar import Sentence

SENTENCES: dict[str, Sentence] = {
    # moderation
    "breach.found": Sentence("may have broken a rule: {rule}", "疑似违规：{rule}"),
    "breach.answered": Sentence(
        "was {act:breach_act}[ for {minutes:minutes}]: {rule}", "{act:breach_act}[ {minutes:minutes}]：{rule}"
    ),
    "breach.appealed": Sentence("says it was no breach", "提出申诉"),
    "appeal.decided": Sentence(
        "had an appeal [?overturned:upheld: it was no breach][!overturned:turned down]",
        "申诉[?overturned:成立，撤销处理][!overturned:驳回，维持处理]",
    ),
    "incident.met": Sentence(
        "Something happened in {community} that no rule covers", "「{community}」出了群规没写的事"
    ),
    "incident.decided": Sentence(
        "An incident in {community} was decided: {act:incident_act}[, rule {rule} grew from it]",
        "「{community}」突发已处理：{act:incident_act}[，补成群规：{rule}]",
    ),
    # honours
    "points.earned": Sentence(
        "earned {points:n point|points}: {reason:points_reason}", "得 {points:n} 积分：{reason:points_reason}"
    ),
    "points.spent": Sentence(
        "spent {points:n point|points}: {reason:points_reason}", "用掉 {points:n} 积分：{reason:points_reason}"
    ),
    "points.taken_back": Sentence(
        "lost {points:n point|points}: {reason:points_reason}", "收回 {points:n} 积分：{reason:points_reason}"
    ),
    "level.reached": Sentence(
        "moved from level {old_level} to {level} in {community}", "「{community}」等级从 {old_level} 到 {level}"
    ),
    "badge.won": Sentence("won the badge {badge}", "得徽章「{badge}」"),
    "rank.taken": Sentence("ranked {rank} with {score:n} on the board {board}", "{board}第 {rank} 名（{score:n}）"),
    "thanks.given": Sentence("thanked {thanked}[ ({staff})]", "谢谢 {thanked}[（{staff}）]"),
    "contributor.rewarded": Sentence(
        "was rewarded for giving: {reward_kind}[, worth {value_fen:fen}]",
        "贡献获奖：{reward_kind}[，价值 {value_fen:fen}]",
    ),
    # leaders
    "leader.proposed": Sentence(
        "seems fit to lead in {field} in {community}", "可培养为「{community}」{field}意见领袖"
    ),
    "leader.raised": Sentence("leads in {field} in {community} from now on", "成为「{community}」{field}意见领袖"),
    "leader.stepped_down": Sentence(
        "no longer leads in {field} in {community}", "不再是「{community}」{field}意见领袖"
    ),
    # links
    "listing.changed": Sentence(
        "[?shown:is in][!shown:is no longer in] the directory of {community}",
        "[?shown:列入][!shown:移出]「{community}」名录",
    ),
    "introduction.made": Sentence(
        "was brought together with {other}[ by {introducer}][ by {staff}]",
        "与 {other} 牵上线[（{introducer} 介绍）][（{staff} 介绍）]",
    ),
    "introduction.rated": Sentence(
        "told what came of an introduction: {outcome:introduction_end}", "反馈牵线结果：{outcome:introduction_end}"
    ),
    "opportunity.posted": Sentence(
        "posted an opportunity: {opportunity} ({opportunity_kind})", "发布{opportunity_kind}「{opportunity}」"
    ),
    "opportunity.answered": Sentence(
        "answered the opportunity {opportunity}[ of {poster}]", "应征[ {poster} 的]「{opportunity}」"
    ),
    "opportunity.closed": Sentence(
        "had the opportunity {opportunity} closed: {outcome:opportunity_end}[, {taker}]",
        "「{opportunity}」{outcome:opportunity_end}[：{taker}]",
    ),
}
