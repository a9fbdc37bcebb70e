"""Sentences about people, places and what was heard there."""

from __future__ import annotations

from tongpin.core.facts.sentences.grammar import Sentence

SENTENCES: dict[str, Sentence] = {
    # people
    "person.met": Sentence("came into the record by {via}", "进入名册（{via}）"),
    "person.classed": Sentence("counts as {person_kind}[ ({staff})]", "归为{person_kind}[（{staff}）]"),
    "identity.linked": Sentence("gained an identity: {identity_kind}", "关联了{identity_kind}"),
    "identity.dropped": Sentence("lost an identity: {identity_kind}", "解除了{identity_kind}"),
    "touchpoint.asked": Sentence("was asked for one more link: {channel}", "收到邀请，再加一条线：{channel}"),
    "person.merged": Sentence(
        "was merged with {gone}[: {reasons:merge_reason}]", "与 {gone} 合并为一人[：{reasons:merge_reason}]"
    ),
    "person.parted": Sentence("was parted from {gone} again", "与 {gone} 拆开"),
    "merge.refused": Sentence("was found not to be {other}", "与 {other} 确认不是同一人"),
    "consent.given": Sentence(
        "agreed to {purpose} by {channel} ({basis})", "同意通过{channel}接收{purpose}（{basis}）"
    ),
    "consent.withdrawn": Sentence("no longer agrees to {purpose} by {channel}", "不再同意{channel}的{purpose}"),
    "tag.put": Sentence("was tagged {tag}", "打上标签「{tag}」"),
    "tag.taken": Sentence("lost the tag {tag}", "去掉标签「{tag}」"),
    "note.written": Sentence("got a note", "添了一条笔记"),
    "owner.set": Sentence(
        "[?staff:is looked after by {staff}][!staff:has nobody in charge]",
        "[?staff:负责人换成 {staff}][!staff:暂无负责人]",
    ),
    "life_fact.noted": Sentence("told us something of their life: {life_kind}", "说起自己的情况：{life_kind}"),
    "person.assessed": Sentence(
        "was assessed: {assessment}[ {value:x}][ {word:grade_word}] (n={n})",
        "评估「{assessment}」[ {value:x}][ {word:grade_word}]（n={n}）",
    ),
    "trust.witnessed": Sentence(
        "showed a sign of [?positive:trust][!positive:distrust]: {sign}[, seen by {staff}]",
        "有[?positive:信任][!positive:不信任]的表现：{sign}[，{staff} 记下]",
    ),
    "rung.changed": Sentence("moved from {old:rung} to {new:rung}", "从{old:rung}变为{new:rung}"),
    "need.found": Sentence("has a need ({grade})", "发现一项需求（{grade}）"),
    "need.settled": Sentence("had a need settled: {outcome:need_end}", "一项需求有了结果：{outcome:need_end}"),
    "talk_with.planned": Sentence("is to talk with {staff} on {due}", "约定 {due} 与 {staff} 聊聊"),
    "talk_with.held": Sentence("talked with {staff} in private", "与 {staff} 私下聊过"),
    "person.exported": Sentence("got all that is known of them", "取走了自己的全部资料"),
    "erasure.asked": Sentence("asked to be erased, due {due}", "申请抹去资料，{due} 执行"),
    "erasure.called_off": Sentence("changed their mind and stays", "改了主意，资料保留"),
    "person.erased": Sentence("was erased[?with_words:, words included]", "资料已抹去[?with_words:，发言一并抹去]"),
    "contact.unmasked": Sentence("had the {field} looked at by {staff}", "{field}被 {staff} 查看"),
    # places
    "community.founded": Sentence("The community {community} was founded", "社群「{community}」成立"),
    "community.closed": Sentence(
        "The community {community} closed[ and joined {into}]", "社群「{community}」结束[，并入「{into}」]"
    ),
    "place.opened": Sentence(
        "A new place opened: {place_kind}[ (for {capacity:n})]", "启用一个{place_kind}[（可容 {capacity:n} 人）]"
    ),
    "place.assigned": Sentence(
        "The place [?community:belongs to {community}][!community:belongs to no community]",
        "[?community:归入社群「{community}」][!community:不再属于任何社群]",
    ),
    "place.closed": Sentence("A group is no longer used", "停用一个群"),
    "place.filled": Sentence(
        "The group is full[; the join code leads to {next} now]", "群满了[，入群码转到「{next}」]"
    ),
    "members.counted": Sentence("The place counts {members:n member|members}", "清点人数：{members:n} 人"),
    "member.joined": Sentence("joined[ by {scene}][, invited by {inviter}]", "加入[（{scene}）][，由 {inviter} 邀请]"),
    "member.left": Sentence("left[ ({reason:leaving})]", "离开[（{reason:leaving}）]"),
    "role.given": Sentence("took on a role: {role}", "担任{role}"),
    "role.ended": Sentence("laid down a role: {role}", "不再担任{role}"),
    "message.heard": Sentence(
        "spoke: {message_kind}[, answering {answered}]", "发言（{message_kind}）[，回应 {answered}]"
    ),
    "message.edited": Sentence("had a message changed ({by:editing})", "一条发言有改动（{by:editing}）"),
    "message.recalled": Sentence("had a message taken back ({by:side})", "一条发言被撤回（{by:side}）"),
    "message.reacted": Sentence("marked a message: {reaction}", "标记了一条发言：{reaction}"),
    "message.kept": Sentence("had a message kept: {how:keeping}", "一条发言被{how:keeping}"),
    "tracked_code.made": Sentence(
        "A code was made for {code_kind}[: {target}]",
        "生成{code_kind}活码[「{target}」]",
    ),
    "tracked_code.opened": Sentence("opened {tracked_code}", "打开「{tracked_code}」"),
    # value
    "value.judged": Sentence("made a contribution worth {quality:pct}", "一次贡献的价值分 {quality:pct}"),
    "value.given": Sentence("has {part} {about}[ ({staff})]", "{part}「{about}」[（{staff}）]"),
}
