"""What a table is, what each column means, and when it is refused."""

from __future__ import annotations

import msgspec
import pytest

from tongpin.channels.sheet.meaning import Meaning as M
from tongpin.channels.sheet.reading import open_file
from tongpin.channels.sheet.recognise import MappingProblem, recognise, recognise_file
from tongpin.channels.sheet.recognised import Recognised
from tongpin.channels.sheet.sample import take_sample
from tongpin.channels.sheet.titles import fingerprint, fold_title, numbered


def _meanings(found: Recognised) -> dict[str, M]:
    return {column.title: column.meaning for column in found.columns if column.meaning is not M.IGNORE}


def test_a_preamble_before_the_header_is_passed_over(write_csv):
    preamble = [
        ["微信支付账单明细"],
        ["微信昵称：[小美]"],
        ["起始时间：[2026-01-01 00:00:00]"],
        [],
        ["共2笔记录"],
        ["----"],
    ]
    titles = [
        "交易时间",
        "交易类型",
        "交易对方",
        "商品",
        "收/支",
        "金额(元)",
        "支付方式",
        "当前状态",
        "交易单号",
        "商户单号",
        "备注",
    ]
    row = [
        "2026-01-02 10:00:00",
        "二维码收款",
        "林老师",
        "/",
        "收入",
        "¥23.50",
        "/",
        "已收钱",
        "1000500001\t",
        "\t",
        "/",
    ]
    found = recognise_file(write_csv([*preamble, titles, row], encoding="gb18030"))
    assert (found.layout, found.header_row, found.importable, found.confidence) == ("wechat.bill", 7, True, 1.0)


def test_columns_are_described_for_the_person_who_confirms(write_csv):
    titles = [
        "订单编号",
        "买家会员名",
        "买家实际支付金额",
        "收货人姓名",
        "收货地址 ",
        "联系手机",
        "订单创建时间",
        "订单付款时间 ",
        "新栏目",
    ]
    row = [
        "\t2610223374120",
        "mei_1",
        "89.00",
        "郑*心",
        "浙江省 杭州市",
        "'136****3308",
        "2026/10/22 12:04",
        "2026/10/22 12:05",
        "?",
    ]
    found = recognise_file(write_csv([titles, row]))
    assert [(c.title, c.meaning.value, c.certainty, c.note) for c in found.columns] == [
        ("订单编号", "order_number", "sure", "strips_marks"),
        ("买家会员名", "shop_account", "sure", ""),
        ("买家实际支付金额", "net_amount", "sure", "net_of_refunds"),
        ("收货人姓名", "receiver_name", "sure", "hidden"),
        ("收货地址", "address", "sure", "encrypted"),
        ("联系手机", "receiver_phone", "sure", "masked"),
        ("订单创建时间", "created_at", "sure", "local_time"),
        ("订单付款时间", "paid_at", "sure", "local_time"),
        ("新栏目", "ignore", "ignored", "unknown_title"),
    ]
    assert found.columns[0].sample == "\t2610223374120"
    assert found.confidence == 0.89
    assert [column.sample for column in found.without_samples().columns] == [""] * 9


def test_of_two_columns_with_one_title_the_filled_one_is_taken_and_asked_about(write_csv):
    titles = ["订单号", "订单实付金额", "全部商品名称", "买家付款时间", "分销员", "分销员"]
    found = recognise_file(write_csv([titles, ["E1", "89.00", "绘本", "2026-10-22 12:04:00", "", "阿强"]]))
    assert [(c.title, c.meaning, c.certainty, c.note) for c in found.columns[4:]] == [
        ("分销员", M.IGNORE, "ignored", "same_title"),
        ("分销员#2", M.SALESPERSON, "ask", "same_title_first"),
    ]
    empty = recognise_file(write_csv([titles, ["E1", "89.00", "绘本", "2026-10-22 12:04:00", "", ""]]))
    assert [(c.title, c.meaning) for c in empty.columns[4:]] == [("分销员", M.SALESPERSON), ("分销员#2", M.IGNORE)]


def test_a_header_decides_not_its_order_width_or_marks(write_csv):
    titles = ["下单人", "跟团号", "商品", "订单金额", "支付时间", "订单状态", "联系电话"]
    found = recognise_file(
        write_csv([titles, ["小美", "1", "绘本", "89.00", "2026-10-22 12:04", "已发货", "13800138000"]])
    )
    assert found.layout == "kuaituantuan.orders"
    assert fold_title("商品实际成交金额（元）") == fold_title(" 商品 实际成交金额(元) ")


