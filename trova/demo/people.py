"""Who may sign in to the demo: `manage.py seed_demo` makes them, `make demo` prints them."""

from typing import Final, NamedTuple


class SignIn(NamedTuple):
    """A person of the demo. The password is no secret: the demo answers on this machine alone."""

    role: str
    name: str
    email: str
    password: str


SELLER: Final = SignIn("seller", "Mira", "seller@trova.example", "sell-from-a-photo")
ANNOTATOR: Final = SignIn("annotator", "Jonas", "annotator@trova.example", "read-every-answer")
ADMINISTRATOR: Final = SignIn("administrator", "Ada", "administrator@trova.example", "mind-the-whole-shop")
SIGN_INS: Final = (SELLER, ANNOTATOR, ADMINISTRATOR)
