"""Sentences of the house: team, goods, money, books, sending, audiences, insight, imports, tracking."""

from __future__ import annotations

from tongpin.core.facts.sentences.grammar import Sentence

SENTENCES: dict[str, Sentence] = {
    # imports
    "import.finished": Sentence(
        "The file {batch} ({kind_of_file}) is in: {rows:n row|rows}[, {new:n} new][, {known:n} known]"
        "[, {changed:n} changed][, {waiting:n} waiting][, {rejected:n} rejected]",
        "导入完成「{batch}」（{kind_of_file}）：{rows:n} 行[，新增 {new:n}][，已有 {known:n}][，更新 {changed:n}]"
        "[，待定 {waiting:n}][，拒收 {rejected:n}]",
    ),
    "import.taken_back": Sentence(
        "The import {batch} was taken back: {facts:n fact|facts}", "导入「{batch}」已撤回：{facts:n} 条事实"
    ),
    "chat.attached": Sentence(
        "A chat export was attached to {about}[, {messages:n message|messages}][, {people:n person|people}]",
        "聊天记录已挂到「{about}」[，{messages:n} 条][，{people:n} 人]",
    ),
    "fact.withdrawn": Sentence(
        "Entry {entry} no longer counts ({withdrawn_kind:raw})", "第 {entry} 条事实作废（{withdrawn_kind:raw}）"
    ),
    "fact.restored": Sentence(
        "Entry {entry} counts again ({restored_kind:raw})", "第 {entry} 条事实恢复（{restored_kind:raw}）"
    ),
    # tracking
    "event.tracked": Sentence("did: {name:raw}", "触发事件「{name:raw}」"),
    "page.viewed": Sentence("looked at a page[: {name:raw}]", "浏览页面[「{name:raw}」]"),
    "screen.viewed": Sentence("looked at a screen[: {name:raw}]", "浏览界面[「{name:raw}」]"),
    "traits.told": Sentence("had traits told by outside software", "外部软件补充了特征"),
    "group.told": Sentence("belongs to an outside group: {group:raw}", "属于外部分组「{group:raw}」"),
    "alias.told": Sentence("had two outside ids joined", "两个外部编号合而为一"),
    "form.received": Sentence("sent a form: {name:raw}", "提交表单「{name:raw}」"),
    # team
    "staff.joined": Sentence("{staff} joined the team as {role:staff_role}", "{staff} 加入团队（{role:staff_role}）"),
    "staff.left": Sentence("{staff} left the team", "{staff} 离开团队"),
    "right.granted": Sentence(
        "{staff} may act as {role:staff_role}[ in {community}]", "{staff} 获得{role:staff_role}权限[（{community}）]"
    ),
    "right.revoked": Sentence(
        "{staff} may no longer act as {role:staff_role}[ in {community}]",
        "{staff} 不再有{role:staff_role}权限[（{community}）]",
    ),
    "private_link.issued": Sentence(
        "A private link was made for a {role:link_role}[ of {about}][, until {until}]",
        "发出{role:link_role}专用链接[「{about}」][，{until} 前有效]",
    ),
    "private_link.revoked": Sentence(
        "A private link of a {role:link_role} no longer opens[ ({reason:link_end})]",
        "{role:link_role}专用链接失效[（{reason:link_end}）]",
    ),
    "key.issued": Sentence("A key was issued: {key_kind}", "签发{key_kind}"),
    "key.revoked": Sentence("A key was revoked: {key_kind}", "吊销{key_kind}"),
    "setting.changed": Sentence(
        "A setting was changed: {setting}[ ({community})]", "修改设置：{setting}[（{community}）]"
    ),
    "list.downloaded": Sentence(
        "{staff} took out a list of {list_kind}: {rows:n row|rows}[?with_contact:, with contact data]",
        "{staff} 导出{list_kind}名单：{rows:n} 行[?with_contact:，含联系方式]",
    ),
    "backup.made": Sentence(
        "A backup was made ({size:bytes})[?encrypted:, encrypted]", "备份完成（{size:bytes}）[?encrypted:，已加密]"
    ),
    "backup.failed": Sentence("A backup could not be made: {reason:backup_reason}", "备份失败：{reason:backup_reason}"),
    "restore.drilled": Sentence(
        "A restore drill [?worked:worked][!worked:failed][ in {seconds:span}]",
        "恢复演练[?worked:成功][!worked:失败][，用时 {seconds:span}]",
    ),
    # goods
    "product.named": Sentence("{product} entered the goods by {via}", "新增商品「{product}」（{via}）"),
    "product.matched": Sentence(
        "The shop's number {outside:raw} means {product}", "店铺编号 {outside:raw} 对应「{product}」"
    ),
    "product.released": Sentence(
        "{product} came out in version {product_version:raw}[, answering {answered:n wish|wishes}]",
        "「{product}」发布 {product_version:raw} 版[，回应 {answered:n} 条心声]",
    ),
    "product.retired": Sentence("{product} is no longer carried", "「{product}」停售"),
    "product.used": Sentence(
        "used {product}[ ({act:raw})][ for {seconds:span}]", "使用「{product}」[（{act:raw}）][ {seconds:span}]"
    ),
    "product.viewed": Sentence("looked at {product}", "浏览商品「{product}」"),
    "feedback.passed": Sentence("had a word passed on to the maker of {product}", "反馈已转给「{product}」研发"),
    "feedback.answered": Sentence(
        "got an answer from the maker of {product}: {decision}", "收到「{product}」研发的答复：{decision}"
    ),
    # money
    "payment.asked": Sentence("was asked to pay {amount_fen:fen} for {about}", "待付款 {amount_fen:fen}（{about}）"),
    "payment.settled": Sentence(
        "paid {amount_fen:fen} by {provider}[?late:, too late]", "{provider}到账 {amount_fen:fen}[?late:（已过期）]"
    ),
    "payment.failed": Sentence("could not pay: {reason:payment_reason}", "付款没成功：{reason:payment_reason}"),
    "payment.closed": Sentence("had a payment closed: {reason:payment_reason}", "付款单关闭：{reason:payment_reason}"),
    "refund.asked": Sentence("is to get {amount_fen:fen} back", "发起退款 {amount_fen:fen}"),
    "refund.settled": Sentence("has {amount_fen:fen} back", "退款到账 {amount_fen:fen}"),
    "refund.failed": Sentence(
        "could not be given money back: {reason:payment_reason}", "退款没成功：{reason:payment_reason}"
    ),
    "discrepancy.found": Sentence(
        "The bill of {provider} for {day} differs by {amount_fen:fen}: {discrepancy_kind}",
        "{day} {provider}账单对不上，差 {amount_fen:fen}：{discrepancy_kind}",
    ),
    "discrepancy.cleared": Sentence(
        "A difference with a bill was cleared: {how:clearing}", "对账差异已处理：{how:clearing}"
    ),
    "payout.asked": Sentence("asked for {amount_fen:fen}", "申请提现 {amount_fen:fen}"),
    "payout.approved": Sentence(
        "will be paid {amount_fen:fen}[, {tax_fen:fen} kept back for tax]",
        "提现 {amount_fen:fen} 已批准[，代扣税 {tax_fen:fen}]",
    ),
    "payout.refused": Sentence("was refused a payout: {reason:payout_reason}", "提现没通过：{reason:payout_reason}"),
    "payout.sent": Sentence("had a payout sent by {provider}", "提现已通过{provider}打款"),
    "payout.settled": Sentence("got {amount_fen:fen}", "提现到账 {amount_fen:fen}"),
    "payout.failed": Sentence("had a payout come back: {reason:payout_reason}", "打款被退回：{reason:payout_reason}"),
    # books
    "posting.made": Sentence(
        "{amount:n} {unit} went from {taken_from:raw} to {put_to:raw}",
        "记账：{amount:n} {unit}，{taken_from:raw} → {put_to:raw}",
    ),
    "cost.booked": Sentence(
        "A cost of {amount_fen:fen} was booked: {cost_kind}[ for {about}][ ({community})]",
        "支出 {amount_fen:fen}：{cost_kind}[「{about}」][（{community}）]",
    ),
    "income.booked": Sentence(
        "An income of {amount_fen:fen} was booked: {income_kind}[ from {about}][ ({community})]",
        "收入 {amount_fen:fen}：{income_kind}[「{about}」][（{community}）]",
    ),
    "hours.logged": Sentence(
        "{minutes:minutes} of work were logged: {work}[ by {staff}]", "记工时 {minutes:minutes}：{work}[（{staff}）]"
    ),
    # sending
    "broadcast.planned": Sentence(
        "A message to {people:n person|people}[ and {places:n place|places}] was released[, {withheld:n} withheld]"
        "[, {held_out:n} held out][, due {due}]",
        "群发给 {people:n} 人[、{places:n} 处][，拦下 {withheld:n} 人][，对照 {held_out:n} 人][，{due} 发出]",
    ),
    "broadcast.called_off": Sentence(
        "A message to many was called off: {unsent:n letter|letters} never left", "群发已撤回，{unsent:n} 封没有发出"
    ),
    "letter.queued": Sentence(
        "is to get a letter: {letter_class} by {channel}[ about {about}]",
        "待收{letter_class}（{channel}）[「{about}」]",
    ),
    "letter.withheld": Sentence("was spared a letter: {reason:withheld}", "少收一条{letter_class}：{reason:withheld}"),
    "letter.sent": Sentence(
        "got a letter: {letter_class} by {channel}[ about {about}]", "收到{letter_class}（{channel}）[「{about}」]"
    ),
    "letter.failed": Sentence(
        "could not be sent a letter by {channel}: {reason:send_failure}", "{channel}没送到：{reason:send_failure}"
    ),
    "letter.cancelled": Sentence(
        "will not get a letter that waited: {reason:withheld}", "一条待发消息取消：{reason:withheld}"
    ),
    "letter.opened": Sentence("opened a letter: {letter_class}[ about {about}]", "看了{letter_class}[「{about}」]"),
    "letter.clicked": Sentence(
        "followed the link in a letter: {letter_class}[ about {about}]", "点开{letter_class}里的链接[「{about}」]"
    ),
    "errand.given": Sentence(
        "An errand waits[ for {staff}]: {errand_kind}[ ({about})][, due {due}]",
        "待办[（{staff}）]：{errand_kind}[「{about}」][，{due} 前]",
    ),
    "errand.done": Sentence(
        "An errand was done[ by {staff}]: {errand_kind}[ ({about})]", "[{staff} ]办好：{errand_kind}[「{about}」]"
    ),
    "errand.missed": Sentence(
        "An errand was missed: {errand_kind} ({reason:errand_reason})",
        "没办成：{errand_kind}（{reason:errand_reason}）",
    ),
    "command.done": Sentence("The platform did it: {verb} ({channel})", "平台已执行：{verb}（{channel}）"),
    "command.failed": Sentence(
        "The platform refused: {verb} ({reason:send_failure})", "平台没执行：{verb}（{reason:send_failure}）"
    ),
    "channel.connected": Sentence("The way out by {channel} is connected", "{channel}已接通"),
    "channel.broken": Sentence(
        "The way out by {channel} is broken: {reason:send_failure}", "{channel}断开：{reason:send_failure}"
    ),
    "contact.lost": Sentence(
        "can no longer be reached by {channel} ({how:contact_loss})", "{channel}联系不上了（{how:contact_loss}）"
    ),
    "contact.regained": Sentence("can be reached by {channel} again", "{channel}重新连上"),
    # audiences
    "segment.defined": Sentence(
        "The segment {segment} has a new rule (edition {edition})", "人群「{segment}」规则第 {edition} 版"
    ),
    "segment.entered": Sentence("came to fit {segment}", "进入人群「{segment}」"),
    "segment.left": Sentence("no longer fits {segment}", "离开人群「{segment}」"),
    "persona.defined": Sentence(
        "The persona {persona} has a new rule (edition {edition})", "画像「{persona}」规则第 {edition} 版"
    ),
    "experiment.started": Sentence(
        "The experiment {experiment} began[ on {about}], {held_out:pct} held out",
        "实验「{experiment}」开始[（{about}）]，对照 {held_out:pct}",
    ),
    "experiment.assigned": Sentence("fell into the arm {arm} of {experiment}", "分到实验「{experiment}」的{arm}"),
    "experiment.ended": Sentence(
        "The experiment {experiment} ended: {verdict} (n={n})", "实验「{experiment}」结束：{verdict}（n={n}）"
    ),
    "person.exposed": Sentence(
        "was shown {about} by {channel}[ at {price_fen:fen}]", "看到「{about}」（{channel}）[，标价 {price_fen:fen}]"
    ),
    # insight
    "community.assessed": Sentence(
        "{community} was assessed: {assessment}[ {value:x}][ {word:grade_word}] (n={n})",
        "社群「{community}」{assessment}[ {value:x}][ {word:grade_word}]（n={n}）",
    ),
    "stage.changed": Sentence(
        "{community} moved from {old:stage} to {new:stage}", "社群「{community}」从{old:stage}进入{new:stage}"
    ),
    "warning.raised": Sentence(
        "A warning: {trouble}[ in {community}][; proposed: {act}]", "预警：{trouble}[（{community}）][，建议{act}]"
    ),
    "warning.answered": Sentence("A warning was answered: {trouble}, {answer}", "预警「{trouble}」：{answer}"),
    "warning.cleared": Sentence("A warning is over: {trouble}", "预警解除：{trouble}"),
    "diagnosis.made": Sentence(
        "{community} was diagnosed: {findings:finding}", "社群「{community}」诊断：{findings:finding}"
    ),
    "readiness.judged": Sentence(
        "{community} is [?ready:ready][!ready:not yet ready] for a sale[: {reasons:readiness}]",
        "社群「{community}」[?ready:可以开卖][!ready:还不宜卖][：{reasons:readiness}]",
    ),
    "proposal.made": Sentence("was proposed for: {act}[ ({product})]", "建议下一步：{act}[（{product}）]"),
    "proposal.answered": Sentence(
        "had a proposal answered: {act}, {answer}[ ({reason:proposal_reason})]",
        "建议「{act}」：{answer}[（{reason:proposal_reason}）]",
    ),
    "goal.set": Sentence(
        "The goal for {measure} is {target:x}[ until {until}][ ({community})]",
        "目标：{measure} {target:x}[，{until} 前][（{community}）]",
    ),
    "model.fitted": Sentence(
        "The model {model:raw} was fitted (n={n}, {quality})", "模型 {model:raw} 重新拟合（n={n}，{quality}）"
    ),
    "simulation.run": Sentence(
        "A simulation was run: {people:n person|people}, {days:n day|days}[, changed: {changed}]",
        "模拟 {people:n} 人、{days:n} 天[，改动：{changed}]",
    ),
}
