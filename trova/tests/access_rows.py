"""The matrix of access: every address, everybody who may ask for it, and what they get."""

from collections.abc import Iterator
from typing import Final

DATA: Final = {
    "listings:change": {"change": "reserve"},
    "listings:contact": {"text": "Hello", "form_key": "33333333-3333-4333-8333-333333333333"},
    "listings:appeal": {"form_key": "44444444-4444-4444-8444-444444444444"},
    "admin:evals_sign_report": {"words": "It will do."},
    "listings:conversation": {"text": "Hello", "form_key": "33333333-3333-4333-8333-333333333333"},
}
"""What is posted where an empty post would say nothing."""

# An answer is a status, or `in` for a redirect to signing in. One stands for everybody; two for signed out
# and signed in; three for those who do not work here, an annotator, an administrator; six for PEOPLE.
# Who is signed out at the browser that began a draft is asked to sign in.
MATRIX: Final = """
health                                | 200                     | 405
theme                                 | 405                     | 302
about                                 | 200                     | 405
privacy                               | 200                     | 405
listings:browse                       | 200                     | 405
listings:new                          | 200                     | 422
listings:share                        | 200                     | 403
listings:edit of draft                | 404 404 404 200 404 404 | 404 404 404 302 404 404
listings:edit of unsigned             | 404 200 404 404 404 404 | 404 302 404 404 404 404
listings:edit of posted               | 404 in 404 200 404 404  | 404 401 404 302 404 404
listings:edit of hidden               | 404 in 404 200 404 404  | 404 401 404 302 404 404
listings:detail of draft              | 404 404 404 200 200 200 | 405
listings:detail of unsigned           | 404 200 404 404 200 200 | 405
listings:detail of posted             | 200                     | 405
listings:detail of hidden             | 404 404 404 200 200 200 | 405
listings:change of draft              | 405                     | 404 404 404 302 404 404
listings:change of unsigned           | 405                     | 404 302 404 404 404 404
listings:change of posted             | 405                     | 404 404 404 302 404 404
listings:change of hidden             | 405                     | 404 404 404 302 404 404
listings:delete of draft              | 404 404 404 200 404 404 | 404 404 404 302 404 404
listings:delete of unsigned           | 404 200 404 404 404 404 | 404 302 404 404 404 404
listings:delete of posted             | 404 404 404 200 404 404 | 404 404 404 302 404 404
listings:renew of draft               | 404                     | 404
listings:renew of unsigned            | 404                     | 404
listings:renew of posted              | 404                     | 404
listings:favourite of draft           | 405                     | 404
listings:favourite of unsigned        | 405                     | 404
listings:favourite of posted          | 405                     | in 302
listings:favourites                   | in 200                  | 405
listings:sitemap                      | 200                     | 405
listings:sitemap_section              | 200                     | 405
listings:manifest                     | 200                     | 405
listings:robots                       | 200                     | 405
listings:contact of draft             | 404                     | 404
listings:contact of unsigned          | 404                     | 404
listings:contact of posted            | 200 200 302 302 200 200 | in in 302 422 302 302
listings:inbox                        | in 200                  | 405
listings:kept_message                 | 404 200 404 404 404 404 | 405
listings:conversation                 | in in 200 200 404 404   | 401 401 302 302 404 404
listings:block                        | 405                     | in in 302 302 404 404
listings:report_conversation          | in in 200 200 404 404   | 401 401 422 422 404 404
listings:report_listing of draft      | 404                     | 404
listings:report_listing of unsigned   | 404                     | 404
listings:report_listing of posted     | 200 200 200 302 200 200 | 422 422 422 302 422 422
listings:report_listing of hidden     | 404                     | 404
listings:appeal of draft              | 404 404 404 302 404 404 | 404 404 404 302 404 404
listings:appeal of unsigned           | 404 302 404 404 404 404 | 404 302 404 404 404 404
listings:appeal of posted             | 404 404 404 302 404 404 | 404 404 404 302 404 404
listings:appeal of hidden             | 404 404 404 200 404 404 | 404 404 404 302 404 404
listings:receipt                      | 404 404 200 404 404 404 | 405
listings:mine                         | in 200                  | 405
listings:drafts                       | 200                     | 405
listings:account                      | in 200                  | in 200
listings:delete_account               | in 200                  | in 200
listings:api_tokens                   | in 200                  | in 200
listings:revoke_token                 | 405                     | in in 404 302 404 404
listings:photo of draft               | 404 404 404 200 200 200 | 405
listings:photo of unsigned            | 404 200 404 404 200 200 | 405
listings:photo of posted              | 200                     | 405
listings:photo of hidden              | 404 404 404 200 200 200 | 405
aiprefill:start                       | 200                     | 422
aiprefill:share                       | 200                     | 403
aiprefill:preference                  | in 200                  | in 302
aiprefill:sample                      | 404                     | 405
aiprefill:draft of draft              | 404 404 404 200 404 404 | 404 404 404 302 404 404
aiprefill:draft of unsigned           | 404 200 404 404 404 404 | 404 302 404 404 404 404
aiprefill:draft of posted             | 404 in 404 200 404 404  | 404 401 404 302 404 404
aiprefill:progress of draft           | 404 404 404 200 404 404 | 405
aiprefill:progress of unsigned        | 404                     | 405
aiprefill:progress of posted          | 404                     | 405
api:api-root                          | 404                     | 404
api:openapi-json                      | 200                     | 405
api:openapi-view                      | 200                     | 405
api:listings                          | 200                     | 401 422
api:listing of draft                  | 404                     | 405
api:listing of posted                 | 200                     | 405
api:analyze_image                     | 405                     | 401 422
api:job                               | 401 401 404 200 404 404 | 405
account_login                         | 200 302                 | 200 302
account_logout                        | 302 200                 | 302
account_inactive                      | 200                     | 405
account_signup                        | in                      | in
account_reauthenticate                | in 403                  | in 403
account_email                         | in 200                  | in 302
account_email_verification_sent       | in 302                  | in 302
account_change_password               | in 302                  | in 302
account_set_password                  | in 200                  | in 200
account_reset_password                | 200                     | 200
account_reset_password_done           | 200                     | 405
account_reset_password_from_key       | 200                     | 200
account_reset_password_from_key_done  | 200                     | 405
account_request_login_code            | 200 302                 | 200 302
account_confirm_login_code            | in 302                  | in 302
mfa_index                             | in 200                  | in 405
mfa_authenticate                      | in 302                  | in 302
mfa_reauthenticate                    | in 403                  | in 403
mfa_activate_totp                     | in 200                  | in 200
mfa_deactivate_totp                   | in 404                  | in 404
mfa_view_recovery_codes               | in 404                  | in 405
mfa_generate_recovery_codes           | in 200                  | in 200
mfa_download_recovery_codes           | in 404                  | in 404
mfa_list_webauthn                     | in 200                  | in 405
mfa_add_webauthn                      | in 200                  | in 200
mfa_reauthenticate_webauthn           | in 403                  | in 403
mfa_remove_webauthn                   | in 404                  | in 404
mfa_edit_webauthn                     | in 404                  | in 404
mfa_login_webauthn                    | in 302                  | in 302
admin:index                           | in 200 200              | in 200 200
admin:login                           | in in 403 403 302 302   | in in 403 403 200 200
admin:logout                          | 302 405 405             | 302
admin:password_change                 | in 200 200              | in 200 200
admin:password_change_done            | in 200 200              | in 405 405
admin:autocomplete                    | in 403 403              | in 405 405
admin:jsi18n                          | in 200 200              | in 405 405
admin:view_on_site                    | in 302 302              | in 302 302
admin:app_list                        | in 200 200              | in 200 200
admin:auth_user_password_change       | in 403 200              | in 403 200
admin:listings_photo_file             | in 200 200              | in 200 200
admin:listings_show_again             | in 405 405              | in 403 302
admin:aiprefill_run_in_lab            | in 405 405              | in 404 404
admin:aiprefill_copy_version          | in 403 200              | in 403 200
admin:aiprefill_throw_switch          | in 403 200              | in 403 302
admin:evals_case_file                 | in 200 200              | in 200 200
admin:evals_edit_case                 | in 403 200              | in 403 200
admin:evals_erase_case                | in 403 200              | in 403 302
admin:evals_open_holdout              | in 403 200              | in 403 200
evals:lab                             | in 403 200              | in 403 200
admin:evals_stop_run                  | in 405 405              | in 403 302
admin:evals_go_on_with_run            | in 405 405              | in 403 302
admin:evals_compare                   | in 200 200              | in 405 405
admin:evals_standing                  | in 200 200              | in 405 405
admin:evals_queue_runs                | in 405 405              | in 403 302
admin:evals_ask_gate                  | in 405 405              | in 403 302
admin:evals_promote                   | in 405 405              | in 403 302
admin:evals_ask_override              | in 405 405              | in 403 302
admin:evals_confirm_override          | in 405 405              | in 403 404
admin:evals_withdraw_override         | in 405 405              | in 403 404
admin:evals_roll_back                 | in 405 405              | in 403 302
admin:evals_label                     | in 200 200              | in 302 302
admin:evals_sign_report               | in 405 405              | in 403 302
"""

