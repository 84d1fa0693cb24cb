"""The ground floor: settings, PostgreSQL, the measure catalogue, periods, units, Vietnamese text.

Knows no source, no gate and no mail; imports nothing of this project.
"""
