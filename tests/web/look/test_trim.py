"""Trimming keeps exactly the rules our classes can reach."""

from __future__ import annotations

from tongpin.web.look.trim import trim

KEEP = frozenset({"btn", "card"})


def test_rules_of_other_classes_go_and_plain_elements_stay() -> None:
    sheet = (
        '@charset "UTF-8";/* old */body{margin:0}.btn,.navbar .btn,.card:hover{a:b}.navbar{c:d}.btn:not(.btn-x){e:f}'
    )
    assert trim(sheet, keep=KEEP) == "body{margin:0}\n.btn,.card:hover{a:b}\n.btn:not(.btn-x){e:f}"


def test_braces_and_commas_inside_strings_and_brackets_are_no_borders() -> None:
    sheet = ".btn{background:url(\"data:a;b{}\")}:is(.card,.x){a:b}.btn[title='}']{c:d}"
    assert trim(sheet, keep=KEEP) == ".btn{background:url(\"data:a;b{}\")}\n.btn[title='}']{c:d}"


def test_empty_media_go_and_frames_nobody_names_go_too() -> None:
    sheet = (
        "@media (min-width:1px){.card{a:b}.x{c:d}}@media print{.x{c:d}}"
        "@keyframes spin{0%{a:b}to{c:d}}@keyframes rise{to{c:d}}.btn{animation:rise 1s}.x{animation:spin 1s}"
    )
    assert trim(sheet, keep=KEEP) == (
        "@media (min-width:1px){.card{a:b}}\n@keyframes rise{to{c:d}}\n.btn{animation:rise 1s}"
    )
