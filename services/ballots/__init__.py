"""The ballots service: boxes, one counted ballot per voter, count sheets, seals and tallies."""
