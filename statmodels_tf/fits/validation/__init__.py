"""How well fits predict what they have not seen: leave-one-out, k-fold, and fits compared and averaged by it."""
