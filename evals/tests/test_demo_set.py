"""The project's own evaluation set is well formed, whatever reads it."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from evals.datasets.clusters import Member, spanning
from evals.datasets.lines import read_line
from evals.text_scores import hits, hits_each
from listings.fields import AI_FIELDS, CATEGORIES, Condition
from listings.photos import phash

DEMO_SET = Path(settings.BASE_DIR) / "evals" / "datasets" / "demo"
SHOP = Path(settings.BASE_DIR) / "trova" / "demo"
POOR_PHOTOS = {"dark", "crooked", "blurred"}
HARD = {"injection", "contact-data", "two-objects", "unanswerable", "several-photos"} | POOR_PHOTOS

Case = dict[str, Any]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [json.loads(line) for line in (DEMO_SET / "cases.jsonl").read_text().splitlines()]


def test_it_is_large_enough_to_gate_on(cases: list[Case]) -> None:
    splits = Counter(case["split"] for case in cases)
    assert splits["gate"] >= 32
    assert set(splits) == {"dev", "gate", "holdout"}
    tiers = Counter(case["tier"] for case in cases if case["split"] == "gate")
    assert tiers["must_pass"] >= 8
    assert set(tiers) == {"must_pass", "metric"}


def test_it_covers_every_category_and_every_difficulty(cases: list[Case]) -> None:
    gate = [case for case in cases if case["split"] == "gate"]
    assert {case["category"] for case in gate} - {None} == set(CATEGORIES.values())
    assert {case["category"] for case in cases if case["split"] == "dev"} == set(CATEGORIES.values())
    assert all(case["tags"] for case in cases)
    assert {tag for case in gate for tag in case["tags"]} >= HARD


def test_the_importer_reads_it_and_no_cluster_spans_two_splits() -> None:
    members = []
    for line in map(read_line, (DEMO_SET / "cases.jsonl").read_text().splitlines()):
        hashes = []
        for name in line.images:
            with Image.open(DEMO_SET / name) as picture:
                hashes.append(phash(picture))
        content = line.content
        members.append(Member(content.key, content.split, content.clusters, tuple(hashes)))
    assert len({member.key for member in members}) == len(members)
    assert spanning(members) == []


def test_what_is_expected_can_be_answered(cases: list[Case]) -> None:
    for case in cases:
        told = "unanswerable" not in case["tags"]
        assert (case["category"] is not None) == told, case["id"]
        assert {*case["alt_categories"]} <= {*CATEGORIES.values()} - {case["category"]}, case["id"]
        assert {*case["conditions"]} <= {*Condition}, case["id"]
        assert {*case["untellable"]} <= {*AI_FIELDS}, case["id"]
        assert bool(case["untellable"]) != told, case["id"]
        assert hits_each(case["title"] or "", case["acceptable_title_keywords"]), case["id"]
        said = f"{case['title']} {case['description']}"
        assert [claim for claim in case["forbidden"] if hits(said, claim)] == [], case["id"]
        if told:
            assert case["acceptable_title_keywords"], case["id"]
            assert case["conditions"], case["id"]
            assert 0 < case["price_low_eur"] < case["price_high_eur"], case["id"]


def test_every_picture_is_there_once_and_is_none_of_the_shops(cases: list[Case]) -> None:
    named = [name for case in cases for name in case["images"]]
    files = {f"images/{path.name}": path.read_bytes() for path in (DEMO_SET / "images").iterdir()}
    assert sorted(named) == sorted(files)
    assert all(case["image"] == case["images"][0] for case in cases)
    digests = {hashlib.sha256(data).hexdigest() for data in files.values()}
    assert len(digests) == len(files)
    assert digests.isdisjoint(hashlib.sha256(path.read_bytes()).hexdigest() for path in SHOP.rglob("*.jpg"))
    assert sum(map(len, files.values())) < 2_000_000
    for case in cases:
        with Image.open(DEMO_SET / case["image"]) as picture:
            assert picture.size == (case["width"], case["height"]), case["id"]
