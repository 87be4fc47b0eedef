"""The bottom: settings, errors, ids, limits, tokens, hints, wake-ups. Imports nothing of ours."""
