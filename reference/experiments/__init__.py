"""The learning-rate experiment at full size: every run of a sweep trained at once, fitted and drawn."""
