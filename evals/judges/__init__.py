"""Judges: a model asked whether an answer fails in one way, believed as far as it agrees with people.

A failure mode is a file beside this one. `Judging` has answers judged; people label the same answers, blind,
by `labelling`; `evidence` measures the one by the other, on the test part of the labels alone. Without enough
of them nothing of a judge is shown, and it cannot gate; with them `gating` makes its verdicts a metric.
"""
