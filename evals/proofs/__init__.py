"""That the evidence holds: intervals cover, the gate decides as often as it claims and sees what is wrong.

By simulation with fixed seeds, printed as tables: `python -m evals.proofs coverage|power`, which is
`make coverage` and `make gate-power`. No Django; the verdicts come out of `comparison` and `decision`
themselves.
"""
