"""Sentences of give 予, the programme: calendar, topics, talks, practices, games, questions, digests."""

from __future__ import annotations

from tongpin.core.facts.sentences.grammar import Sentence

SENTENCES: dict[str, Sentence] = {
    # calendar
    "activity.planned": Sentence("{about} stands in the calendar for {starts}", "「{about}」排在 {starts}"),
    "activity.dropped": Sentence(
        "{about} was taken out of the calendar[ ({reason:dropping})]", "「{about}」取消排期[（{reason:dropping}）]"
    ),
    "piece.stocked": Sentence(
        "has a piece in stock: {piece}[ ({piece_kind})]", "入库内容「{piece}」[（{piece_kind}）]"
    ),
    "piece.published": Sentence(
        "has {piece} published: {surface}[?advertising:, marked as advertising]",
        "「{piece}」发布到{surface}[?advertising:（标明广告）]",
    ),
    "piece.unpublished": Sentence("had {piece} taken down: {surface}", "「{piece}」从{surface}撤下"),
    "piece.read": Sentence("read {piece}[, {share:pct} of it]", "阅读「{piece}」[，读到 {share:pct}]"),
    "piece.reacted": Sentence("marked {piece}: {reaction}", "{reaction}「{piece}」"),
    "piece.counted": Sentence(
        "{piece} on {day} ({surface})[, {reads:n read|reads}][, {likes:n like|likes}][, {shares:n share|shares}]"
        "[, {saves:n save|saves}]",
        "「{piece}」{day}（{surface}）[，{reads:n} 次阅读][，{likes:n} 赞][，{shares:n} 转发][，{saves:n} 收藏]",
    ),
    "pieces.called_for": Sentence(
        "Pieces are called for: {category:raw}[, due {due}]", "征稿：{category:raw}[，{due} 截止]"
    ),
    "rights.given": Sentence("let us publish {piece}[ until {until}]", "授权发布「{piece}」[，至 {until}]"),
    "rights.ended": Sentence("no longer lets us publish {piece}", "「{piece}」授权结束"),
    # host
    "profile_item.changed": Sentence(
        "The profile of {staff} [?shown:shows][!shown:no longer shows] a {item_kind}",
        "{staff} 的主页[?shown:添了][!shown:撤了]一项{item_kind}",
    ),
    "profile.viewed": Sentence("looked at the profile of {staff}", "看了 {staff} 的主页"),
    "praise.given": Sentence("praised {staff}", "夸了 {staff}"),
    # topics
    "topic.announced": Sentence("The topic {topic} is announced for {starts}", "话题「{topic}」预告，{starts} 开始"),
    "topic.primed": Sentence("was asked to open the talk on {topic}", "受邀为话题「{topic}」暖场"),
    "topic.booked": Sentence("wants to be there for {topic}", "预约话题「{topic}」"),
    "topic.opened": Sentence("The topic {topic} is open", "话题「{topic}」开聊"),
    "topic.question_posted": Sentence("Question {ordinal} of {topic} was put", "话题「{topic}」抛出第 {ordinal} 问"),
    "speaker.rewarded": Sentence(
        "was rewarded for speaking up in {topic}: {reward_kind}[ {amount:n}]",
        "话题「{topic}」积极发言，获得{reward_kind}[ {amount:n}]",
    ),
    "topic.closed": Sentence(
        "The topic {topic} is closed: {speakers:n speaker|speakers}, {messages:n message|messages}"
        "[, {first_timers:n} for the first time]",
        "话题「{topic}」结束：{speakers:n} 人说了 {messages:n} 条[，{first_timers:n} 人第一次开口]",
    ),
    "topic.cancelled": Sentence(
        "The topic {topic} is off[ ({reason:dropping})]", "话题「{topic}」取消[（{reason:dropping}）]"
    ),
    # talks
    "guest.invited": Sentence(
        "was asked to give the talk {talk}[?from_within:, as one of us]", "受邀分享「{talk}」[?from_within:（群友）]"
    ),
    "guest.answered": Sentence("answered about the talk {talk}: {answer}", "回复「{talk}」的邀请：{answer}"),
    "talk.announced": Sentence(
        "The talk {talk} is announced for {starts}[, with {guest}][, to {places:n place|places}]",
        "分享「{talk}」预告，{starts} 开讲[，嘉宾 {guest}][，发往 {places:n} 处]",
    ),
    "talk.signed_up": Sentence("signed up for the talk {talk}", "报名分享「{talk}」"),
    "talk.started": Sentence("The talk {talk} has begun", "分享「{talk}」开讲"),
    "talk.segment_given": Sentence(
        "gave segment {segment} of {talk} ({form:segment_form})", "「{talk}」讲了第 {segment} 段（{form:segment_form}）"
    ),
    "talk.segment_relayed": Sentence(
        "Segment {segment} of {talk} reached {reached:n place|places}[, {waiting:n} waiting][, {failed:n} failed]",
        "「{talk}」第 {segment} 段送达 {reached:n} 处[，{waiting:n} 处待转发][，{failed:n} 处失败]",
    ),
    "talk.segment_redacted": Sentence(
        "Segment {segment} of {talk} was taken back everywhere", "「{talk}」第 {segment} 段已全部撤回"
    ),
    "talk.attended": Sentence(
        "heard the talk {talk}[ for {seconds:span}] ({how:attending})",
        "听了分享「{talk}」[ {seconds:span}]（{how:attending}）",
    ),
    "talk.replayed": Sentence("heard the replay of {talk}[, {share:pct} of it]", "回放「{talk}」[，听到 {share:pct}]"),
    "talk.ended": Sentence(
        "The talk {talk} is over[, {attended:n} heard it][, {questions:n question|questions}]",
        "分享「{talk}」结束[，{attended:n} 人听了][，{questions:n} 个提问]",
    ),
    "talk.cancelled": Sentence(
        "The talk {talk} is off[ ({reason:dropping})]", "分享「{talk}」取消[（{reason:dropping}）]"
    ),
    # practices
    "practice.opened": Sentence(
        "{community} does it together from now on: {practice}", "「{community}」一起开始「{practice}」"
    ),
    "practice.joined": Sentence("takes part in {practice}", "参加「{practice}」"),
    "practice.quit": Sentence("no longer takes part in {practice}", "退出「{practice}」"),
    "checkin.done": Sentence(
        "checked in, day {streak:n} in a row[?made_up: (made up)]", "完成第 {streak:n} 天打卡[?made_up:（补卡）]"
    ),
    "streak.broken": Sentence(
        "broke off after {streak:n day|days} of {practice}", "「{practice}」连续 {streak:n} 天后中断"
    ),
    "practice.milestone_reached": Sentence(
        "{practice} is at {done:n} of {goal:n}[, by {people:n person|people}]",
        "「{practice}」进度 {done:n}/{goal:n}[，{people:n} 人一起]",
    ),
    "practice.closed": Sentence(
        "{practice} has ended[, {done:n} done][, {people:n person|people}]",
        "「{practice}」结束[，共完成 {done:n}][，{people:n} 人参加]",
    ),
    # fun
    "game.opened": Sentence("A game is on: {game} ({game_kind})", "{game_kind}「{game}」开始"),
    "game.played": Sentence("played {game}[, score {score}]", "参加{game_kind}「{game}」[，得 {score} 分]"),
    "game.won": Sentence(
        "won rank {rank} in {game}[: {prize_kind:reward_kind}]",
        "{game_kind}「{game}」获第 {rank} 名[：{prize_kind:reward_kind}]",
    ),
    "game.closed": Sentence(
        "The game {game} is over[: {players:n player|players}]", "{game_kind}「{game}」结束[：{players:n} 人参加]"
    ),
    # questions
    "question.asked": Sentence("asked a question: {question}", "提问「{question}」"),
    "question.routed": Sentence(
        "The question {question} went to[ {expert}][ {staff}]", "提问「{question}」转给[ {expert}][ {staff}]"
    ),
    "question.answered": Sentence("answered {question}[, asked by {asker}]", "回答了[ {asker} 的]提问「{question}」"),
    "answer.accepted": Sentence("had an answer to {question} accepted", "对「{question}」的回答被采纳"),
    "question.closed": Sentence(
        "The question {question} is closed: {outcome:question_end}", "提问「{question}」{outcome:question_end}"
    ),
    "knowledge.kept": Sentence("A question entered the knowledge base[: {question}]", "知识库收录[「{question}」]"),
    "knowledge.searched": Sentence(
        "looked something up: {found:n article|articles} found", "查知识库，找到 {found:n} 篇"
    ),
    # digests
    "digest.drafted": Sentence(
        "A digest of {about} is drafted[, with {quotes:n quote|quotes}]",
        "「{about}」的文摘草稿备好[，引用 {quotes:n} 条]",
    ),
    "digest.quoted": Sentence("is quoted in the digest {digest}", "发言收进文摘「{digest}」"),
    "digest.published": Sentence("The digest {digest} of {about} is out", "文摘「{digest}」发布（{about}）"),
    # retrospectives
    "retrospective.held": Sentence(
        "{about} was looked back on: {verdict:retrospect}", "「{about}」复盘：{verdict:retrospect}"
    ),
    "closing.announced": Sentence(
        "{community} will close on {due}[ and join {into}]", "社群「{community}」将于 {due} 收尾[，并入「{into}」]"
    ),
    "closing.called_off": Sentence("{community} goes on after all", "社群「{community}」继续办"),
}
