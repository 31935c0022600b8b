"""What goes with a listing that is deleted, and with a person who leaves."""

from listings.models import Conversation, Listing, Mail, Message, Seller


def erase_of_listing(listing: Listing) -> None:
    """Before the listing goes: the mails that name it. What was written about it stays its writers'."""
    Mail.objects.filter(message__conversation__listing=listing).delete()


def erase_of_person(person: Seller) -> None:
    """Before the account goes: every text of theirs, and each conversation that nobody is left in."""
    Message.objects.filter(author=person).update(text="", author=None)
    mine = Conversation.objects.of(person)
    mine.filter(buyer=None).delete()
    mine.filter(seller=None).delete()
