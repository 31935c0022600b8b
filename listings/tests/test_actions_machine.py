"""Any order of actions, against a model of what must be true."""

import io
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from listings import actions, rules
from listings.models import ON_SHOW, CategoryCount, Listing, Seller, Status
from listings.rules import Action
from listings.tests.cast import FIELDS, UNIT, jpeg
from listings.tests.test_actions import ACTIONS, assert_counts

AFTER = {
    Action.RESERVE: Status.RESERVED,
    Action.UNRESERVE: Status.LIVE,
    Action.MARK_SOLD: Status.SOLD,
    Action.PUT_BACK: Status.LIVE,
    Action.EXPIRE: Status.EXPIRED,
    Action.RENEW: Status.LIVE,  # an expired one
    Action.HIDE: Status.HIDDEN,
    Action.KEEP_HIDDEN: Status.HIDDEN,
}
SLUGS = ["books", "other", "sports", None]
picks = st.integers(0, 3)
values = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["", "Lamp", "Table", "Chair"]),
        "category": st.sampled_from(SLUGS),
        "town": st.sampled_from(["", "Ghent", "Bruges"]),
    },
)


class Shop(RuleBasedStateMachine):
    """One seller and up to four listings."""

    def __init__(self) -> None:
        super().__init__()
        Listing.objects.all().delete()
        CategoryCount.objects.update(on_show=0)
        self.seller = Seller.objects.get()
        self.model: dict[uuid.UUID, dict[str, Any]] = {}
        self.hidden_from: dict[uuid.UUID, Status] = {}

    def listing(self, pick: int) -> Listing:
        return Listing.objects.get(pk=list(self.model)[pick % len(self.model)])

    def is_ready(self) -> bool:
        return bool(self.model)

    @precondition(lambda self: len(self.model) < 4)
    @rule(anonymous=st.booleans())
    def start(self, anonymous: bool) -> None:
        key = uuid.uuid4()
        draft, is_new = actions.start_draft(UNIT, None if anonymous else self.seller, key)
        again, is_new_again = actions.start_draft(UNIT, self.seller, key)
        assert (draft.pk, is_new, is_new_again) == (again.pk, True, False)
        actions.save_fields(draft, 0, FIELDS, FIELDS)
        self.model[draft.pk] = dict(FIELDS) | {"status": Status.DRAFT, "photos": []}

    @precondition(is_ready)
    @rule(pick=picks, number=st.integers(0, 2))
    def add_photo(self, pick: int, number: int) -> None:
        listing = self.listing(pick)
        result = actions.add_photos(listing, [(io.BytesIO(jpeg(number, (120, 100))), "a.jpg")])
        photos = self.model[listing.pk]["photos"]
        if number not in [each for _pk, each in photos]:
            photos.append((result.added[0].pk, number))
        assert bool(result.added) != bool(result.same)

    @precondition(is_ready)
    @rule(pick=picks, place=picks, by=st.sampled_from([-1, 1, 0, None]))
    def arrange(self, pick: int, place: int, by: int | None) -> None:
        """Move by one, make the cover (0) or remove (None) the photo at a place."""
        listing = self.listing(pick)
        photos = self.model[listing.pk]["photos"]
        pk = photos[place][0] if place < len(photos) else uuid.uuid4()
        if by is None:
            if not listing.is_draft and place < len(photos) == 1:
                with pytest.raises(rules.Incomplete):
                    actions.remove_photo(listing, pk)
            elif actions.remove_photo(listing, pk):
                del photos[place]
        elif by == 0:
            if actions.make_cover(listing, pk):
                photos.insert(0, photos.pop(place))
        elif actions.move_photo(listing, pk, by):
            photos.insert(place + by, photos.pop(place))

    @precondition(is_ready)
    @rule(pick=picks, first=values, second=values)
    def save_from_two_windows(self, pick: int, first: dict[str, Any], second: dict[str, Any]) -> None:
        """Both windows show the listing as it is now; the second falls behind when the first is saved."""
        listing = self.listing(pick)
        revision, seen = listing.revision, dict(self.model[listing.pk])
        self.save(listing, revision, first, seen)
        self.save(listing, revision, second, seen)

    def save(self, listing: Listing, revision: int, new: dict[str, Any], seen: dict[str, Any]) -> None:
        model = self.model[listing.pk]
        changed = [name for name, value in new.items() if value != seen[name]]
        clash = {name for name in changed if model[name] not in (seen[name], new[name])}
        write = {name: new[name] for name in changed if name not in clash}
        told = model | write
        if write != {n: model[n] for n in write} and not (
            listing.is_draft or (told["title"] and told["category"])
        ):
            with pytest.raises(rules.Incomplete):
                actions.save_fields(listing, revision, new, changed)
            return
        saved = actions.save_fields(listing, revision, new, changed)
        theirs = dict(saved.theirs) if isinstance(saved, actions.Conflict) else {}
        assert theirs == {name: model[name] for name in clash}
        model |= write

    @precondition(is_ready)
    @rule(pick=picks)
    def publish(self, pick: int) -> None:
        listing = self.listing(pick)
        model = self.model[listing.pk]
        if model["status"] != Status.DRAFT:
            with pytest.raises(rules.NotAllowed):
                actions.publish(listing, self.seller)
        elif not (model["photos"] and model["title"] and model["category"]):
            with pytest.raises(rules.Incomplete):
                actions.publish(listing, self.seller)
        else:
            actions.publish(listing, self.seller)
            model["status"] = Status.LIVE

    @precondition(is_ready)
    @rule(pick=picks, action=st.sampled_from(sorted(ACTIONS)))
    def turn(self, pick: int, action: Action) -> None:
        listing = self.listing(pick)
        model = self.model[listing.pk]
        if model["status"] in rules.FROM[action]:
            ACTIONS[action](listing)
            if action == Action.HIDE:
                self.hidden_from[listing.pk] = model["status"]
            stays = action == Action.RENEW and model["status"] in ON_SHOW
            after = AFTER | {Action.UNHIDE: self.hidden_from.get(listing.pk)}
            model["status"] = model["status"] if stays else after[action]
        else:
            with pytest.raises(rules.NotAllowed):
                ACTIONS[action](listing)

    @precondition(is_ready)
    @rule(pick=picks)
    def delete(self, pick: int) -> None:
        listing = self.listing(pick)
        pk = listing.pk
        actions.delete(listing)
        del self.model[pk]

    @invariant()
    def nothing_is_lost(self) -> None:
        stored = {listing.pk: listing for listing in Listing.objects.all()}
        assert stored.keys() == self.model.keys()
        for pk, model in self.model.items():
            listing = stored[pk]
            assert rules.values_of(listing) | {"status": listing.status} == {
                name: value for name, value in model.items() if name != "photos"
            }
            assert list(listing.photos.values_list("position", "pk")) == [
                (place, photo) for place, (photo, _number) in enumerate(model["photos"])
            ]
        on_show = sum(model["status"] in ON_SHOW for model in self.model.values())
        assert sum(count.on_show for count in CategoryCount.objects.all()) == on_show
        assert_counts()


def test_any_order_of_actions(seller: Seller) -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