@pytest.mark.parametrize(
    ("titles", "row", "kind", "meanings"),
    [
        (
            ["下单日期", "客户", "手机号", "商品", "数量", "实付金额"],
            ["2026-10-22", "小美", "13800138000", "绘本", "2", "89.00"],
            "orders",
            {
                "下单日期": M.CREATED_AT,
                "客户": M.NAME,
                "手机号": M.PHONE,
                "商品": M.PRODUCT_TITLE,
                "数量": M.QUANTITY,
                "实付金额": M.PAID_AMOUNT,
            },
        ),
        (
            ["Order ID", "Email", "Order Date", "Total"],
            ["1001", "mei@example.com", "2026-10-22", "89.00"],
            "orders",
            {"Order ID": M.ORDER_NUMBER, "Email": M.MAIL, "Order Date": M.CREATED_AT, "Total": M.PAID_AMOUNT},
        ),
        (
            ["order_number", "sku", "product", "quantity", "unit_price"],
            ["1001", "S1", "book", "2", "44.50"],
            "items",
            {
                "order_number": M.ORDER_NUMBER,
                "sku": M.SKU,
                "product": M.PRODUCT_TITLE,
                "quantity": M.QUANTITY,
                "unit_price": M.UNIT_PRICE,
            },
        ),
        (
            ["姓名", "手机", "生日", "标签", "累计消费"],
            ["小美", "13800138000", "1990-05-12", "老客", "890.00"],
            "customers",
            {"姓名": M.NAME, "手机": M.PHONE, "生日": M.BIRTHDAY, "标签": M.TAGS, "累计消费": M.TOTAL_SPENT},
        ),
        (["手机号"], ["13800138000"], "customers", {"手机号": M.PHONE}),
        (
            ["会员号", "昵称", "消费金额", "消费次数", "注册时间"],
            ["8001", "小美", "890.00", "7", "2020-01-01"],
            "customers",
            {
                "会员号": M.SHOP_ACCOUNT,
                "昵称": M.NICKNAME,
                "消费金额": M.TOTAL_SPENT,
                "消费次数": M.ORDER_COUNT,
                "注册时间": M.BECAME_CUSTOMER_AT,
            },
        ),
        (
            ["券号", "门店", "套餐", "验券时间", "售价", "结算价", "手机号"],
            ["017097773783", "一店", "双人餐", "2026-06-20 13:03:16", "95.00", "87.40", "138****2716"],
            "vouchers",
            {
                "券号": M.VOUCHER_CODE,
                "门店": M.STORE,
                "套餐": M.PRODUCT_TITLE,
                "验券时间": M.REDEEMED_AT,
                "售价": M.PAID_AMOUNT,
                "结算价": M.SETTLE_AMOUNT,
                "手机号": M.PHONE,
            },
        ),
        (
            ["交易时间", "交易单号", "交易对方", "收支", "金额"],
            ["2026-10-22 12:04", "T1", "小美", "收入", "89.00"],
            "bills",
            {
                "交易时间": M.PAID_AT,
                "交易单号": M.TRANSACTION_NUMBER,
                "交易对方": M.COUNTERPARTY,
                "收支": M.DIRECTION,
                "金额": M.AMOUNT,
            },
        ),
    ],
)
def test_plain_words_are_enough(titles, row, kind, meanings, write_csv):
    found = recognise_file(write_csv([titles, row]))
    assert (found.layout, found.kind, found.importable, found.reason) == ("", kind, True, "")
    assert _meanings(found) == meanings


