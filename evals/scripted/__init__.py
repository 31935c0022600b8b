"""A model that knows every answer and errs at known rates, for benches, proofs and a demo without a key.

`things` are what it is asked about, `answers` what is right, `faults` what may be wrong with an answer,
`rates` how often, and `model` answers a provider server. No Django.
"""
