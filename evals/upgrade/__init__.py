"""Another model under the same prompt: tried, forecast, told in a report, and signed by a person.

`manage.py try_model` does all but the signing, which is done in the admin.
"""