def test_a_number_that_comes_back_makes_lines_and_its_amount_is_judged_by_the_cells(write_csv):
    titles = ["订单号", "日期", "商品", "数量", "单价", "金额"]
    lines = [["A1", "2026-10-22", "绘本", "2", "10.00", "20.00"], ["A1", "2026-10-22", "贴纸", "3", "1.00", "3.00"]]
    by_line = recognise_file(write_csv([titles, *lines]))
    assert (by_line.kind, _meanings(by_line)["金额"]) == ("items", M.LINE_AMOUNT)
    whole = [[*line[:5], "23.00"] for line in lines]
    by_order = recognise_file(write_csv([titles, *whole]))
    assert (by_order.kind, _meanings(by_order)["金额"]) == ("items", M.PAID_AMOUNT)
    once = recognise_file(write_csv([titles, lines[0]]))
    assert once.kind == "orders"


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        (["交易日期", "摘要", "借方发生额", "贷方发生额", "账户余额", "对方户名"], "ledger"),
        (
            ["记账时间", "微信支付业务单号", "资金流水单号", "业务类型", "收支类型", "收支金额(元)", "账户结余(元)"],
            "ledger",
        ),
        (["Date", "Description", "Debit", "Credit", "Balance"], "ledger"),
        (["动账时间", "动帐流水号", "动账方向", "动账金额", "子订单号", "订单号"], "settlement"),
        (["结算时间", "订单号", "子订单号", "结算金额", "结算账户", "结算单类型"], "settlement"),
        (["商品id", "商品名称", "价格", "库存", "上架时间"], "products"),
        (["SKU", "Title", "Price", "Inventory"], "products"),
        (["订单号", "收货人", "收货地址", "快递公司", "快递单号"], "logistics"),
        (["运单号", "收件人", "联系电话", "发货时间"], "logistics"),
        (["localId", "TalkerId", "Type", "StrContent", "StrTime"], "chat"),
    ],
)
def test_a_table_that_is_no_order_is_named_and_not_taken(titles, kind, write_csv):
    found = recognise_file(write_csv([titles, ["1"] * len(titles)]))
    assert (found.kind, found.importable, found.columns != ()) == (kind, False, True)
    assert found.reason == ("chat_export" if kind == "chat" else kind)
    # Nor because somebody says so.
    assert not recognise_file(write_csv([titles, ["1"] * len(titles)]), as_kind="orders").importable


def test_columns_without_a_header_are_read_when_they_are_plain(tmp_path):
    path = tmp_path / "cdnow.txt"
    lines = ["00007 0001 19970101  2   29.33", "00007 0001 19970118  1   14.96", "00021 0002 19970101  5   63.34"]
    path.write_text("".join(f" {line}\r\n" for line in lines), encoding="ascii", newline="")
    found = recognise_file(path)
    assert (found.kind, found.header_row, found.importable) == ("orders", 0, True)
    assert [(c.title, c.meaning, c.certainty) for c in found.columns] == [
        ("#1", M.SHOP_ACCOUNT, "guess"),
        ("#2", M.IGNORE, "ignored"),
        ("#3", M.PAID_AT, "guess"),
        ("#4", M.QUANTITY, "guess"),
        ("#5", M.PAID_AMOUNT, "guess"),
    ]


@pytest.mark.parametrize(
    ("rows", "meanings"),
    [
        ([["13800138000", "小美"], ["13900139000", "阿强"]], [M.PHONE, M.NAME]),
        ([["mei@example.com"], ["li@example.com"]], [M.MAIL]),
        ([["A1", "2026-10-22", "89.00"], ["A2", "2026-10-23", "9.00"]], [M.ORDER_NUMBER, M.PAID_AT, M.PAID_AMOUNT]),
    ],
)
def test_other_plain_columns_without_a_header(rows, meanings, write_csv):
    found = recognise_file(write_csv(rows))
    assert ([column.meaning for column in found.columns], found.importable) == (meanings, True)


@pytest.mark.parametrize(
    "rows",
    [
        [["1.00", "2.00", "2026-10-22", "A1"], ["3.00", "4.00", "2026-10-23", "A2"]],  # which sum?
        [["甲", "乙"], ["丙", "丁"]],
        [["1", "2"], ["3", "4"]],
    ],
)
def test_columns_without_a_header_that_could_mean_several_things_are_refused(rows, write_csv):
    found = recognise_file(write_csv(rows))
    assert (found.kind, found.importable, found.reason) == ("unknown", False, "header_not_found")
    assert len(found.columns) == len(rows[0])


def test_a_mapping_by_column_number_opens_a_table_without_a_header(write_csv):
    path = write_csv([["1.00", "2.00", "2026-10-22", "A1"], ["3.00", "4.00", "2026-10-23", "A2"]])
    found = recognise_file(path, as_kind="orders", mapping={1: "paid_amount", 2: "paid_at", "#4": "order_number"})
    assert (found.importable, found.kind) == (True, "orders")
    assert [column.meaning for column in found.columns] == [M.IGNORE, M.PAID_AMOUNT, M.PAID_AT, M.ORDER_NUMBER]


