import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0004_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="created",
                    ),
                ),
                (
                    "last_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="last message",
                    ),
                ),
                (
                    "buyer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conversations_begun",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="buyer",
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conversations",
                        to="listings.listing",
                        verbose_name="listing",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conversations_received",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="seller",
                    ),
                ),
            ],
            options={
                "verbose_name": "conversation",
                "verbose_name_plural": "conversations",
            },
        ),
        migrations.CreateModel(
            name="KeptMessage",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("unit", models.UUIDField(verbose_name="browser unit")),
                ("text", models.TextField(max_length=2000, verbose_name="text")),
                (
                    "kept_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="kept"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_messages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_messages",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "verbose_name": "kept message",
                "verbose_name_plural": "kept messages",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="text")),
                ("form_key", models.UUIDField(editable=False, verbose_name="form key")),
                (
                    "sent_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="sent",
                    ),
                ),
                ("read_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="read")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages_written",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="listings.conversation",
                        verbose_name="conversation",
                    ),
                ),
                (
                    "mail",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="message",
                        to="listings.mail",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages_received",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recipient",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "unit",
                    models.UUIDField(blank=True, editable=False, null=True, verbose_name="browser unit"),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("scam", "It looks like a scam"),
                            ("forbidden", "It may not be sold here"),
                            ("wrong", "The photos or the text are not true, or not theirs"),
                            ("abuse", "It is insulting or threatening"),
                            ("other", "Something else"),
                        ],
                        max_length=9,
                        verbose_name="reason",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=1000, verbose_name="in their words")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="reported",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("", "Open"), ("hidden", "Hidden"), ("kept", "Kept"), ("gone", "Gone")],
                        default="",
                        max_length=6,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="settled"),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="listings.conversation",
                        verbose_name="conversation",
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="listings.listing",
                        verbose_name="listing",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports_made",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reported by",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="settled by",
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
            },
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="created"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocked_by",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "block",
                "verbose_name_plural": "blocks",
                "constraints": [
                    models.UniqueConstraint(fields=("by", "of"), name="block_once_for_each_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("by", models.F("of")), _negated=True), name="block_is_of_another"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["buyer", "-last_at"], name="conversation_of_buyer"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["seller", "-last_at"], name="conversation_of_seller"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["-created_at", "-id"], name="conversation_newest"),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(
                fields=("listing", "buyer"), name="conversation_once_for_buyer_and_listing"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("buyer", None),
                    ("seller", None),
                    models.Q(("buyer", models.F("seller")), _negated=True),
                    _connector="OR",
                ),
                name="conversation_has_two_sides",
            ),
        ),
        migrations.AddIndex(
            model_name="keptmessage",
            index=models.Index(fields=["kept_at"], name="kept_message_by_age"),
        ),
        migrations.AddIndex(
            model_name="keptmessage",
            index=models.Index(fields=["unit", "kept_at"], name="kept_message_of_unit"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["author", "-sent_at"], name="message_of_author"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("read_at", None)), fields=["recipient"], name="message_unread"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("author", "form_key"), name="message_once_for_each_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("author", None), _negated=True), ("text", ""), _connector="OR"),
                name="message_without_author_has_no_text",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("outcome", "")), fields=["created_at"], name="report_open"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["-created_at", "-id"], name="report_newest"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["reporter", "-created_at"], name="report_of_account"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["unit", "-created_at"], name="report_of_unit"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["scam", "forbidden", "wrong", "abuse", "other"])),
                name="report_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", ""), ("settled_at", None)),
                    models.Q(("outcome__in", ["hidden", "kept", "gone"]), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="report_is_open_or_settled",
            ),
        ),
    ]
