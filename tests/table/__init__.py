"""The parts of the table in `cases`."""
