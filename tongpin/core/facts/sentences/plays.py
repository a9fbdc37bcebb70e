"""Sentences of the plays 玩法: group buy, collective order, bargain, joint offer, limited sale, presale."""

from __future__ import annotations

from tongpin.core.facts.sentences.grammar import Sentence

SENTENCES: dict[str, Sentence] = {
    "group_buy.opened": Sentence(
        "opened a group of {seats} for {product}, {price_fen:fen} each",
        "开「{product}」{seats} 人团，每份 {price_fen:fen}",
    ),
    "group_buy.joined": Sentence(
        "joined the group {group_buy}[, {missing} missing][!missing:, the last seat]",
        "参团「{group_buy}」[，还差 {missing} 人][!missing:，最后一席]",
    ),
    "group_buy.left": Sentence("gave up a seat in the group {group_buy}", "退出拼团「{group_buy}」"),
    "group_buy.filled": Sentence("has a full group of {seats}: {product}", "「{product}」{seats} 人团拼成"),
    "group_buy.failed": Sentence(
        "had a group fail with {joined} of {seats}: {product}", "「{product}」没拼成（{joined}/{seats}），全额退款"
    ),
    "supplier.asked": Sentence("{supplier} was asked for a price of {product}", "向 {supplier} 询价「{product}」"),
    "supplier.quoted": Sentence(
        "{supplier} offers {product} at {unit_fen:fen} from {from_quantity:n} on",
        "{supplier} 报价「{product}」{unit_fen:fen}，{from_quantity:n} 件起",
    ),
    "collective.opened": Sentence(
        "A collective order is open: {product}, from {minimum:n} on, until {ends}",
        "接龙「{product}」开始，{minimum:n} 起订，{ends} 截止",
    ),
    "collective.joined": Sentence(
        "[?quantity:is in with {quantity:n}, {together:n} together][!quantity:stepped out of {collective}]",
        "[?quantity:接龙「{collective}」{quantity:n} 份，共 {together:n} 份][!quantity:退出接龙「{collective}」]",
    ),
    "collective.tier_reached": Sentence(
        "{collective} reached tier {tier}: {unit_fen:fen} for all",
        "接龙「{collective}」到第 {tier} 档，全体 {unit_fen:fen}",
    ),
    "collective.closed": Sentence(
        "{collective} is closed with {together:n} for {households:n household|households}"
        "[?reached: at {unit_fen:fen}][!reached:, below the minimum]",
        "接龙「{collective}」截单：{households:n} 家 {together:n} 份[?reached:，定价 {unit_fen:fen}]"
        "[!reached:，没到起订量]",
    ),
    "supply.ordered": Sentence(
        "{quantity:n} × {product} were ordered from {supplier}, {payable_fen:fen}",
        "向 {supplier} 订「{product}」{quantity:n} 件，应付 {payable_fen:fen}",
    ),
    "supply.received": Sentence(
        "{quantity:n} × {product} came from {supplier}[, {spoilt:n} spoilt]",
        "{supplier} 的「{product}」到货 {quantity:n} 件[，坏 {spoilt:n} 件]",
    ),
    "collective.handed_over": Sentence(
        "has their {quantity:n} of {collective}", "领到接龙「{collective}」{quantity:n} 份"
    ),
    "bargain.started": Sentence(
        "began a bargain for {product}: {start_fen:fen} → {floor_fen:fen}",
        "发起砍价「{product}」：{start_fen:fen} → {floor_fen:fen}",
    ),
    "bargain.helped": Sentence(
        "cut {cut_fen:fen} for {starter}, now {price_fen:fen}", "帮 {starter} 砍了 {cut_fen:fen}，现价 {price_fen:fen}"
    ),
    "bargain.reached": Sentence(
        "is at the floor for {product}: {price_fen:fen}", "「{product}」砍到底价 {price_fen:fen}"
    ),
    "bargain.bought": Sentence(
        "bought {product} from the bargain at {price_fen:fen}", "砍价买下「{product}」，{price_fen:fen}"
    ),
    "bargain.expired": Sentence(
        "let a bargain for {product} run out at {price_fen:fen}", "「{product}」砍价到期，停在 {price_fen:fen}"
    ),
    "joint_offer.opened": Sentence(
        "wants it at {price_fen:fen} with {needed:n other|others}: {joint_offer}",
        "发起联名出价「{joint_offer}」：{price_fen:fen}，满 {needed:n} 份",
    ),
    "joint_offer.joined": Sentence(
        "[?quantity:wants {joint_offer} too, {together:n} together][!quantity:no longer wants {joint_offer}]",
        "[?quantity:加入联名「{joint_offer}」，共 {together:n} 份][!quantity:退出联名「{joint_offer}」]",
    ),
    "joint_offer.laid_before": Sentence(
        "{joint_offer} was laid before the merchant[ {partner}]: {together:n} at {price_fen:fen}",
        "联名「{joint_offer}」递给商家[ {partner}]：{together:n} 份，{price_fen:fen}",
    ),
    "joint_offer.answered": Sentence(
        "The merchant answered {joint_offer}: {answer:merchant_answer}[, {price_fen:fen}]",
        "商家回应联名「{joint_offer}」：{answer:merchant_answer}[，{price_fen:fen}]",
    ),
    "joint_offer.lapsed": Sentence(
        "{joint_offer} lapsed with {together:n} of {needed:n}", "联名「{joint_offer}」未成（{together:n}/{needed:n}）"
    ),
    "flash.opened": Sentence(
        "{limit:n} × {product} at {price_fen:fen} until {ends}",
        "限量「{product}」{limit:n} 件，{price_fen:fen}，{ends} 止",
    ),
    "flash.reserved": Sentence(
        "holds {quantity:n} of {flash}[ until {held_until}]",
        "占到限量「{flash}」{quantity:n} 件[，保留到 {held_until}]",
    ),
    "flash.released": Sentence("let {quantity:n} of {flash} go", "放弃限量「{flash}」{quantity:n} 件"),
    "flash.bought": Sentence("bought {quantity:n} of {flash}", "抢到限量「{flash}」{quantity:n} 件"),
    "flash.closed": Sentence(
        "{flash} is over: {sold:n} of {limit:n} sold", "限量「{flash}」结束，售出 {sold:n}/{limit:n}"
    ),
    "presale.opened": Sentence(
        "{product} can be ordered ahead: {deposit_fen:fen} of {price_fen:fen} now",
        "「{product}」预售：定金 {deposit_fen:fen}，全价 {price_fen:fen}",
    ),
    "presale.joined": Sentence(
        "paid a deposit of {deposit_fen:fen} for {presale}", "付「{presale}」定金 {deposit_fen:fen}"
    ),
    "presale.balance_asked": Sentence("The rest for {presale} is due on {due}", "「{presale}」可付尾款，{due} 截止"),
    "presale.left": Sentence(
        "stepped back from {presale} ({reason:presale_end})[, {returned_fen:fen} back]",
        "退出预售「{presale}」（{reason:presale_end}）[，退 {returned_fen:fen}]",
    ),
    "presale.closed": Sentence(
        "The presale of {product} closed with {joined:n}: [?reached:it goes ahead][!reached:too few]",
        "「{product}」预售结束，{joined:n} 人，[?reached:如期发货][!reached:人数不够，全退]",
    ),
}