def test_a_header_of_unknown_words_is_shown_and_a_mapping_by_its_titles_is_enough(write_csv):
    path = write_csv([["代号", "哪天", "多少"], ["u7", "2026-10-22", "89.00"], ["u8", "2026-10-23", "9.00"]])
    unknown = recognise_file(path)
    assert (unknown.header_row, unknown.reason, [c.title for c in unknown.columns]) == (
        1,
        "kind_unclear",
        ["代号", "哪天", "多少"],
    )
    mapping = {"代号": "shop_account", "哪天": "paid_at", "多少": "paid_amount"}
    found = recognise_file(path, as_kind="orders", mapping=mapping)
    assert (found.header_row, found.importable, found.fingerprint) == (1, True, unknown.fingerprint)


def test_a_person_may_say_which_row_is_the_header_or_that_there_is_none(write_csv):
    path = write_csv([["甲", "乙"], ["代号", "电话"], ["u7", "13800138000"]])
    found = recognise_file(path, header_row=2, as_kind="customers")
    assert (found.importable, [c.meaning for c in found.columns]) == (True, [M.IGNORE, M.PHONE])
    bare = recognise_file(write_csv([["电话"], ["手机"]]), header_row=0)
    assert (bare.header_row, bare.reason) == (0, "header_not_found")


def test_a_mapping_wins_over_what_was_found(write_csv):
    path = write_csv([["订单号", "金额", "日期", "代号"], ["A1", "89.00", "2026-10-22", "u7"]])
    found = recognise_file(path, mapping={"代号": "shop_account", "金额": "payable"})
    assert _meanings(found) == {
        "订单号": M.ORDER_NUMBER,
        "金额": M.PAYABLE,
        "日期": M.CREATED_AT,
        "代号": M.SHOP_ACCOUNT,
    }


@pytest.mark.parametrize("mapping", [{"没有": "phone"}, {"订单号": "nonsense"}, {9: "phone"}])
def test_a_mapping_to_nowhere_is_an_error_that_names_it(mapping, write_csv):
    with pytest.raises(MappingProblem) as problem:
        recognise_file(write_csv([["订单号", "金额", "日期"], ["A1", "1", "2026-10-22"]]), mapping=mapping)
    assert problem.value.key == str(next(iter(mapping)))


def test_a_mapping_is_remembered_under_the_set_of_columns():
    assert fingerprint(["订单号", "金额（元）", "备注"]) == fingerprint(["备注 ", "订单号", "金额(元)"])
    assert fingerprint(["订单号", "备注"]) != fingerprint(["订单号", "备注", "备注"])
    assert numbered(["分销员", "", "分销员"]) == ("分销员", "#2", "分销员#2")


def test_two_layouts_that_fit_equally_well_are_not_chosen_between(write_csv):
    titles = ["跟团号", "下单人", "商品", "客户手机号", "客户姓名", "客户积分"]
    path = write_csv([titles, ["1", "小美", "绘本", "13800138000", "王小美", "120"]])
    tie = recognise_file(path)
    assert (tie.importable, {tie.layout, *tie.rivals}) == (False, {"kuaituantuan.orders", "youzan.customers"})
    chosen = recognise_file(path, as_kind="customers")
    assert (chosen.layout, chosen.importable, chosen.rivals) == ("youzan.customers", True, ())


def test_missing_columns_are_named(write_csv):
    found = recognise_file(write_csv([["订单号", "订单状态", "备注"], ["A1", "已发货", ""]]), as_kind="orders")
    assert (found.importable, found.reason, len(found.missing)) == (False, "columns_missing", 2)
    assert M.PAID_AT in found.missing[0]
    assert M.PAID_AMOUNT in found.missing[1]


def test_words_that_make_no_kind_of_table_are_not_guessed_at(write_csv):
    found = recognise_file(write_csv([["门店", "性别", "数量"], ["一店", "女", "3"]]))
    assert (found.kind, found.importable, found.reason) == ("unknown", False, "kind_unclear")


