"""Sentences of sell 售, apart from the plays: orders, reviews, membership, courses, services, companions, partners."""

from __future__ import annotations

from tongpin.core.facts.sentences.grammar import Sentence

SENTENCES: dict[str, Sentence] = {
    # offers
    "offer.opened": Sentence(
        "{product} can be bought[ ({play})][, {limit:n} of it]", "「{product}」上架[（{play}）][，共 {limit:n} 件]"
    ),
    "offer.priced": Sentence(
        "{product} costs {price_fen:fen}[ for {audience}]",
        "「{product}」定价 {price_fen:fen}[（{audience}）]",
    ),
    "offer.amended": Sentence(
        "What is said of {product} and how it is sold was changed", "「{product}」的介绍或条件改了"
    ),
    "offer.closed": Sentence(
        "{product} can no longer be bought[ ({reason:offer_end})]", "「{product}」下架[（{reason:offer_end}）]"
    ),
    "stock.moved": Sentence(
        "Stock of {product}: {change:signed}, {left:n} left ({reason:stock_reason})",
        "「{product}」库存 {change:signed}，余 {left:n}（{reason:stock_reason}）",
    ),
    "stock.ran_low": Sentence("{product} is running low: {left:n} left", "「{product}」只剩 {left:n} 件"),
    "basket.filled": Sentence(
        "[?quantity:put {product} into the basket][!quantity:took {product} out of the basket]",
        "[?quantity:加购「{product}」× {quantity}][!quantity:移出购物车「{product}」]",
    ),
    "restock.awaited": Sentence("wants to know when {product} is back", "等「{product}」到货通知"),
    # orders
    "order.placed": Sentence("placed an order[, {payable_fen:fen}][ ({play})]", "下单[ {payable_fen:fen}][（{play}）]"),
    "order.item_added": Sentence(
        # Where an export tells only what the whole order came to, its line has no price, and says none.
        "ordered {quantity:n} ×[ {product}][ for {amount_fen:fen}]",
        "买了 {quantity:n} 件[「{product}」][，{amount_fen:fen}]",
    ),
    "order.amended": Sentence(
        "had an order changed[, {payable_fen:fen}][, paid {paid_fen:fen}]",
        "订单改价[，应付 {payable_fen:fen}][，实付 {paid_fen:fen}]",
    ),
    "order.claimed": Sentence("proved an order to be theirs ({proof:claim_proof})", "认领订单（{proof:claim_proof}）"),
    "order.paid": Sentence(
        "paid[ {amount_fen:fen}][, introduced by {introducer}]", "付款[ {amount_fen:fen}][，{introducer} 介绍]"
    ),
    "order.shipped": Sentence("has goods on their way", "订单已发货"),
    "order.received": Sentence("has the goods", "确认收货"),
    "order.cancelled": Sentence("had an order cancelled[ ({reason:cancelling})]", "订单取消[（{reason:cancelling}）]"),
    "order.refunded": Sentence(
        "got {amount_fen:fen} back[ ({reason:return_reason})]", "退款 {amount_fen:fen}[（{reason:return_reason}）]"
    ),
    "return.asked": Sentence(
        "wants to return[ {product}]: {reason:return_reason}", "申请售后[「{product}」]：{reason:return_reason}"
    ),
    "return.settled": Sentence("had a return settled: {outcome:return_end}", "售后{outcome:return_end}"),
    "coupon.given": Sentence(
        "got a coupon of {amount_fen:fen}[ ({reason:coupon_reason})]",
        "得优惠券 {amount_fen:fen}[（{reason:coupon_reason}）]",
    ),
    "coupon.used": Sentence("used a coupon of {amount_fen:fen}", "用券 {amount_fen:fen}"),
    "coupon.lapsed": Sentence("lost a coupon ({reason:coupon_end})", "优惠券失效（{reason:coupon_end}）"),
    "voucher.redeemed": Sentence(
        "used a voucher[ for {product}][ ({amount_fen:fen})]", "到店核销团购券[「{product}」][（{amount_fen:fen}）]"
    ),
    "bill_line.booked": Sentence(
        "had {amount_fen:fen} booked on the bill of {provider} ({direction})",
        "{provider}账单：{direction} {amount_fen:fen}",
    ),
    "customer.told": Sentence(
        "stands in a customer sheet[, {orders:n order|orders}][, {spent_fen:fen}]",
        "见于客户表[，{orders:n} 单][，累计 {spent_fen:fen}]",
    ),
    # reviews
    "review.written": Sentence(
        "gave {product} {stars} of 5 stars[, in {length:n character|characters}]",
        "{stars} 星评价「{product}」[，{length:n} 字]",
    ),
    "review.answered": Sentence("had a review answered[ by {staff}]", "评价得到回复[（{staff}）]"),
    "review.hidden": Sentence("had a review hidden ({reason:hiding})", "评价被隐藏（{reason:hiding}）"),
    # membership
    "membership.bought": Sentence(
        "bought a membership, {amount_fen:fen}[, until {until}]", "开通会员 {amount_fen:fen}[，至 {until}]"
    ),
    "membership.renewed": Sentence(
        "renewed the membership, {amount_fen:fen}, until {until}", "续费会员 {amount_fen:fen}，至 {until}"
    ),
    "membership.changed": Sentence(
        "moved from tier {old_tier} to {tier}[, {amount_fen:fen}]",
        "会员从 {old_tier} 档换到 {tier} 档[，{amount_fen:fen}]",
    ),
    "membership.ended": Sentence(
        "is no longer a paying member ({reason:membership_end})", "会员结束（{reason:membership_end}）"
    ),
    "benefit.delivered": Sentence("got a benefit: {benefit_kind}", "享受权益：{benefit_kind}"),
    "promise.made": Sentence("A promise was made: {promise_kind}, due {due}", "承诺：{promise_kind}，{due} 前"),
    "promise.kept": Sentence(
        "A promise was kept: {promise_kind}[, {late_days:n day|days} late]",
        "兑现承诺：{promise_kind}[，晚 {late_days:n} 天]",
    ),
    "promise.broken": Sentence("A promise was broken: {promise_kind}", "承诺没做到：{promise_kind}"),
    # knowledge
    "course.opened": Sentence(
        "The course {course} is open: {lessons:n lesson|lessons}[?free:, free]",
        "课程「{course}」开课，{lessons:n} 课[?free:（免费）]",
    ),
    "course.enrolled": Sentence("takes the course {course}", "报名课程「{course}」"),
    "lesson.released": Sentence("may study {lesson} of {course}", "解锁「{course}」的「{lesson}」"),
    "lesson.studied": Sentence(
        "[?finished:finished][!finished:worked on] {lesson}[!finished:, {share:pct} of it]",
        "[?finished:学完][!finished:学习]「{lesson}」[!finished:，到 {share:pct}]",
    ),
    "homework.handed_in": Sentence("handed in work for {lesson}[, mark {mark}]", "交了「{lesson}」的作业[，{mark} 分]"),
    "course.passed": Sentence("passed the course {course}[, mark {mark}]", "结业「{course}」[，{mark} 分]"),
    "course.dropped": Sentence(
        "dropped the course {course} ({reason:course_end})", "中断课程「{course}」（{reason:course_end}）"
    ),
    # services
    "appointment.booked": Sentence(
        "has an appointment for {service} on {starts}[ with {staff}]", "预约「{service}」，{starts}[，{staff}]"
    ),
    "appointment.cancelled": Sentence(
        "had the appointment for {service} called off by {by:side}", "「{service}」预约取消（{by:side}）"
    ),
    "appointment.kept": Sentence("was served: {service}[ by {staff}]", "「{service}」服务完成[（{staff}）]"),
    "appointment.missed": Sentence(
        "had an appointment for {service} missed by {by:side}", "「{service}」爽约（{by:side}）"
    ),
    "visit.reported": Sentence(
        "had a visit written up: {service}[, {needs:n need|needs}]", "「{service}」服务报告[，记下 {needs:n} 项需求]"
    ),
    # companions
    "contact.made": Sentence("was turned to by {staff}: {purpose} ({mode})", "由 {staff} 联系：{purpose}（{mode}）"),
    "contact.answered": Sentence("answered {staff} ({purpose})", "回了 {staff}（{purpose}）"),
    "service_chat.opened": Sentence("waits for an answer by {channel}", "{channel}来咨询，等回复"),
    "service_chat.taken": Sentence(
        "is looked after by {staff}[ after {waited_seconds:span}]", "由 {staff} 接待[，等了 {waited_seconds:span}]"
    ),
    "service_chat.closed": Sentence("ended a conversation: {outcome:chat_end}", "咨询结束：{outcome:chat_end}"),
    "nurture.begun": Sentence(
        "is accompanied by {staff}[ towards {product}][ until {until}]",
        "由 {staff} 开始陪伴[（{product}）][，至 {until}]",
    ),
    "nurture.step_done": Sentence("came a step on: {act}[ ({staff})]", "陪伴第 {ordinal} 步：{act}[（{staff}）]"),
    "nurture.ended": Sentence("is no longer accompanied: {outcome:nurture_end}", "陪伴结束：{outcome:nurture_end}"),
    "live_sale.opened": Sentence(
        "The live sale {live_sale} is on[, by {staff}]", "直播「{live_sale}」开播[（{staff}）]"
    ),
    "live_sale.item_shown": Sentence("{live_sale} shows {product}", "直播「{live_sale}」上到「{product}」"),
    "live_sale.watched": Sentence("watched {live_sale}[ for {seconds:span}]", "看直播「{live_sale}」[ {seconds:span}]"),
    "live_sale.ended": Sentence(
        "The live sale {live_sale} is over[, {watchers:n} watched][, {orders:n order|orders}]",
        "直播「{live_sale}」结束[，{watchers:n} 人看][，{orders:n} 单]",
    ),
    # journeys
    "promotion.opened": Sentence(
        "The promotion {promotion} is on ({promotion_kind})[, until {ends}]",
        "促销「{promotion}」开始（{promotion_kind}）[，{ends} 止]",
    ),
    "promotion.closed": Sentence(
        "The promotion {promotion} is over[ ({reason:promotion_end})][, {spent_fen:fen} spent]",
        "促销「{promotion}」结束[（{reason:promotion_end}）][，花费 {spent_fen:fen}]",
    ),
    "journey.started": Sentence("The journey {journey} runs", "旅程「{journey}」上线"),
    "journey.stopped": Sentence("The journey {journey} was stopped", "旅程「{journey}」停用"),
    "journey.entered": Sentence("began the journey {journey}", "进入旅程「{journey}」"),
    "journey.step_taken": Sentence(
        "came to step {ordinal} of {journey}: {act}", "旅程「{journey}」第 {ordinal} 步：{act}"
    ),
    "journey.left": Sentence(
        "left the journey {journey}: {outcome:journey_end}", "离开旅程「{journey}」：{outcome:journey_end}"
    ),
    # club
    "fund.paid_in": Sentence(
        "paid {amount_fen:fen} into the fund of {community}", "向「{community}」公共基金缴 {amount_fen:fen}"
    ),
    "fund.spent": Sentence(
        "The fund of {community} paid {amount_fen:fen}: {spending_kind}",
        "「{community}」基金支出 {amount_fen:fen}：{spending_kind}",
    ),
    "fund.reported": Sentence(
        "The fund of {community} showed its books for {day}: {in_fen:fen} in, {out_fen:fen} out, {left_fen:fen} left",
        "「{community}」基金公示（{day}）：收 {in_fen:fen}，支 {out_fen:fen}，余 {left_fen:fen}",
    ),
    "negotiation.opened": Sentence(
        "{community} goes to a dealer together[: {partner}]", "「{community}」发起集体协商[（{partner}）]"
    ),
    "negotiation.joined": Sentence("joined a negotiation", "加入集体协商"),
    "negotiation.moved": Sentence(
        "The negotiation moved: {outcome:negotiation}[, {people:n person|people}]",
        "集体协商：{outcome:negotiation}[，{people:n} 人]",
    ),
    # partners
    "partner.joined": Sentence("{partner} became a partner ({partner_kind})", "{partner} 成为{partner_kind}"),
    "partner.left": Sentence("{partner} is no longer a partner", "与 {partner} 结束合作"),
    "sponsorship.agreed": Sentence(
        "{partner} sponsors {amount_fen:fen} for {deliverables:n deliverable|deliverables}[ ({community})]",
        "{partner} 赞助 {amount_fen:fen}，{deliverables:n} 项交付[（{community}）]",
    ),
    "deliverable.done": Sentence(
        "Part {ordinal} of {sponsorship} was delivered[, reaching {reached:n person|people}]",
        "「{sponsorship}」第 {ordinal} 项已交付[，触达 {reached:n} 人]",
    ),
    "deliverable.missed": Sentence(
        "Part {ordinal} of {sponsorship} was not delivered in time", "「{sponsorship}」第 {ordinal} 项逾期"
    ),
    "sponsorship.proved": Sentence(
        "{partner} got the report of {sponsorship}: {reached:n person|people} reached",
        "{partner} 收到「{sponsorship}」结案报告，触达 {reached:n} 人",
    ),
    "recommendation.agreed": Sentence(
        "Goods of {partner} are recommended for a share of {rate:bp}[ ({product})]",
        "推荐 {partner} 的好物，分成 {rate:bp}[（{product}）]",
    ),
    "recommendation.earned": Sentence(
        "{partner} owes {amount_fen:fen} for a recommended sale of {base_fen:fen}",
        "{partner} 带货分成 {amount_fen:fen}（成交 {base_fen:fen}）",
    ),
}
