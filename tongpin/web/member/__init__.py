"""Pages for members (会员页), on a phone inside WeChat or in any browser: forms that work without JavaScript."""
