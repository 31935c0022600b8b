"""Any order of writing, reading, blocking, selling and leaving, against a model of who knows what."""

import uuid
from dataclasses import dataclass, field
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

from listings import actions, messaging
from listings.models import Block, Conversation, Listing, Mail, Message, Seller
from listings.rules import NotAllowed, Refused
from listings.tests.cast import minutes_ago, shelve

NAMES = ("ann", "ben", "cem")
people = st.sampled_from(NAMES)
picks = st.integers(0, 1)
texts = st.sampled_from(["Hello", "Look at example.com", "Call 0470 12 34 56"])


@dataclass
class Talk:
    """What must be stored of one conversation: each message is its author, its text, and who has read it."""

    listing: uuid.UUID
    buyer: str
    seller: str
    said: list[tuple[str, str, bool]] = field(default_factory=list)

    def other(self, name: str) -> str:
        return self.seller if name == self.buyer else self.buyer


class Talking(RuleBasedStateMachine):
    """Ann sells two things, Ben one, Cem none; each may write to the others."""

    def __init__(self) -> None:
        super().__init__()
        for model in (Mail, Conversation, Block, Seller):
            model._default_manager.all().delete()
        self.people = {name: Seller.objects.create_user(f"{name}@example.org") for name in NAMES}
        self.left: set[str] = set()
        self.listings = [each.pk for each in shelve(self.people["ann"], minutes_ago(2))]
        self.listings += [each.pk for each in shelve(self.people["ben"], minutes_ago(1))]
        self.owner = dict(zip(self.listings, ["ann", "ann", "ben"], strict=True))
        self.open = set(self.listings)
        self.blocks: set[tuple[str, str]] = set()
        self.talks: dict[tuple[uuid.UUID, str], Talk] = {}

    def may(self, name: str, talk: Talk, text: str) -> bool:
        other = talk.other(name)
        is_stranger = not any(author == other for author, _text, _read in talk.said)
        return (
            talk.listing in self.open
            and other not in self.left
            and not {(name, other), (other, name)} & self.blocks
            and not (is_stranger and "example.com" in text)
        )

    @rule(name=people, pick=st.integers(0, 2), text=texts)
    def begin(self, name: str, pick: int, text: str) -> None:
        pk = self.listings[pick]
        listing = Listing.objects.filter(pk=pk).first()
        if name in self.left or listing is None:
            return
        talk = self.talks.get((pk, name)) or Talk(pk, name, self.owner[pk])
        key = uuid.uuid4()
        if self.owner[pk] == name or not self.may(name, talk, text):
            with pytest.raises(Refused):
                messaging.begin(listing, self.people[name], text, key)
            return
        for _click in range(2):
            messaging.begin(listing, self.people[name], text, key)
        talk.said.append((name, text, False))
        self.talks[pk, name] = talk

    @precondition(lambda self: self.talks)
    @rule(data=st.data(), name=people, text=texts)
    def reply(self, data: Any, name: str, text: str) -> None:
        talk = data.draw(st.sampled_from(list(self.talks.values())))
        if name in self.left or name not in (talk.buyer, talk.seller):
            return
        stored = self.stored(talk)
        if not self.may(name, talk, text):
            with pytest.raises(Refused):
                messaging.reply(stored, self.people[name], text, uuid.uuid4())
            return
        messaging.reply(stored, self.people[name], text, uuid.uuid4())
        talk.said.append((name, text, False))

    @precondition(lambda self: self.talks)
    @rule(data=st.data(), name=people)
    def read(self, data: Any, name: str) -> None:
        talk = data.draw(st.sampled_from(list(self.talks.values())))
        if name in self.left:
            return
        messaging.mark_read(self.people[name], self.stored(talk).messages.all())
        if name in (talk.buyer, talk.seller):
            talk.said = [(author, text, read or author != name) for author, text, read in talk.said]

    @rule(by=people, of=people, wants=st.booleans())
    def block(self, by: str, of: str, wants: bool) -> None:
        if by == of or self.left & {by, of}:
            return
        (messaging.block if wants else messaging.unblock)(self.people[by], self.people[of])
        (self.blocks.add if wants else self.blocks.discard)((by, of))

    @rule(
        pick=st.integers(0, 2), action=st.sampled_from([actions.mark_sold, actions.put_back, actions.delete])
    )
    def turn(self, pick: int, action: Any) -> None:
        pk = self.listings[pick]
        listing = Listing.objects.filter(pk=pk).first()
        if listing is None:
            return
        try:
            action(listing)
        except NotAllowed:
            return
        (self.open.add if action is actions.put_back else self.open.discard)(pk)

    @precondition(lambda self: not self.left)
    @rule(name=people)
    def leave(self, name: str) -> None:
        actions.erase_account(self.people[name])
        self.left.add(name)
        self.open -= {pk for pk, owner in self.owner.items() if owner == name}
        self.blocks = {pair for pair in self.blocks if name not in pair}
        for talk in self.talks.values():
            talk.said = [(a, "" if a == name else text, read) for a, text, read in talk.said]

    def stored(self, talk: Talk) -> Conversation:
        return Conversation.objects.get(pk=self.ids()[talk.listing, talk.buyer])

    def ids(self) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
        """The stored conversations, in the order in which the model began its own."""
        rows = Conversation.objects.order_by("created_at").values_list("pk", flat=True)
        return dict(zip(self.talks, rows, strict=True))

    @invariant()
    def everybody_knows_their_own_and_no_more(self) -> None:
        ids = self.ids()
        for name in set(NAMES) - self.left:
            mine = {ids[key]: talk for key, talk in self.talks.items() if name in (talk.buyer, talk.seller)}
            unread = {
                pk: sum(author != name and not read for author, _text, read in talk.said)
                for pk, talk in mine.items()
            }
            person = self.people[name]
            rows = Conversation.objects.of(person).with_rows(person)
            assert {row.pk: row.unread for row in rows} == unread
            assert messaging.unread_count(person) == sum(unread.values())

    @invariant()
    def nothing_is_lost_or_sent_twice(self) -> None:
        said = [
            (self.ids()[key], text) for key, talk in self.talks.items() for _author, text, _read in talk.said
        ]
        assert sorted(Message.objects.values_list("conversation", "text")) == sorted(said)
        mailed = Message.objects.filter(recipient__isnull=False, conversation__listing__isnull=False)
        recipients = mailed.values_list("recipient__email", flat=True)
        assert sorted(Mail.objects.values_list("recipient", flat=True)) == sorted(recipients)


def test_any_order_of_messages(seller: Seller) -> None:
    run_state_machine_as_test(
        Talking,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
