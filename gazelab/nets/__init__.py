"""What machines attended to: networks, their cards, and how to run and train them.

The only room that imports torch. `card` does not, so that listing models stays fast.
"""
