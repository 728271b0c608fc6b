"""What a notice of training rests on: the law everywhere, a local notice only at its place."""

from __future__ import annotations

import pytest

from tracker.workflows.trainings.papers import basis_at

LAW = "《中华人民共和国统计法》"


@pytest.mark.parametrize(
    ("place", "notice"),
    [
        ("150602000000", "鄂尔多斯市人民政府办公室2022年7月1日通知"),
        ("220102000000", "吉政办函〔2022〕82号第七部分"),
        ("500107000000", "渝府办发〔2020〕91号第四部分"),
    ],
)
def test_a_local_notice_is_named_at_its_place(place, notice):
    assert basis_at(place).startswith(LAW)
    assert notice in basis_at(place)


def test_elsewhere_the_law_stands_alone():
    # Hohhot lies in the same region as Ordos, whose notice does not hold there.
    assert basis_at("150102000000") == basis_at("440100000000") == LAW
