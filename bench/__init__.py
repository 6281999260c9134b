"""What is measured, as ratios in one run: machines are noisy, pairs of runs are less so."""
