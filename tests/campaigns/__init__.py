"""Campaigns: attacks on what the project promises, a few rounds long in CI and hours by hand, which print figures.

`python -m tests.campaigns` lists them; `python -m tests.campaigns NAME... --for 30m` runs some, `all` runs each, and
`--seed N` has a round again that broke a promise. A campaign is a module here that holds one
`Campaign` named `CAMPAIGN`; `tests/campaigns/test_campaigns.py` goes a few rounds of each.
"""
