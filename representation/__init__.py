"""The domain: how messages become conclusions, answers and contexts. No SQL, no transport."""
