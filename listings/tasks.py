"""What the worker does for the marketplace."""

from celery import shared_task

from listings import mail


@shared_task(ignore_result=True)
def deliver_mail() -> None:
    """Send one mail that is due; a ring without one does nothing."""
    mail.deliver_next()
