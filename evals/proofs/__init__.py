"""That the evidence holds: intervals cover, the gate decides as often as it claims and sees what is wrong.

By simulation with fixed seeds, printed as tables: `python -m evals.proofs coverage|power|faults`, which is
`make coverage`, `make gate-power` and `make gate-faults`. No Django; the verdicts come out of `comparison`
and `decision` themselves.
"""
