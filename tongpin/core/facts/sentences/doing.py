"""Sentences of give 予, doing things together: trials, votes, ideas, gatherings, surveys, listening, duties."""

from __future__ import annotations

from tongpin.core.facts.sentences.grammar import Sentence

SENTENCES: dict[str, Sentence] = {
    # trials
    "trial.opened": Sentence(
        "{samples:n sample|samples} of {product} may be tried: {trial}",
        "「{product}」开放 {samples:n} 份试用（{trial}）",
    ),
    "trial.applied": Sentence("wants to try: {trial}", "申请试用「{trial}」"),
    "trial.chosen": Sentence("was chosen to try {product}", "入选试用「{product}」"),
    "trial.shipped": Sentence("has a sample of {product} on its way", "试用装「{product}」已寄出"),
    "trial.reported": Sentence(
        "told what they found about {product}[, {stars} of 5 stars]", "反馈试用「{product}」[，{stars} 星]"
    ),
    "trial.closed": Sentence(
        "The trial {trial} is over: {reported:n report|reports} of {shipped:n sample|samples}",
        "试用「{trial}」结束：寄出 {shipped:n} 份，反馈 {reported:n} 份",
    ),
    # votes
    "vote.opened": Sentence("{vote} is open: {vote_kind}[, until {ends}]", "{vote_kind}「{vote}」开始[，{ends} 截止]"),
    "option.proposed": Sentence("proposed {option} for {vote}", "为「{vote}」提议「{option}」"),
    "vote.cast": Sentence(
        "[!taken_back:voted][?taken_back:took a vote back] in {vote}", "[?taken_back:收回]「{vote}」投票"
    ),
    "vote.decided": Sentence(
        "{vote} is decided: {option}[, by {voters:n voter|voters}]",
        "「{vote}」有了结果：「{option}」[，{voters:n} 人参与]",
    ),
    # ideas
    "idea.proposed": Sentence("has an idea: {idea}[ ({product})]", "提出点子「{idea}」[（{product}）]"),
    "idea.supported": Sentence("wants it too: {idea}", "支持点子「{idea}」"),
    "idea.moved": Sentence(
        "The idea {idea} is {status:idea_status}[ in {product_version:raw}]",
        "点子「{idea}」{status:idea_status}[（{product_version:raw} 版）]",
    ),
    # gatherings
    "gathering.announced": Sentence(
        "{gathering} is on for {starts}, {seats:n seat|seats}[, by {organiser}]",
        "活动「{gathering}」发布：{starts}，{seats:n} 个名额[，{organiser} 组织]",
    ),
    "gathering.signed_up": Sentence(
        "has a seat at {gathering}[ and brings {guests:n friend|friends}]",
        "报名「{gathering}」[，带 {guests:n} 位朋友]",
    ),
    "gathering.waitlisted": Sentence("waits for a seat at {gathering}, rank {rank}", "候补「{gathering}」第 {rank} 位"),
    "gathering.seat_offered": Sentence(
        "is offered a seat at {gathering} until {held_until}", "「{gathering}」有空位，留到 {held_until}"
    ),
    "gathering.given_up": Sentence("gave up the seat at {gathering}", "让出「{gathering}」的名额"),
    "gathering.checked_in": Sentence(
        "came to {gathering}[ with {guests:n friend|friends}]", "到场「{gathering}」[，带了 {guests:n} 位朋友]"
    ),
    "gathering.missed": Sentence("did not come to {gathering}", "没到「{gathering}」"),
    "gathering.remembered": Sentence("added a memory of {gathering}", "为「{gathering}」添了回忆"),
    "gathering.ended": Sentence(
        "{gathering} took place: {came:n person|people} came", "活动「{gathering}」结束，到场 {came:n} 人"
    ),
    "gathering.cancelled": Sentence(
        "{gathering} is off[ ({reason:dropping})]", "活动「{gathering}」取消[（{reason:dropping}）]"
    ),
    # listening
    "complaint.made": Sentence("complained: {complaint}[ ({product})]", "投诉「{complaint}」[（{product}）]"),
    "complaint.settled": Sentence(
        "had a complaint settled: {outcome:complaint_end}[?satisfied:, and is satisfied now]",
        "投诉「{complaint}」{outcome:complaint_end}[?satisfied:，表示满意]",
    ),
    "signal.proposed": Sentence("may have voiced a {signal_kind}", "疑似{signal_kind}，待判断"),
    "signal.decided": Sentence(
        "[?confirmed:voiced a {signal_kind}][!confirmed:voiced no {signal_kind} after all]",
        "[?confirmed:确认{signal_kind}][!confirmed:不是{signal_kind}]",
    ),
    "signal.followed": Sentence(
        "had a {signal_kind} followed up: {outcome:signal_end}", "{signal_kind}已跟进：{outcome:signal_end}"
    ),
    # surveys
    "survey.opened": Sentence("{survey} is open: {survey_kind}", "{survey_kind}「{survey}」发起"),
    "survey.asked": Sentence("was asked: {survey}", "收到问卷「{survey}」"),
    "survey.answered": Sentence(
        "answered {survey}[: recommends us {recommend} of 10][, content {satisfaction} of 5]",
        "填了{survey_kind}「{survey}」[，推荐度 {recommend}][，满意度 {satisfaction}]",
    ),
    "survey.closed": Sentence(
        "{survey} is over: {answered:n answer|answers} of {asked:n}",
        "问卷「{survey}」结束：发出 {asked:n}，收回 {answered:n}",
    ),
    # duties
    "duty.given": Sentence(
        "has a duty now: {duty} ({duty_kind})[, {staff}][, deputy {deputy}][, deputy {deputy_staff}]",
        "接下{duty_kind}「{duty}」[，{staff}][，副手 {deputy}][，副手 {deputy_staff}]",
    ),
    "duty.laid_down": Sentence(
        "laid down a duty: {duty} ({duty_kind})[, {staff}]", "卸下{duty_kind}「{duty}」[，{staff}]"
    ),
    "duty.done": Sentence(
        "did a duty: {duty} for {day}[?by_deputy: (deputy)][, {staff}]",
        "完成 {day} 的{duty_kind}[?by_deputy:（副手代）][，{staff}]",
    ),
    "duty.missed": Sentence("missed a duty: {duty} for {day}[, {staff}]", "漏了 {day} 的{duty_kind}[，{staff}]"),
    "resource.asked": Sentence(
        "asks the house for: {resource_kind}[ {amount_fen:fen}]", "申请{resource_kind}[ {amount_fen:fen}]"
    ),
    "resource.decided": Sentence(
        "had the house decide on {resource_kind}: {decision:resource_decision}[ {amount_fen:fen}]",
        "申请的{resource_kind}{decision:resource_decision}[ {amount_fen:fen}]",
    ),
}
