"""Said by goods (货品): products as nouns, their versions, their use, and what their makers hear and answer."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import About, MakerId, OfferId, ProductId


@fact("product.named", key=("product",), step="sell")
class ProductNamed(Fact):
    """A product entered the record (商品): by hand, or because an order or a shop's export told of it."""

    product: ProductId
    via: Code
    category: Code = ""
    maker: MakerId = 0


@fact("product.matched", key=("place", "outside", "occurrence"), step="house", lane="bulk", subject="product")
class ProductMatched(Fact):
    """A shop's own product number was found to mean this product (entry's place = the shop)."""

    outside: Code
    product: ProductId
    by: Code
    occurrence: int = 1


@fact("product.released", key=("product", "product_version"), step="sell")
class ProductReleased(Fact):
    """A new version came out; release notes go to those who asked for it (迭代). `answered` counts their wishes."""

    product: ProductId
    product_version: Code
    answered: int = 0


@fact("product.retired", key=("product", "occurrence"), step="sell")
class ProductRetired(Fact):
    """A product is no longer made or carried."""

    product: ProductId
    occurrence: int = 1


@fact("product.used", key=("use",), step="give", lane="bulk", subject="product", quiet=True)
class ProductUsed(Fact):
    """A person used a product (使用, implicit feedback): told by the product itself, a visit, or the person."""

    use: Code
    product: ProductId
    product_version: Code = ""
    act: Code = ""
    seconds: int = 0


@fact("product.viewed", key=("view",), step="sell", lane="bulk", subject="product", quiet=True)
class ProductViewed(Fact):
    """A person looked at a product on a page of ours: a sign of need (浏览)."""

    view: int
    product: ProductId
    offer: OfferId = 0
    seconds: int = 0


@fact("feedback.passed", key=("feedback",), step="give", subject="product")
class FeedbackPassed(Fact):
    """What members said or did was laid before the product's maker (反馈给产品): an idea, review, return."""

    feedback: int
    product: ProductId
    about_kind: Code
    about: About
    product_version: Code = ""


@fact("feedback.answered", key=("feedback", "occurrence"), step="give", subject="product")
class FeedbackAnswered(Fact):
    """The maker decided on feedback: will do, done in a version, will not, needs to know more."""

    feedback: int
    product: ProductId
    decision: Code
    product_version: Code = ""
    occurrence: int = 1