def test_an_account_number_alone_makes_no_list_of_customers_unless_somebody_says_so(write_csv):
    path = write_csv([["User_id", "Coupon", "Discount_rate"], ["1001", "77", "0.9"], ["1002", "78", "0.8"]])
    assert recognise_file(path).reason == "kind_unclear"
    assert recognise_file(path, as_kind="customers").importable


def test_month_or_day_first_is_asked_unless_a_cell_proves_it(write_csv):
    titles = ["Order ID", "Email", "Order Date", "Total"]
    unclear = write_csv([titles, ["1", "a@example.com", "03/04/2026", "9.00"]])
    found = recognise_file(unclear)
    assert (found.importable, found.reason) == (False, "date_order_unclear")
    assert (found.columns[2].certainty, found.columns[2].note) == ("ask", "date_order")
    assert recognise_file(unclear, date_order="dmy").columns[2].date_order == "dmy"
    rows = [[str(n), "a@example.com", "12/1/2010 8:26", "9.00"] for n in range(900)]
    proved = recognise_file(write_csv([titles, *rows, ["900", "a@example.com", "12/13/2010 9:00", "9.00"]]))
    assert (proved.importable, proved.columns[2].date_order) == (True, "mdy")


def test_ids_that_a_spreadsheet_destroyed_are_pointed_out(write_csv):
    titles = ["订单号", "日期", "金额"]
    damaged = recognise_file(write_csv([titles, ["2.61022E+12", "2026-10-22", "9.00"], ["A2", "2026-10-22", "9.00"]]))
    assert damaged.columns[0].note == "ids_damaged"
    rounded = [[f"26102233741201{n}0000", "2026-10-22", "9.00"] for n in range(3)]
    assert recognise_file(write_csv([titles, *rounded])).columns[0].note == "ids_rounded"


def test_who_says_orders_also_means_a_file_with_a_row_for_each_article(write_csv):
    titles = [
        "订单号",
        "商品ID",
        "商品名称",
        "订购数量",
        "下单时间",
        "京东价",
        "订单金额",
        "应付金额",
        "订单状态",
        "下单帐号",
    ]
    row = ["1", "2", "绘本", "1", "2026-10-22 12:04:00", "89.00", "89.00", "89.00", "完成", "jd_mei"]
    found = recognise_file(write_csv([titles, row]), as_kind="orders")
    assert (found.layout, found.kind, found.importable) == ("jd.orders", "items", True)


def test_of_a_workbook_the_sheet_that_is_a_table_is_taken(write_xlsx):
    orders = [["订单号", "日期", "实付金额"], ["A1", "2026-10-22", 89.0]]
    found = recognise_file(write_xlsx([["说明"], ["请看第二页"]], orders, names=["说明", "订单"]))
    assert (found.opened.sheet, found.kind, found.importable) == ("订单", "orders", True)


def test_a_header_without_rows_is_empty(write_csv):
    found = recognise_file(write_csv([["订单号", "日期", "实付金额"]]))
    assert (found.importable, found.reason) == (False, "table_empty")


def test_json_and_running_text_are_no_tables(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"messages": [1]}')
    assert recognise_file(path).reason == "not_a_table"
    path.write_text("今天天气很好\n我们去了公园\n", encoding="utf-8")
    assert not recognise_file(path).importable


def test_the_answer_can_be_stored_and_read_back(write_csv):
    found = recognise_file(write_csv([["订单号", "日期", "实付金额"], ["A1", "2026-10-22", "89.00"]]))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Recognised) == found


def test_a_line_of_ten_thousand_columns_is_no_header(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(",".join(["手机号", "姓名"] * 5000) + "\n" + "手机号,姓名\n13800138000,小美\n", encoding="utf-8")
    sample = take_sample(open_file(path))
    assert recognise(sample).header_row == 2


def test_a_currency_is_known_where_signs_name_it(write_csv):
    titles = ["订单号", "日期", "实付金额"]
    assert recognise_file(write_csv([titles, ["A1", "2026-10-22", "£89.00"]])).currency == "GBP"
    assert recognise_file(write_csv([titles, ["A1", "2026-10-22", "89.00"]])).currency is None
    assert (
        recognise_file(write_csv([["订单号", "日期", "实付金额(元)"], ["A1", "2026-10-22", "89.00"]])).currency == "CNY"
    )