# A model of the admin: whether annotators see it, and what an administrator may do to its rows.
MODELS: Final = """
listings_listing       | seen   |
listings_photo         | seen   |
listings_category      | seen   | add change
listings_categorycount | unseen |
listings_seller        | unseen | add change
listings_mail          | unseen |
listings_apitoken      | unseen | delete
listings_conversation  | unseen |
listings_report        | unseen | change
listings_message       | unseen |
listings_keptmessage   | unseen |
listings_block         | unseen |
listings_favourite     | unseen |
listings_apiwrites     | unseen |
listings_word          | unseen |
aiprefill_prefilljob   | seen   |
aiprefill_modeloutput  | seen   |
aiprefill_promptversion | seen  |
aiprefill_labelmove    | seen   |
aiprefill_fieldtrace   | seen   |
aiprefill_correction   | seen   |
aiprefill_feedback     | seen   |
aiprefill_spendday     | seen   |
aiprefill_switch       | unseen |
aiprefill_preference   | unseen |
aiprefill_photofeature | unseen |
evals_case             | seen   |
evals_dataset          | seen   |
evals_release          | seen   |
evals_holdoutopening   | seen   |
evals_evalrun          | seen   | add
evals_verdict          | seen   |
evals_overridewish     | seen   |
evals_judgelabel       | unseen |
evals_report           | seen   |
evals_casefile         | seen   |
evals_caseresult       | seen   |
evals_runcall          | seen   |
evals_judgeverdict     | unseen |
auth_group             | unseen | add change delete
account_emailaddress   | unseen |
mfa_authenticator      | unseen | delete
"""

VERBS: Final = ("add", "change", "delete")

Row = tuple[list[str], list[str]]
"""What each of PEOPLE gets for a GET and for a POST."""


def lines(table: str) -> Iterator[list[str]]:
    for line in table.strip().splitlines():
        yield [cell.strip() for cell in line.split("|")]


def answers(cell: str) -> list[str]:
    given = cell.split()
    shares = {1: [6], 2: [2, 4], 3: [4, 1, 1], 6: [1] * 6}[len(given)]
    return [answer for answer, share in zip(given, shares, strict=True) for _ in range(share)]


def rows() -> dict[str, Row]:
    """Every row of the matrix, by the name of its address, and ` of ` what."""
    found = {name: (answers(get), answers(post)) for name, get, post in lines(MATRIX)}
    for model, seen, may in lines(MODELS):
        looks = answers(f"in {'200' if seen == 'seen' else '403'} 200")
        allowed = {verb: answers(f"in 403 {200 if verb in may.split() else 403}") for verb in VERBS}
        found |= {f"admin:{model}_{view}": (looks, looks) for view in ("changelist", "history")}
        found |= {f"admin:{model}_{verb}": (allowed[verb], allowed[verb]) for verb in ("add", "delete")}
        found[f"admin:{model}_change"] = (looks, allowed["change"])
    found["admin:listings_seller_change"] = (answers("in 403 200"), answers("in 403 302"))
    return found
